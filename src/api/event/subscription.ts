/**
 * Which helpers want which events of one neighbor, read from its `api` section: the union over its blocks of kinds and
 * modes. Helpers that want the same thing in the same form stand together, so that it is built once for all of them.
 */
import { MESSAGE_KINDS, type MessageKind, NEIGHBOR_KINDS, type NeighborKind } from '../../session/event-kinds.js';
import type { ApiBinding } from '../../session/peer-config.js';
import type { Encoder } from '../encoder/types.js';
import type { EventHelper } from './types.js';

/** A helper and how many events of this neighbor it has had. */
export interface Target {
  readonly helper: EventHelper;
  count: number;
}

/** Helpers that get the same content. */
export interface TargetGroup {
  readonly encoder: Encoder;
  /** An event with the octets alone. */
  readonly isRaw: boolean;
  /** An event with the decoded message. */
  readonly isParsed: boolean;
  /** The decoded message carries its octets. */
  readonly isConsolidated: boolean;
  readonly targets: Target[];
}

export type GroupsByKind = Readonly<Record<MessageKind, readonly TargetGroup[]>>;

/** All that is wanted of one neighbor. */
export interface Subscriptions {
  readonly send: GroupsByKind;
  readonly receive: GroupsByKind;
  readonly neighbor: Readonly<Record<NeighborKind, readonly TargetGroup[]>>;
  /** Every helper that is bound to the neighbor, whatever it wants. */
  readonly targets: readonly Target[];
}

/** Words of one direction for one process, over all blocks that name it. */
function wordsOf(bindings: readonly ApiBinding[], process: string, direction: 'send' | 'receive'): Set<string> {
  const words = new Set<string>();
  for (const binding of bindings) {
    if (binding.processes.includes(process)) for (const word of binding[direction]) words.add(word);
  }
  return words;
}

/** How messages are wanted: the table of modes. */
function modesOf(words: ReadonlySet<string>): Pick<TargetGroup, 'isRaw' | 'isParsed' | 'isConsolidated'> {
  const packets = words.has('packets');
  const consolidate = words.has('consolidate');
  return {
    isRaw: packets && !consolidate,
    isParsed: words.has('parsed') || consolidate,
    isConsolidated: consolidate && packets,
  };
}

/** Adds a target to the group that gets the same. */
function join(groups: TargetGroup[], encoder: Encoder, modes: ReturnType<typeof modesOf>, target: Target): void {
  const known = groups.find(
    (group) =>
      group.encoder === encoder &&
      group.isRaw === modes.isRaw &&
      group.isParsed === modes.isParsed &&
      group.isConsolidated === modes.isConsolidated,
  );
  if (known !== undefined) known.targets.push(target);
  else groups.push({ encoder, ...modes, targets: [target] });
}

function emptyGroups<Kind extends string>(kinds: readonly Kind[]): Record<Kind, TargetGroup[]> {
  return Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as Record<Kind, TargetGroup[]>;
}

/**
 * @param bindings the `api` section of the neighbor @param helpers running ones
 * @param targetOf the helper's counter for this neighbor @param encoderOf the form it asked for
 */
export function subscriptionsOf(
  bindings: readonly ApiBinding[],
  helpers: Iterable<EventHelper>,
  targetOf: (helper: EventHelper) => Target,
  encoderOf: (helper: EventHelper) => Encoder,
): Subscriptions {
  const send = emptyGroups(MESSAGE_KINDS);
  const receive = emptyGroups(MESSAGE_KINDS);
  const neighbor = emptyGroups(NEIGHBOR_KINDS);
  const targets: Target[] = [];
  const whole = { isRaw: false, isParsed: true, isConsolidated: false };
  for (const helper of helpers) {
    if (!bindings.some(({ processes }) => processes.includes(helper.name))) continue;
    const target = targetOf(helper);
    const encoder = encoderOf(helper);
    targets.push(target);
    for (const [groups, direction] of [
      [send, 'send'],
      [receive, 'receive'],
    ] as const) {
      const words = wordsOf(bindings, helper.name, direction);
      const modes = modesOf(words);
      if (modes.isRaw || modes.isParsed) {
        for (const kind of MESSAGE_KINDS) if (words.has(kind)) join(groups[kind], encoder, modes, target);
      }
    }
    const words = wordsOf(bindings, helper.name, 'receive');
    for (const kind of NEIGHBOR_KINDS) if (words.has(kind)) join(neighbor[kind], encoder, whole, target);
  }
  return { send, receive, neighbor, targets };
}
