/**
 * `neighbor … { … }` and the same block in a template: options and sections -> a draft, and the facts that are written
 * when all that a neighbor inherits is known (finish-neighbor.ts).
 */
import { readApi } from './api-section.js';
import { readCapabilities } from './capability-section.js';
import { ListDraft, ObjectDraft, ScalarDraft } from './draft.js';
import { type Facts, layFacts } from './facts.js';
import { readAddPath, readFamilies, readNextHops } from './family-sections.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import { OPTION_KEYWORDS, readOption } from './neighbor-options.js';
import { readOperational } from './operational-section.js';
import { readRoutes } from './route-sections.js';
import type { Block, Statement } from './statements.js';
import { Values } from './values.js';

/** A neighbor or template as it was read. */
export interface NeighborBody {
  readonly draft: ObjectDraft;
  /** Its own, without what it inherits. */
  readonly facts: Facts;
  readonly inherited: readonly NeighborBody[];
  /** Port of a listener of its own. */
  readonly listenPort: number | undefined;
  readonly at: number;
}

type Section = Statement & { readonly block: Block };

const SECTIONS: readonly string[] = [
  'capability',
  'family',
  'add-path',
  'nexthop',
  'api',
  'static',
  'announce',
  'flow',
  'l2vpn',
  'operational',
  'tcp-ao',
];

/**
 * @param templates by name, those that stand before
 * @param isTemplate templates may inherit here, which ExaBGP does not carry out
 */
export function readNeighborBody(
  statement: Section,
  templates: ReadonlyMap<string, NeighborBody>,
  isTemplate: boolean,
  context: MigrationContext,
): NeighborBody {
  const reader = new BodyReader(statement, templates, context);
  for (const inner of orderOfReading(statement.block.statements)) {
    context.findings.attempt(() => reader.read(inner, isTemplate));
  }
  reader.draft.end.push(...statement.block.comments);
  const { draft, facts, inherited, listenPort } = reader;
  return { draft, facts, inherited, listenPort, at: statement.at };
}

/** What a neighbor inherits is known before its sections are read. */
function orderOfReading(statements: readonly Statement[]): Statement[] {
  const isInherit = ({ keyword }: Statement): boolean => keyword === 'inherit';
  return [...statements.filter(isInherit), ...statements.filter((statement) => !isInherit(statement))];
}

class BodyReader {
  readonly draft: ObjectDraft;
  readonly inherited: NeighborBody[] = [];
  facts: Facts = {};
  listenPort: number | undefined;

  constructor(
    statement: Statement,
    private readonly templates: ReadonlyMap<string, NeighborBody>,
    private readonly context: MigrationContext,
  ) {
    this.draft = new ObjectDraft(statement.at);
  }

  read(statement: Statement, isTemplate: boolean): void {
    const { keyword, at } = statement;
    if (SECTIONS.includes(keyword)) {
      if (statement.block === undefined) throw new Mistake(`"${keyword}" is a section: write { … }`, at);
      this.section(statement as Section);
    } else if (!OPTION_KEYWORDS.includes(keyword)) {
      const known = statement.block === undefined ? 'option or section' : 'section';
      throw new Mistake(`"${keyword}" is no ${known} of a neighbor`, at);
    } else if (keyword === 'inherit') {
      if (isTemplate) this.context.findings.warn('ExaBGP loses what a template inherits; here it holds', at);
      this.inherit(new Values(statement));
    } else if (keyword === 'listen') {
      this.listenPort = new Values(statement).number(1, 65535);
      this.draft.end.push(...statement.comments);
    } else this.add(readOption(new Values(statement), this.draft, this.context));
  }

  private add(facts: Facts): void {
    this.facts = { ...this.facts, ...facts };
  }

  private inherit(values: Values): void {
    const { at, comments } = values.statement;
    const names = this.draft.part('inherit', ListDraft, at, comments);
    for (const word of values.list('the name of a template')) {
      const template = this.templates.get(word.text);
      if (template === undefined) throw new Mistake(`there is no template "${word.text}" before this line`, word.at);
      names.push(new ScalarDraft(word.text, word.at));
      this.inherited.push(template);
    }
  }

  private section(section: Section): void {
    const { draft, context } = this;
    switch (section.keyword) {
      case 'capability':
        this.add(readCapabilities(section, draft, context));
        return;
      case 'family':
        this.add(readFamilies(section, draft, this.facts, context));
        return;
      case 'add-path':
        this.facts = layFacts([this.facts, readAddPath(section, draft, context)]);
        return;
      case 'nexthop':
        this.facts = layFacts([this.facts, readNextHops(section, draft, context)]);
        return;
      case 'api':
        this.facts = layFacts([this.facts, readApi(section, draft, this.known(), context)]);
        return;
      case 'operational':
        this.facts = layFacts([this.facts, readOperational(section, draft, context)]);
        return;
      case 'tcp-ao':
        context.findings.warn('there is no TCP-AO here: the neighbor is disabled', section.at);
        draft.end.push(...section.comments);
        this.add({ needsTcpAo: true });
        return;
      default:
        readRoutes(section, draft, context);
    }
  }

  /** With what is inherited. */
  private known(): Facts {
    return layFacts([...this.inherited.map(allFacts), this.facts]);
  }
}

/** The facts of a body with all that it inherits. */
export function allFacts(body: NeighborBody): Facts {
  return layFacts([...body.inherited.map(allFacts), body.facts]);
}
