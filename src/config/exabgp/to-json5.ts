/** An ExaBGP configuration as the text of a JSON5 one. What is printed has passed all checks that `crier check` makes. */
import type { ConfigSource } from '../config-node.js';
import { ConfigError, type ConfigProblem } from '../errors.js';
import { loadDocument } from '../load.js';
import { toNode } from './draft.js';
import { printDraft } from './draft-text.js';
import { migrate } from './migrate.js';
import type { Settings } from './settings.js';

/** A program may be on another machine: the file is good all the same. */
const IS_ABOUT_PROGRAM = /^processes\b.*\brun\b/;

/**
 * @param onWarning told by line what has no meaning here
 * @returns the text of a whole file
 * @throws ConfigError with places in the ExaBGP file
 */
export function migrateToJson5(
  source: ConfigSource,
  settings: Settings,
  onWarning: (warning: ConfigProblem) => void,
): string {
  const migration = migrate(source, settings);
  migration.warnings.forEach(onWarning);
  try {
    loadDocument(toNode(migration.draft, source), [], { onWarning });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) if (IS_ABOUT_PROGRAM.test(problem.path)) onWarning(problem);
    const others = error.problems.filter(({ path }) => !IS_ABOUT_PROGRAM.test(path));
    if (others.length > 0) throw new ConfigError(others);
  }
  return printDraft(migration.draft, migration.header);
}
