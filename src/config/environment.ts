/**
 * ${NAME} and ${NAME:-default} inside the strings of a configuration; $${ stands for a literal ${. A variable that is
 * not set and has no default is an error. A string that is one variable and nothing else may fill a number, too.
 */
import { type ConfigNode, problemAt } from './config-node.js';
import type { ConfigProblem } from './errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;
// biome-ignore lint/suspicious/noTemplateCurlyInString: these are the words for users
const BAD_REFERENCE = 'write a variable as ${NAME} or ${NAME:-default}, and a literal "${" as "$${"';
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Replaces the references in all strings below `node`, in place. */
export function fillVariables(node: ConfigNode, environment: Environment, problems: ConfigProblem[]): void {
  for (const item of node.items ?? []) fillVariables(item, environment, problems);
  for (const member of node.members?.values() ?? []) fillVariables(member, environment, problems);
  const { scalar } = node;
  if (typeof scalar !== 'string' || !scalar.includes('${')) return;
  if (/^\$\{[^}]*\}$/.test(scalar)) node.isVariable = true;
  node.scalar = scalar.replace(REFERENCE, (whole: string, inner: string | undefined, close: string | undefined) => {
    if (inner === undefined) return '${';
    const match = NAME.exec(inner);
    if (match === null || close !== '}') {
      problems.push(problemAt(node, BAD_REFERENCE));
      return whole;
    }
    // As in the shell: with a default, an empty variable counts as unset.
    const value = environment[match[1]!];
    if (match[2] !== undefined) return value === undefined || value === '' ? match[2] : value;
    if (value === undefined) problems.push(problemAt(node, `the environment variable ${match[1]} is not set`));
    return value ?? '';
  });
}
