/**
 * The interop tests of one daemon's families: it accepts and shows what crier announces, what it writes anew of that and
 * what it originates is right in crier's events, and withdrawals that say nothing but the key work both ways.
 */
import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import { decodeToEvents } from '../../src/api/offline-decoder.js';
import { encodeCommand } from '../../src/cli/encode-line.js';
import { whenAvailable } from './availability.js';
import { type FamilyLab, openFamilyLab } from './family-lab.js';
import { DAEMON_ADDRESSES, FAMILY_AS, type FamilyPeer } from './family-peer.js';
import { type FamilyRoute, familyRoutes, type RouteName } from './family-routes.js';
import { waitFor } from './program.js';

type Members = Readonly<Record<string, unknown>>;

/** Routes of one UPDATE event. */
interface Heard {
  readonly from: string;
  readonly kind: 'announce' | 'withdraw';
  readonly family: string;
  readonly hop: string;
  readonly nlri: Members;
  readonly attributes: Members;
}

const WAIT_MS = 15_000;
/** What a route reflector adds (RFC 4456 section 8), and what is compared elsewhere. */
const NOT_COMPARED = ['originator-id', 'cluster-list'];

/** Declares the tests of one daemon. */
export function familySuite(peer: FamilyPeer): void {
  whenAvailable(`${peer.name}: families`, peer.programs, () => declare(peer));
}

/** Names of the routes that a daemon gets. */
export function routesOf(peer: FamilyPeer): RouteName[] {
  return (Object.keys(familyRoutes) as RouteName[]).filter(
    (name) => peer.families.includes(familyRoutes[name].family) && peer.cannotTake?.[name] === undefined,
  );
}

function declare(peer: FamilyPeer): void {
  let lab: FamilyLab;
  const names = routesOf(peer);
  const routes: readonly (readonly [RouteName, FamilyRoute])[] = names.map((name) => [name, familyRoutes[name]]);
  const first = `neighbor ${DAEMON_ADDRESSES[0]}`;

  test.before(async () => {
    lab = await openFamilyLab(peer);
  });
  test.after.always(async () => {
    await lab?.close();
  });
  test.afterEach.always((t) => {
    if (!t.passed && lab !== undefined) t.log(lab.report());
  });

  /** Waits until nothing is missing, or time is up; gives what is missing then. */
  const untilNone = async (missing: () => string[] | Promise<string[]>): Promise<string[]> => {
    let last: string[] = [];
    await waitFor(
      'it',
      async () => {
        last = await missing();
        return last.length === 0;
      },
      WAIT_MS,
    ).catch(() => undefined);
    return last;
  };
  const heard = (from = 0): Heard[] =>
    lab.link.lines
      .slice(from)
      .filter((line) => line.startsWith('{'))
      .flatMap(heardOf);
  const shownPatterns = (): [RouteName, RegExp][] =>
    names.flatMap((name) => (peer.shows[name] ?? []).map((pattern): [RouteName, RegExp] => [name, pattern]));
  let fromWithdraw = 0;

  test.serial(`${peer.name} accepts and shows what crier announces`, async (t) => {
    const asks = (peer.asks ?? []).map((words) => `neighbor ${DAEMON_ADDRESSES[1]} announce ${words}`);
    if (asks.length > 0) t.deepEqual(new Set(await lab.link.ask(...asks)), new Set(['done']));
    const answers = await lab.link.ask(...routes.map(([, { words }]) => `${first} announce ${words}`));
    t.deepEqual(
      routes.map(([name], at) => `${name}: ${answers[at]}`).filter((answer) => !answer.endsWith(': done')),
      [],
    );
    let listing = '';
    const missing = await untilNone(async () => {
      listing = await peer.listing(lab.host, lab.folder);
      return shownPatterns()
        .filter(([, pattern]) => !pattern.test(listing))
        .map(([name, pattern]) => `${name}: ${pattern}`);
    });
    t.deepEqual(missing, [], listing);
    const unaccounted = names.filter((name) => peer.shows[name] === undefined && peer.cannotShow[name] === undefined);
    t.deepEqual(unaccounted, [], listing);
  });

  test.serial(`crier hears from ${peer.name} what it announced on the other session`, async (t) => {
    const relayed = routes.filter(([name]) => peer.cannotRelay[name] === undefined);
    const missing = await untilNone(() => {
      const second = heard().filter(({ from, kind }) => from === DAEMON_ADDRESSES[1] && kind === 'announce');
      return relayed.flatMap(([name, { words }]) =>
        expected(words).flatMap((one) => differences(name, one, second, peer.changes?.[name]?.members)),
      );
    });
    t.deepEqual(missing, [], JSON.stringify(heard(), null, 1));
  });

  test.serial(`crier hears what ${peer.name} originates and takes back`, async (t) => {
    for (const say of new Set(peer.originated.map((one) => one.say))) await peer.tell?.(lab.host, lab.folder, say);
    const missing = await untilNone(() => {
      const all = heard().filter(({ kind }) => kind === 'announce');
      return peer.originated.filter((one) => !all.some((it) => isOriginated(one, it))).map(({ say }) => say);
    });
    t.deepEqual(missing, [], JSON.stringify(heard(), null, 1));
    const from = lab.link.lines.length;
    for (const words of new Set(peer.originated.map((one) => one.takeBack))) {
      await peer.tell?.(lab.host, lab.folder, words);
    }
    const left = await untilNone(() => {
      const all = heard(from).filter(({ kind }) => kind === 'withdraw');
      return peer.originated
        .filter(({ family, nlri }) => !all.some((it) => it.family === family && hasKey(it.nlri, nlri)))
        .map(({ takeBack }) => takeBack);
    });
    t.deepEqual(left, [], JSON.stringify(heard(from), null, 1));
  });

  test.serial(`${peer.name} loses what crier withdraws by the key`, async (t) => {
    fromWithdraw = lab.link.lines.length;
    const answers = await lab.link.ask(...routes.map(([, { key }]) => `${first} withdraw ${key}`));
    t.deepEqual(new Set(answers), new Set(routes.length > 0 ? ['done'] : []));
    let listing = '';
    const left = await untilNone(async () => {
      listing = await peer.listing(lab.host, lab.folder);
      return shownPatterns()
        .filter(([name, pattern]) => peer.keeps?.[name] === undefined && pattern.test(listing))
        .map(([name, pattern]) => `${name}: ${pattern}`);
    });
    t.deepEqual(left, [], listing);
  });

  test.serial(`crier hears from ${peer.name} that its routes are gone, and the sessions last`, async (t) => {
    const relayed = routes.filter(([name]) => peer.cannotRelay[name] === undefined && peer.keeps?.[name] === undefined);
    const missing = await untilNone(() => {
      const second = heard(fromWithdraw).filter(
        ({ from, kind }) => from === DAEMON_ADDRESSES[1] && kind === 'withdraw',
      );
      return relayed
        .filter(([, { family, words }]) => {
          const { nlri } = expected(words)[0]!;
          return !second.some((it) => it.family === family && sameKey(it.nlri, nlri));
        })
        .map(([name]) => name);
    });
    t.deepEqual(missing, [], JSON.stringify(heard(fromWithdraw), null, 1));
    for (const which of [0, 1] as const) t.true(await peer.isEstablished(lab.host, lab.folder, which));
    t.deepEqual(
      lab.link.lines.filter((line) => line.includes('"type": "notification"') || line.includes('"state": "down"')),
      [],
    );
  });
}

/** The routes of an event, one by one. */
function heardOf(line: string): Heard[] {
  const { neighbor } = JSON.parse(line) as {
    neighbor?: { address: { peer: string }; message?: { update?: Record<string, Record<string, unknown>> } };
  };
  const update = neighbor?.message?.update;
  if (neighbor === undefined || update === undefined) return [];
  const common = { from: neighbor.address.peer, attributes: (update.attribute ?? {}) as Members };
  const announced = Object.entries((update.announce ?? {}) as Record<string, Record<string, Members[]>>).flatMap(
    ([family, hops]) =>
      Object.entries(hops).flatMap(([hop, nlris]) =>
        nlris.map((nlri): Heard => ({ ...common, kind: 'announce', family, hop, nlri })),
      ),
  );
  const withdrawn = Object.entries((update.withdraw ?? {}) as Record<string, Members[]>).flatMap(([family, nlris]) =>
    nlris.map((nlri): Heard => ({ ...common, kind: 'withdraw', family, hop: '', nlri })),
  );
  return [...announced, ...withdrawn];
}

/** What the event of an announce is when nobody changes the route on its way. */
function expected(words: string): Heard[] {
  const messages = encodeCommand(`announce ${words}`, {
    localAs: FAMILY_AS,
    peerAs: FAMILY_AS,
    asn4: true,
    pathInformation: false,
    groupUpdates: true,
    dialect: 'exabgp-4',
  });
  const daemon = { host: 'test', pid: 1, ppid: 2 };
  const form = { encoder: 'json', dialect: 'exabgp-4', daemon, timeSeconds: 0 } as const;
  return messages.flatMap((message) => heardOf(decodeToEvents(message, { asn4: true, addPath: false }, form)));
}

/** In what the best of the heard routes differs from the expected one. */
function differences(name: string, wanted: Heard, all: readonly Heard[], changed: readonly string[] = []): string[] {
  const same = all.filter(({ family, nlri }) => family === wanted.family && isDeepStrictEqual(nlri, wanted.nlri));
  if (same.length === 0) return [`${name}: no ${JSON.stringify(wanted.nlri)}`];
  const faults = same.map((one) => [
    ...(one.hop === wanted.hop || changed.includes('next-hop')
      ? []
      : [`${name}: next hop ${one.hop}, not ${wanted.hop}`]),
    ...Object.entries(wanted.attributes)
      .filter(([member]) => !NOT_COMPARED.includes(member) && !changed.includes(member))
      .filter(([member, value]) => !isDeepStrictEqual(sorted(one.attributes[member]), sorted(value)))
      .map(
        ([member, value]) =>
          `${name}: ${member} ${JSON.stringify(one.attributes[member])}, not ${JSON.stringify(value)}`,
      ),
  ]);
  return faults.sort((a, b) => a.length - b.length)[0] ?? [];
}

/** Communities have no order. */
function sorted(value: unknown): unknown {
  return Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value;
}

function isOriginated({ family, nlri, communities = [] }: FamilyPeer['originated'][number], it: Heard): boolean {
  const extended = (it.attributes['extended-community'] ?? []) as { string: string }[];
  const strings = extended.map(({ string }) => string);
  return it.family === family && has(it.nlri, nlri) && communities.every((one) => strings.includes(one));
}

function has(nlri: Members, wanted: Members): boolean {
  return Object.entries(wanted).every(([member, value]) => isDeepStrictEqual(nlri[member], value));
}

/** Members that are no part of the key: a withdrawal may have others or none. */
const PAYLOAD = [
  'nexthop',
  'next-hop',
  'base',
  'size',
  'label',
  'raw',
  'gateway',
  'teid',
  'qfi',
  'endpoint_ip',
  'endpoint_ip_len',
  'source_ip',
  'source_ip_len',
];

function hasKey(nlri: Members, wanted: Members): boolean {
  return Object.entries(wanted).every(
    ([member, value]) => PAYLOAD.includes(member) || isDeepStrictEqual(nlri[member], value),
  );
}

function sameKey(nlri: Members, wanted: Members): boolean {
  // Session routes of mobile user planes have their endpoint among the payload or in the key, by their type.
  const isPayload = (member: string): boolean =>
    PAYLOAD.includes(member) || (member === 'esi' && (wanted.code === 2 || wanted.code === 5));
  return Object.entries(wanted).every(([member, value]) => isPayload(member) || isDeepStrictEqual(nlri[member], value));
}
