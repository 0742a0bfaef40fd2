/**
 * The neighbors of a requester's lines, kept as long as no neighbor comes or goes: an announce must not look at every
 * neighbor for every route. Also which of them cannot carry a family (skipped, with a reason).
 */
import type { Member, Targets } from '../rib/types.js';
import { parseIp } from '../util/ip.js';
import { CommandError } from '../util/tokens.js';
import { families } from '../wire/family/index.js';
import type { Coverage, Selection, Skipped } from './command/types.js';
import type { ApiContext, Neighbor } from './context.js';
import type { Requester } from './requester.js';
import { NextHopKind } from './route-text.js';
import { canonicalAddress, matchesSelector, type Selector } from './selector.js';

/** One for each of some thousand neighbors. */
const MAX_KEPT = 4096;
const KINDS = 3;

/** A selection that remembers what can be sent to whom. */
export class KeptSelection implements Selection {
  private readonly coverages: (Coverage | undefined)[] = [];

  constructor(
    readonly isAll: boolean,
    readonly neighbors: readonly Neighbor[],
    readonly targets: Targets,
    /** Ranges among what was matched: their peers come later. */
    private readonly ranges: readonly Neighbor[],
    private readonly onSkip: (familyName: string, skipped: readonly Skipped[]) => void,
  ) {}

  /** Who cannot carry routes of a family with such a next hop; worked out once. */
  coverage(familyIndex: number, kind: NextHopKind): Coverage {
    const at = familyIndex * KINDS + kind;
    let coverage = this.coverages[at];
    if (coverage === undefined) {
      const all = [...this.neighbors, ...this.ranges];
      const skipped = all.flatMap((neighbor) => {
        const reason = whySkipped(neighbor, familyIndex, kind);
        return reason === undefined ? [] : [{ name: neighbor.name, reason }];
      });
      coverage = { skipped, isNobody: all.length > 0 && skipped.length === all.length };
      this.coverages[at] = coverage;
      if (skipped.length > 0) this.onSkip(families[familyIndex]!.name, skipped);
    }
    return coverage;
  }
}

/** Why a neighbor's configuration rules out such routes, or undefined. */
function whySkipped(neighbor: Neighbor, familyIndex: number, kind: NextHopKind): string | undefined {
  const { config } = neighbor;
  const family = families[familyIndex]!;
  if (!config.families.includes(family.name)) return `the family ${family.name} is not configured`;
  const hasExtended = config.capabilities.extendedNextHop.includes(family.name);
  if (kind === NextHopKind.foreign && !hasExtended)
    return `a next hop of the other address family needs extendedNextHop for ${family.name} (RFC 8950)`;
  if (kind === NextHopKind.self && !hasExtended) {
    const size = parseIp(neighbor.remoteAddress.split(/[%/]/, 1)[0]!)?.length;
    const wanted = family.nextHop.addressSize;
    const configured = wanted === 4 ? config.nextHopSelf.ipv4 : config.nextHopSelf.ipv6;
    if (size !== wanted && configured === undefined && !(wanted === 4 && config.selfFromRouterId))
      return `next-hop self has no ${wanted === 4 ? 'IPv4' : 'IPv6'} address here (nextHopSelf)`;
  }
  return undefined;
}

/** The selections of one requester. */
export class Selections {
  private readonly kept = new Map<string, KeptSelection>();
  private generation = -1;
  /** Address or name -> places among the neighbors that the requester reaches. */
  private readonly places = new Map<string, number[]>();
  private readonly all: Targets;

  constructor(
    private readonly context: ApiContext,
    private readonly requester: Requester,
  ) {
    this.all = context.rib.targetsOfProcess(requester.process);
  }

  /**
   * Neighbors of a selector; undefined: of a line without one.
   * @throws CommandError when nobody matches
   */
  of(selector: Selector | undefined): KeptSelection {
    this.refresh();
    const key = selector === undefined ? '*' : selector.text;
    let selection = this.kept.get(key);
    if (selection === undefined) {
      selection = this.make(selector);
      if (this.kept.size >= MAX_KEPT) this.kept.clear();
      this.kept.set(key, selection);
    }
    return selection;
  }

  private refresh(): void {
    if (this.generation === this.context.neighborGeneration) return;
    this.generation = this.context.neighborGeneration;
    this.kept.clear();
    this.places.clear();
  }

  /**
   * Those that one of the selector's elements names, in order. A thousand lines that name one neighbor of a thousand each
   * must not compare a million addresses.
   */
  private candidates({ elements }: Selector, reached: readonly Neighbor[]): readonly Neighbor[] {
    if (elements.some(({ address }) => address === '*')) return reached;
    if (this.places.size === 0) {
      for (const [place, { remoteAddress, name }] of reached.entries()) {
        for (const word of new Set([canonicalAddress(remoteAddress), name])) {
          const known = this.places.get(word);
          if (known === undefined) this.places.set(word, [place]);
          else known.push(place);
        }
      }
    }
    const named = new Set(elements.flatMap(({ address }) => this.places.get(address) ?? []));
    return [...named].sort((a, b) => a - b).map((place) => reached[place]!);
  }

  private make(selector: Selector | undefined): KeptSelection {
    const { context, requester } = this;
    const every = context.neighbors();
    const { process } = requester;
    const reached = process === undefined ? every : every.filter((neighbor) => neighbor.isReachedBy(process));
    const isAll = selector === undefined || selector.isAll;
    const found = isAll ? reached : this.candidates(selector, reached).filter((one) => matchesSelector(selector, one));
    // Without any neighbor at all an announce waits for those that will come.
    if (found.length === 0 && !(isAll && every.length === 0)) {
      const column = selector?.column ?? 1;
      if (isAll) throw new CommandError(`no neighbor can be reached by ${requester.name}`, column);
      throw new CommandError(`no neighbor matches ${selector.text}`, column);
    }
    const neighbors = found.filter((neighbor) => neighbor.member !== undefined);
    const ranges = found.filter((neighbor) => neighbor.member === undefined);
    const members = neighbors.map((neighbor) => neighbor.member as Member);
    const targets = isAll ? this.all : context.rib.targetsOf(members);
    return new KeptSelection(isAll, neighbors, targets, ranges, (family, skipped) => {
      context.log.warn({ requester: requester.name, family, skipped }, `routes of ${family} skip neighbors`);
    });
  }
}
