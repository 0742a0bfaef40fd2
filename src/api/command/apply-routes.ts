/** What announce and withdraw commands do with the routes they read: checks for the neighbors, tables, `sync`. */
import type { RunningTimer } from '../../util/timers.js';
import type { ParsedRoutes, RouteForm, RouteVerb } from '../route-text.js';
import { NextHopKind, SYNC_SECONDS } from '../route-text.js';
import { type Call, CommandFailure, type LaterAnswer, type Outcome } from './types.js';

/** Words behind the verb -> form of the route text. */
export const ROUTE_FORMS: Readonly<Record<string, RouteForm>> = {
  route: 'route',
  attribute: 'attributes',
  attributes: 'attributes',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  l2vpn: 'l2vpn',
  'bgp-ls': 'bgp-ls',
  flow: 'flow',
  vpls: 'vpls',
};

/** Keywords for completion. */
export const ROUTE_KEYWORDS: readonly string[] = [
  'next-hop',
  'origin',
  'as-path',
  'med',
  'local-preference',
  'community',
  'large-community',
  'extended-community',
  'atomic-aggregate',
  'aggregator',
  'originator-id',
  'cluster-list',
  'aigp',
  'attribute',
  'path-information',
  'split',
  'name',
  'nlri',
  'ttl',
  'sync',
];

/**
 * Announces or withdraws what was read, for the neighbors of the line.
 * @throws CommandFailure when nobody can take the routes, or the table is full
 */
export function applyRoutes(verb: RouteVerb, parsed: ParsedRoutes, call: Call): Outcome {
  const { context, requester, selection } = call;
  const { rib, watchdogs } = context;
  for (const { familyIndex, nextHopKind } of distinctKinds(parsed)) {
    const { skipped, isNobody } = selection.coverage(familyIndex, nextHopKind);
    if (isNobody && (requester.strict || nextHopKind === NextHopKind.foreign))
      throw new CommandFailure(`no neighbor can be sent this: ${skipped[0]!.reason}`);
    for (const { name } of skipped) call.skip(name);
  }
  const { targets } = selection;
  const set = rib.internSet(parsed.set);
  let isFull = false;
  for (const { key } of parsed.routes) {
    if (watchdogs.size > 0) watchdogs.release(targets.members, key, key.length);
    if (verb === 'withdraw') rib.withdraw(targets, key, key.length, set);
    else if (!rib.announce(targets, key, key.length, set, requester.owner, parsed.words.leaseSeconds)) {
      isFull = true;
      break;
    }
  }
  rib.releaseSet(set);
  if (isFull) throw new CommandFailure('too many routes');
  return whenSent(call, parsed.words.sync);
}

function distinctKinds({ routes }: ParsedRoutes): Iterable<{ familyIndex: number; nextHopKind: NextHopKind }> {
  const kinds = new Map<number, { familyIndex: number; nextHopKind: NextHopKind }>();
  for (const route of routes) kinds.set(route.familyIndex * 4 + route.nextHopKind, route);
  return kinds.values();
}

/**
 * `sync`: the answer waits until the kernel has taken the octets for every target that is up.
 * @param sync seconds to wait at most; "off": not at all; undefined: as the requester has it
 */
export function whenSent(call: Call, sync: number | 'off' | undefined): Outcome {
  const seconds = sync ?? (call.isSync ? SYNC_SECONDS : 'off');
  if (seconds === 'off') return undefined;
  const { context, selection } = call;
  const later: LaterAnswer = {
    startsInTurn: false,
    start(completion) {
      let isOver = false;
      let timer: RunningTimer | undefined;
      const waiting = context.rib.whenFlushed(selection.targets, () => {
        if (isOver) return;
        isOver = true;
        timer?.cancel();
        completion.done();
      });
      if (!isOver)
        timer = context.clock.start(seconds * 1000, () => {
          isOver = true;
          const names = waiting.pending().map((member) => member.name);
          waiting.cancel();
          completion.fail(`not sent within ${seconds} s to ${names.join(', ')}`);
        });
      return () => {
        isOver = true;
        timer?.cancel();
        waiting.cancel();
      };
    },
  };
  return later;
}
