/** What is wrong with a configuration: all problems at once, each with its place. Never holds a secret. */

/** One mistake. Lines and columns count from 1; columns in UTF-16 units, as editors do. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the configuration: `neighbors[0].holdTime`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** A configuration that cannot be used. The message has one line for each problem. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(printProblem).join('\n'));
    this.name = 'ConfigError';
  }
}

/** @returns `file:line:column: path: message`; a problem of a whole file has no line */
export function printProblem(problem: ConfigProblem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  return problem.path === '' ? `${place}: ${problem.message}` : `${place}: ${problem.path}: ${problem.message}`;
}
