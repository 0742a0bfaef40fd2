/**
 * The routes of a neighbor: each text of `routes` and each line of the files in `routesFile` is read by the API's own
 * parser, so that a mistake shows before the daemon runs. Sending them is left to the daemon.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { parseConfiguredRoute } from '../api/route-text.js';
import type { PeerConfig } from '../session/peer-config.js';
import { CommandError, Tokens } from '../util/tokens.js';
import { families } from '../wire/family/index.js';
import { type ConfigNode, findNode, problemAt } from './config-node.js';
import { systemReason } from './document.js';
import type { ConfigProblem } from './errors.js';

/** Mistakes told of one file of routes. */
const MAX_FILE_PROBLEMS = 100;

/** What a route text is: its families by name, or what is wrong with it. */
type RouteVerdict = { readonly families: readonly string[] } | { readonly message: string; readonly column: number };

/** Reads a route text as the daemon will. */
export function judgeRoute(text: string): RouteVerdict {
  try {
    const { routes } = parseConfiguredRoute(new Tokens(text));
    return { families: [...new Set(routes.map(({ familyIndex }) => families[familyIndex]!.name))] };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { message: error.message, column: error.column };
  }
}

export class RouteChecker {
  /** Texts that were judged, by their place: neighbors may share a template. */
  private readonly judged = new Map<ConfigNode, RouteVerdict>();
  private readonly files = new Map<string, FileRoutes>();

  constructor(
    private readonly problems: ConfigProblem[],
    private readonly onWarning: ((warning: ConfigProblem) => void) | undefined,
  ) {}

  /**
   * @param node the neighbor with its templates applied
   * @returns all routes of the neighbor, and how many each file gave
   */
  check(node: ConfigNode, config: PeerConfig): Pick<PeerConfig, 'routes' | 'routesFiles'> {
    config.routes.forEach((text, i) => {
      const place = findNode(node, ['routes', i]).node;
      let verdict = this.judged.get(place);
      if (verdict === undefined) {
        verdict = judgeRoute(text);
        this.judged.set(place, verdict);
      }
      if ('message' in verdict) this.problems.push(problemInText(place, text, verdict.message, verdict.column));
      else this.checkFamilies(verdict.families, config, (message) => problemAt(place, message));
    });
    if (config.routesFiles.length === 0) return config;
    const routes = [...config.routes];
    const routesFiles = config.routesFiles.map(({ path }, i) => {
      const read = this.readFile(path, findNode(node, ['routesFile', i]).node);
      for (const line of read.lines) routes.push(line);
      for (const [name, line] of read.families) {
        this.checkFamilies([name], config, (message) => ({ file: path, line, column: 1, path: '', message }));
      }
      return { path, count: read.lines.length };
    });
    return { routes, routesFiles };
  }

  /** A route of a family that is not offered is a mistake; of the default family it is kept and not sent, as in ExaBGP. */
  private checkFamilies(names: readonly string[], config: PeerConfig, place: (message: string) => ConfigProblem): void {
    for (const name of names) {
      if (config.families.includes(name)) continue;
      const message = `a route of "${name}", which is not in families`;
      if (name === families[0]!.name) this.onWarning?.(place(`${message}: it will not be sent`));
      else this.problems.push(place(message));
    }
  }

  private readFile(path: string, node: ConfigNode): FileRoutes {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const result: FileRoutes = { lines: [], families: new Map() };
    this.files.set(path, result);
    let faults = 0;
    try {
      readRouteLines(path, (text, line) => {
        const verdict = judgeRoute(text);
        if ('message' in verdict) {
          faults++;
          const { message, column } = verdict;
          if (faults <= MAX_FILE_PROBLEMS) this.problems.push({ file: path, line, column, path: '', message });
          return;
        }
        result.lines.push(text);
        for (const name of verdict.families) if (!result.families.has(name)) result.families.set(name, line);
      });
    } catch (error) {
      this.problems.push(problemAt(node, `${path}: ${systemReason(error)}`));
    }
    if (faults > MAX_FILE_PROBLEMS) {
      this.problems.push(problemAt(node, `${path} has ${faults - MAX_FILE_PROBLEMS} more mistakes`));
    }
    return result;
  }
}

interface FileRoutes {
  readonly lines: string[];
  /** Family -> line of its first route. */
  readonly families: Map<string, number>;
}

/** A mistake inside a text: its very column where the text stands as it is, else the column is told in words. */
function problemInText(place: ConfigNode, text: string, message: string, column: number): ConfigProblem {
  if (place.wordOffset !== undefined) return problemAt({ ...place, at: place.wordOffset(column) }, message);
  const problem = problemAt(place, `${message} (column ${column} of the text)`);
  const isVerbatim = place.source.text.startsWith(text, place.at + 1);
  return isVerbatim ? { ...problem, column: problem.column + column } : problem;
}

/**
 * Reads a file of routes piece by piece. Blank lines and lines that begin with # are left out.
 * @param visit told each line, without blanks at its end, and its number from 1
 */
export function readRouteLines(path: string, visit: (text: string, line: number) => void): void {
  const file = openSync(path, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const piece = Buffer.allocUnsafe(65536);
    let rest = '';
    let number = 0;
    const take = (line: string): void => {
      number++;
      const text = line.trimEnd();
      const start = text.trimStart();
      if (start !== '' && !start.startsWith('#')) visit(text, number);
    };
    for (let size = readSync(file, piece); size > 0; size = readSync(file, piece)) {
      const lines = (rest + decoder.write(piece.subarray(0, size))).split('\n');
      rest = lines.pop()!;
      lines.forEach(take);
    }
    rest += decoder.end();
    if (rest !== '') take(rest);
  } finally {
    closeSync(file);
  }
}
