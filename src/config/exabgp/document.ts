/** Reads an ExaBGP file for `run` and `check`: the tree that the loader takes, with places in the ExaBGP file. */
import type { ConfigNode, ConfigSource } from '../config-node.js';
import type { Environment } from '../environment.js';
import type { ConfigProblem } from '../errors.js';
import { toNode } from './draft.js';
import { migrate } from './migrate.js';
import { readSettings } from './settings.js';
import { SETTINGS_FILE_VARIABLE } from './settings-file.js';

/**
 * @param onWarning told what has no meaning here
 * @throws ConfigError with what is wrong
 */
export function readExabgpDocument(
  source: ConfigSource,
  environment: Environment,
  onWarning: (warning: ConfigProblem) => void,
): ConfigNode {
  const settings = readSettings(environment[SETTINGS_FILE_VARIABLE], environment, onWarning);
  const { draft, warnings } = migrate(source, settings);
  for (const warning of warnings) onWarning(warning);
  return toNode(draft, source);
}
