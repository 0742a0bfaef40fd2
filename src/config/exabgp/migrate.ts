/**
 * An ExaBGP configuration -> what it means here: a draft that is printed as JSON5 or checked and run as it is. Warnings
 * tell, by line, what has no meaning here; what ExaBGP itself would refuse is a ConfigError.
 */
import type { ConfigSource } from '../config-node.js';
import { ConfigError, type ConfigProblem } from '../errors.js';
import { draftOf, ListDraft, ObjectDraft } from './draft.js';
import { finishNeighbor, finishTemplate } from './finish-neighbor.js';
import type { MigrationContext } from './migration-context.js';
import { Findings, Mistake } from './mistake.js';
import { GROUPED_FAMILIES } from './neighbor-options.js';
import { type NeighborBody, readNeighborBody } from './neighbor-section.js';
import { readProcess } from './process-section.js';
import type { Settings } from './settings.js';
import { type Block, parseStatements, type Statement } from './statements.js';

export interface Migration {
  readonly draft: ObjectDraft;
  /** Comments at the top of the file. */
  readonly header: readonly string[];
  readonly source: ConfigSource;
  readonly warnings: readonly ConfigProblem[];
}

/**
 * @param source the ExaBGP file
 * @param settings of exabgp.env and the environment
 * @throws ConfigError with all that ExaBGP would refuse, as far as it can be seen without the routes
 */
export function migrate(source: ConfigSource, settings: Settings): Migration {
  const findings = new Findings(source);
  let header: readonly string[] = [];
  const root = new ObjectDraft(0);
  findings.attempt(() => {
    const file = parseStatements(source.text, findings);
    header = file.header;
    new FileReader(root, settings, findings).read(file);
  });
  if (findings.mistakes.length > 0) throw new ConfigError(findings.mistakes);
  return { draft: root, header, source, warnings: findings.warnings };
}

/** Members of the whole, in this order. */
const ORDER: readonly string[] = ['user', 'log', 'control', 'tcp', 'listen', 'processes', 'templates', 'neighbors'];

class FileReader implements MigrationContext {
  private readonly processes = new ObjectDraft(0);
  private readonly templates = new Map<string, NeighborBody>();
  private readonly templateDrafts = new ObjectDraft(0);
  private readonly neighbors = new ListDraft(0);
  private readonly listeners = new Map<string, { address: string; port: number }>();

  constructor(
    private readonly root: ObjectDraft,
    readonly settings: Settings,
    readonly findings: Findings,
  ) {
    for (const address of settings.listenAddresses) this.listen(address, settings.port);
  }

  listen(address: string, port: number): void {
    this.listeners.set(`${address} ${port}`, { address, port });
  }

  isListening(remote: string, localAddress: string | undefined): boolean {
    const isIpv6 = remote.includes(':');
    const isWide = (address: string): boolean => address === '::' || address === '0.0.0.0';
    return [...this.listeners.values()].some(
      ({ address }) =>
        address.includes(':') === isIpv6 &&
        (isWide(address) || localAddress === undefined || address.toLowerCase() === localAddress.toLowerCase()),
    );
  }

  read(file: Block): void {
    const neighbors = file.statements.filter(({ keyword }) => keyword === 'neighbor');
    const defaults = this.defaultsName(file);
    for (const statement of file.statements) {
      this.findings.attempt(() => {
        switch (statement.keyword) {
          case 'process':
            this.process(statement);
            return;
          case 'template':
            this.template(statement);
            return;
          case 'neighbor':
            this.neighbor(statement, defaults);
            return;
          case 'group':
            throw new Mistake('"group" was left out of ExaBGP 4: write its options as a template', statement.at);
          default:
            throw new Mistake(
              `"${statement.keyword}" begins no section: expected process, template, neighbor`,
              statement.at,
            );
        }
      });
    }
    this.neighbors.end.push(...file.comments);
    this.writeAll(neighbors.length > 0 ? defaults : undefined);
  }

  private process(statement: Statement): void {
    const { name, draft } = readProcess(statement, this);
    if (this.processes.members.has(name)) throw new Mistake(`the process "${name}" is defined twice`, statement.at);
    this.processes.set(name, draft, statement.comments);
  }

  /** `template { neighbor NAME { … } }` */
  private template({ block, at, comments }: Statement): void {
    if (block === undefined) throw new Mistake('"template" is a section: write { … }', at);
    const waiting = [...comments];
    for (const statement of block.statements) {
      this.findings.attempt(() => {
        const name = statement.words[0]?.text;
        if (statement.keyword !== 'neighbor' || name === undefined || !hasBlock(statement)) {
          throw new Mistake('a template is written as: neighbor NAME { … }', statement.at);
        }
        if (this.templates.has(name)) throw new Mistake(`the template "${name}" is defined twice`, statement.at);
        const body = readNeighborBody(statement, this.templates, true, this);
        finishTemplate(body);
        this.templates.set(name, body);
        this.templateDrafts.set(name, body.draft, [...waiting.splice(0), ...statement.comments]);
      });
    }
    this.templateDrafts.end.push(...waiting, ...block.comments);
  }

  private neighbor(statement: Statement, defaults: string): void {
    const [remote, extra] = statement.words;
    if (remote === undefined || extra !== undefined || !hasBlock(statement)) {
      throw new Mistake('a neighbor is written as: neighbor ADDRESS { … }', statement.at);
    }
    const body = readNeighborBody(statement, this.templates, false, this);
    finishNeighbor(body, remote.text, defaults, this);
    this.neighbors.push(body.draft, statement.comments);
  }

  /** A name that no template of the file has. */
  private defaultsName(file: Block): string {
    const names = file.statements.flatMap(({ keyword, block }) =>
      keyword === 'template' ? (block?.statements ?? []).map(({ words }) => words[0]?.text) : [],
    );
    let name = 'exabgp';
    while (names.includes(name)) name += '-defaults';
    return name;
  }

  private writeAll(defaults: string | undefined): void {
    const { root, settings } = this;
    const plain = {
      user: settings.user,
      log: Object.keys(settings.log).length === 0 ? undefined : settings.log,
      control: settings.pipes === undefined ? undefined : { pipes: settings.pipes },
      tcp: settings.port === 179 ? undefined : { port: settings.port },
      listen: this.listeners.size === 0 ? undefined : [...this.listeners.values()],
    };
    for (const [key, value] of Object.entries(plain)) {
      if (value !== undefined) root.set(key, draftOf(value, 0));
    }
    if (this.processes.members.size > 0) root.set('processes', this.processes);
    if (defaults !== undefined) {
      const templates = new ObjectDraft(0);
      templates.set(defaults, exabgpDefaults(settings), ['What ExaBGP does when nothing is said, and crier does not.']);
      for (const [name, { value, comments }] of this.templateDrafts.members) templates.set(name, value, comments);
      templates.end.push(...this.templateDrafts.end);
      root.set('templates', templates);
    } else if (this.templateDrafts.members.size > 0) root.set('templates', this.templateDrafts);
    root.set('neighbors', this.neighbors);
    root.order(ORDER);
  }
}

/** ExaBGP's own defaults that differ from crier's and are single values: each neighbor inherits them first. */
function exabgpDefaults(settings: Settings): ObjectDraft {
  return draftOf(
    {
      passive: settings.passive ? true : undefined,
      openWait: settings.openWaitSeconds,
      connectRetryTime: 1,
      capabilities: { routeRefresh: false, enhancedRouteRefresh: false },
      adjRibIn: true,
      groupUpdates: GROUPED_FAMILIES,
      exabgpWire: true,
      eorHold: { quietSeconds: 0, maxSeconds: 0 },
    },
    0,
  ) as ObjectDraft;
}

function hasBlock(statement: Statement): statement is Statement & { readonly block: Block } {
  return statement.block !== undefined;
}
