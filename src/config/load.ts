/**
 * Files -> CrierConfig: reads and joins them, fills in variables and templates, checks every option and what must fit
 * together. Either all is good or all mistakes are told at once. Reading off the main thread: load-in-worker.ts.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProcessConfig } from '../api/process/process-config.js';
import { processSchema, toProcessConfig } from '../api/process/process-schema.js';
import type { ApiBinding, PeerConfig } from '../session/peer-config.js';
import { toPeerConfig } from '../session/peer-options.js';
import { neighborSchema, templateSchema } from '../session/peer-schema.js';
import { suggestion } from '../session/schema.js';
import { type ConfigNode, ConfigSource, findNode, problemAt, toPlain } from './config-node.js';
import { parseDocument, systemReason } from './document.js';
import type { Environment } from './environment.js';
import { ConfigError, type ConfigProblem } from './errors.js';
import { gatherDocuments } from './include.js';
import { applyTemplates } from './inherit.js';
import { check } from './issues.js';
import { NUMBER_TOO_LARGE } from './json5-places.js';
import { type CrierConfig, generalSchema, type ListenerConfig } from './root.js';
import { RouteChecker } from './route-checker.js';

export interface LoadOptions {
  /** Variables for ${NAME}; default: the process's. */
  readonly environment?: Environment;
  /** Take keys that `check --print` has hidden. */
  readonly allowsHiddenKeys?: boolean;
  /** Told what is no mistake but will not do what it says. */
  readonly onWarning?: (warning: ConfigProblem) => void;
}

/**
 * @param files one file, or several of which later ones add to earlier ones
 * @returns the configuration, frozen
 * @throws ConfigError with the first syntax error, else with all that is wrong
 */
export function loadConfig(files: string | readonly string[], options: LoadOptions = {}): CrierConfig {
  const problems: ConfigProblem[] = [];
  const names = typeof files === 'string' ? [files] : files;
  const gathered = gatherDocuments(names, options.environment ?? process.env, problems, options.onWarning);
  return loadDocument(gathered.root, gathered.files, options, problems);
}

/**
 * @param root a whole configuration, variables filled in
 * @param files that it was read from
 * @param problems found before
 * @throws ConfigError
 */
export function loadDocument(
  root: ConfigNode,
  files: readonly string[],
  options: LoadOptions = {},
  problems: ConfigProblem[] = [],
): CrierConfig {
  const config = new Loader(root, options, problems).load(files);
  failOn(problems);
  return deepFreeze(config);
}

/**
 * A neighbor that is added at run time.
 * @param json an entry of `neighbors`, templates of the file included; no variables
 * @param base the configuration it comes to
 * @throws ConfigError
 */
export function parseNeighbor(json: unknown, base: CrierConfig): PeerConfig {
  const problems: ConfigProblem[] = [];
  const root = nodeOf({ neighbors: [json], templates: base.templates }, problems);
  const neighbor = root.members!.get('neighbors')!.items![0]!;
  const templates = root.members!.get('templates')!;
  const result = new Loader(root, {}, problems).neighbor(neighbor, templates, base);
  if (result !== undefined && base.neighbors.some(({ name }) => name === result.name)) {
    problems.push(problemAt(neighbor, `there is a neighbor ${result.name} already`));
  }
  // Lines of a text that nobody wrote help nobody.
  failOn(
    problems.map((problem) => ({
      ...problem,
      line: 0,
      column: 0,
      path: problem.path.replace(/^neighbors\[0\]\.?/, ''),
    })),
  );
  return deepFreeze(result!);
}

/** What neighbors need to know of the rest. */
type Surroundings = Pick<CrierConfig, 'routerId' | 'tcp' | 'listen' | 'processes'>;

class Loader {
  private readonly routes: RouteChecker;

  constructor(
    private readonly root: ConfigNode,
    private readonly options: LoadOptions,
    private readonly problems: ConfigProblem[],
  ) {
    this.routes = new RouteChecker(problems, options.onWarning);
  }

  load(files: readonly string[]): CrierConfig {
    const { root, problems } = this;
    const member = (name: string): ConfigNode | undefined => root.members?.get(name);
    const general = check(generalSchema, this.withoutParts(), problems);
    const processes: ProcessConfig[] = [];
    for (const [name, node] of member('processes')?.members ?? []) {
      const config = this.process(name, node);
      if (config !== undefined) processes.push(config);
    }
    const templates = member('templates');
    for (const template of templates?.members?.values() ?? []) {
      check(templateSchema, template, problems);
      applyTemplates(template, templates, problems);
    }
    const port = general?.tcp.port ?? 179;
    const listen = (general?.listen ?? []).map((entry) => ({ address: entry.address, port: entry.port ?? port }));
    this.checkListeners(listen);
    const surroundings: Surroundings = {
      routerId: general?.routerId,
      tcp: { port },
      listen,
      // What stands there with a mistake is named all the same.
      processes: [...(member('processes')?.members?.keys() ?? [])].map((name) => ({ name }) as ProcessConfig),
    };
    const neighbors: PeerConfig[] = [];
    const names = new Map<string, ConfigNode>();
    for (const node of member('neighbors')?.items ?? []) {
      const config = this.neighbor(node, templates, surroundings);
      if (config === undefined) continue;
      const before = names.get(config.name);
      if (before !== undefined && config.remoteAddress !== '') {
        const { line } = before.source.position(before.at);
        problems.push(
          problemAt(node, `the neighbor ${config.name} is defined twice, first in ${before.source.file}:${line}`),
        );
      }
      names.set(config.name, node);
      neighbors.push(config);
    }
    return {
      ...(general ?? generalSchema.parse({})),
      routerId: general?.routerId,
      files,
      listen,
      processes,
      neighbors,
      templates: templates === undefined ? {} : plainTemplates(templates),
    };
  }

  /** The document with the parts that are checked one by one replaced by their shells. */
  private withoutParts(): ConfigNode {
    const members = new Map(this.root.members);
    for (const name of ['processes', 'templates']) {
      const part = members.get(name);
      if (part?.members === undefined) continue;
      members.set(name, {
        ...part,
        members: new Map([...part.members].map(([key, member]) => [key, { ...leafOf(member), scalar: null }])),
      });
    }
    const neighbors = members.get('neighbors');
    if (neighbors?.items !== undefined) members.set('neighbors', { ...neighbors, items: [] });
    const { source, at, keyAt, parent, key, scalar } = this.root;
    if (this.root.members === undefined) return this.root;
    return { source, at, keyAt, parent, key, members, ...(scalar === undefined ? {} : { scalar }) };
  }

  private process(name: string, node: ConfigNode): ProcessConfig | undefined {
    const options = check(processSchema, node, this.problems);
    if (options === undefined) return undefined;
    const folderOf = (option: readonly PropertyKey[]): string => resolve(findNode(node, option).node.source.folder);
    return toProcessConfig(name, options, {
      folderOf,
      resolveFile: (option, file) => resolve(folderOf(option), file),
      report: (option, message) => this.report(node, option, message),
    });
  }

  /** One entry of `neighbors`. @returns undefined when the schema refuses it */
  neighbor(node: ConfigNode, templates: ConfigNode | undefined, surroundings: Surroundings): PeerConfig | undefined {
    const expanded = applyTemplates(node, templates, this.problems);
    const options = check(neighborSchema, expanded, this.problems);
    if (options === undefined) return undefined;
    const report = (option: readonly PropertyKey[], message: string): void => this.report(expanded, option, message);
    const config = toPeerConfig(options, {
      routerId: surroundings.routerId,
      remotePort: surroundings.tcp.port,
      resolveFile: (option, file) => resolve(findNode(expanded, option).node.source.folder, file),
      readFile: readKeyFile,
      report,
      allowsHiddenKeys: this.options.allowsHiddenKeys === true,
    });
    checkBindings(config.api ?? [], surroundings.processes, report);
    if (config.passive && config.remoteAddress !== '' && !isCovered(config, surroundings.listen)) {
      const where = config.localAddress ?? (config.remoteAddress.includes(':') ? 'an IPv6 address' : 'an IPv4 address');
      report(['passive'], `a passive neighbor needs a listener: there is none in listen for ${where}`);
    }
    const { routes, routesFiles } = this.routes.check(expanded, config);
    return { ...config, routes, routesFiles };
  }

  private checkListeners(listen: readonly ListenerConfig[]): void {
    const seen = new Set<string>();
    listen.forEach(({ address, port }, i) => {
      const key = `${address} ${port}`;
      if (seen.has(key)) this.report(this.root, ['listen', i], `${address} port ${port} is listed twice`);
      seen.add(key);
    });
  }

  private report(node: ConfigNode, option: readonly PropertyKey[], message: string): void {
    const place = findNode(node, option);
    this.problems.push(problemAt(place.node, message, 'value', place.rest));
  }
}

/** The node without what it holds. */
function leafOf(node: ConfigNode): ConfigNode {
  const { source, at, keyAt, parent, key } = node;
  return { source, at, keyAt, parent, key };
}

/** Templates as plain values. Names of files become absolute: they hold for the file that they were written in. */
function plainTemplates(templates: ConfigNode): Record<string, unknown> {
  const resolved = (node: ConfigNode): string => resolve(node.source.folder, String(node.scalar));
  const plain = toPlain(templates) as Record<string, { md5?: { passwordFile?: string }; routesFile?: unknown }>;
  for (const [name, template] of templates.members ?? []) {
    const keyFile = template.members?.get('md5')?.members?.get('passwordFile');
    if (keyFile !== undefined) plain[name]!.md5!.passwordFile = resolved(keyFile);
    const routesFile = template.members?.get('routesFile');
    if (routesFile !== undefined) plain[name]!.routesFile = (routesFile.items ?? [routesFile]).map(resolved);
  }
  return plain;
}

/** Processes must exist. */
function checkBindings(
  bindings: readonly ApiBinding[],
  processes: readonly { readonly name: string }[],
  report: (option: readonly PropertyKey[], message: string) => void,
): void {
  const known = processes.map(({ name }) => name);
  bindings.forEach((binding, i) => {
    binding.processes.forEach((name, j) => {
      if (known.includes(name)) return;
      report(['api', i, 'processes', j], `there is no process "${name}"${suggestion(name, known)}`);
    });
  });
}

/** Is there a listener that takes this neighbor's connections? `::` is bound for IPv6 only. */
function isCovered(config: PeerConfig, listen: readonly ListenerConfig[]): boolean {
  const isIpv6 = config.remoteAddress.includes(':');
  return listen.some(({ address }) => {
    if (address.includes(':') !== isIpv6) return false;
    return (
      address === (isIpv6 ? '::' : '0.0.0.0') || config.localAddress === undefined || address === config.localAddress
    );
  });
}

/** @throws Error with a reason; the content is never part of it */
function readKeyFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${path}: ${systemReason(error)}`);
  }
}

/** A tree of plain values that no file holds. */
function nodeOf(value: unknown, problems: ConfigProblem[]): ConfigNode {
  return parseDocument(new ConfigSource('neighbor', JSON.stringify(value), process.cwd()), problems);
}

/** All problems in the order of their places; what a template causes in many neighbors is told once. */
function failOn(problems: readonly ConfigProblem[]): void {
  if (problems.length === 0) return;
  // Of a number that cannot be read as it is, nothing else is worth telling.
  const unread = new Set(problems.filter(({ message }) => message === NUMBER_TOO_LARGE).map(placeOf));
  const told = problems.filter((problem) => problem.message === NUMBER_TOO_LARGE || !unread.has(placeOf(problem)));
  const different = new Map(told.map((problem) => [JSON.stringify(problem), problem]));
  const files = [...new Set(problems.map(({ file }) => file))];
  throw new ConfigError(
    [...different.values()].sort(
      (one, two) => files.indexOf(one.file) - files.indexOf(two.file) || one.line - two.line || one.column - two.column,
    ),
  );
}

function placeOf({ file, line, column }: ConfigProblem): string {
  return `${line}:${column} ${file}`;
}

/** Freezes plain data all the way down; octets cannot be frozen. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
