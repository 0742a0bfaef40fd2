/**
 * The outgoing tables against a naive model: one map of routes per neighbor, commands replayed one by one. Whatever the
 * batching, and with neighbors and sessions coming and going, a peer holds what was asked for last.
 */
import test from 'ava';
import fc from 'fast-check';
import { OutgoingRib } from '../../src/rib/rib-out.js';
import type { Member, OutFeed } from '../../src/rib/types.js';
import { silentLogger } from '../../src/util/log.js';
import { systemClock } from '../../src/util/timers.js';
import { TurnScheduler, type TurnTask } from '../../src/util/turn.js';
import { packSet } from '../../src/wire/attribute-set.js';
import { families, familyByName, familyIndex } from '../../src/wire/family/index.js';
import { type EncodeProfile, EncodeProfiles } from '../../src/wire/negotiated.js';

const IPV4 = familyIndex(familyByName('ipv4 unicast')!);
const PROCESSES = ['a', 'b'] as const;
const FOREVER = Number.POSITIVE_INFINITY;

/** Runs tasks at once: withdrawOwner is done when it returns. */
class ImmediateScheduler extends TurnScheduler {
  override schedule(task: TurnTask): void {
    while (task.step(FOREVER));
  }
}

/** Runs a piece of a task when it is told to: commands come in between. */
class SteppedScheduler extends TurnScheduler {
  private readonly tasks: TurnTask[] = [];

  override schedule(task: TurnTask): void {
    if (!this.tasks.includes(task)) this.tasks.push(task);
  }

  /** @returns false when nothing is left to do */
  run(): boolean {
    const task = this.tasks.shift();
    if (task?.step(0) === true) this.schedule(task);
    return task !== undefined;
  }
}

type Reach = 'all' | 'a' | 'b';
type Op =
  | { readonly do: 'add'; readonly name: number; readonly reach: Reach; readonly remembers: boolean }
  | { readonly do: 'remove' | 'close' | 'flush' | 'refresh'; readonly name: number }
  | { readonly do: 'open'; readonly name: number; readonly addPath: boolean; readonly limit: number }
  | {
      readonly do: 'announce';
      readonly from: number;
      readonly to: readonly number[] | 'any';
      readonly prefix: number;
      readonly path: number;
      readonly med: number;
      readonly owner: number;
    }
  | {
      readonly do: 'withdraw';
      readonly from: number;
      readonly to: readonly number[] | 'any';
      readonly prefix: number;
      readonly path: number;
    }
  | { readonly do: 'exit'; readonly owner: number }
  | { readonly do: 'turn' }
  | { readonly do: 'clear'; readonly to: readonly number[] }
  | { readonly do: 'drain'; readonly name: number; readonly chunks: number };

const name = fc.nat(3);
const to = fc.oneof(
  { weight: 3, arbitrary: fc.constant('any' as const) },
  { weight: 1, arbitrary: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }) },
);
const from = fc.nat(2);
const prefix = fc.nat(5);
const path = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(2));
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      name,
      reach: fc.constantFrom<Reach>('all', 'a', 'b'),
      remembers: fc.constantFrom(true, true, true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('remove' as const, 'close' as const, 'flush' as const, 'refresh' as const),
      name,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('open' as const), name, addPath: fc.boolean(), limit: fc.nat(2) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('announce' as const),
      from,
      to,
      prefix,
      path,
      med: fc.nat(3),
      owner: fc.nat(2),
    }),
  },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('withdraw' as const), from, to, prefix, path }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('exit' as const), owner: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clear' as const),
      to: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('drain' as const), name, chunks: fc.nat(2) }) },
);

/** "prefix path" -> med and owner, in the order of the last announce. */
type Table = Map<string, { med: number; owner: number }>;

function apply(table: Table, one: Op): void {
  if (one.do === 'announce') {
    const key = `${one.prefix} ${one.path}`;
    table.delete(key);
    table.set(key, { med: one.med, owner: one.owner });
  } else if (one.do === 'withdraw') {
    table.delete(`${one.prefix} ${one.path}`);
  } else if (one.do === 'exit') {
    for (const [key, { owner }] of [...table]) if (owner === one.owner) table.delete(key);
  }
}

/** What a peer must hold of a table. */
function expected(table: Table, addPath: boolean, limit: number): Map<string, number> {
  const out = new Map<string, number>();
  if (!addPath) {
    for (const [key, { med }] of table) out.set(key.split(' ')[0]!, med);
    return out;
  }
  const paths = new Map<string, number>();
  for (const [key, { med }] of [...table].reverse()) {
    const destination = key.split(' ')[0]!;
    const count = (paths.get(destination) ?? 0) + 1;
    paths.set(destination, count);
    if (limit === 0 || count <= limit) out.set(key, med);
  }
  return out;
}

/** A peer that reads IPv4 UPDATEs: prefixes are 10.0.N.0/24. */
class NaivePeer {
  readonly holds = new Map<string, number>();
  readonly replayed: number[] = [];

  constructor(
    readonly addPath: boolean,
    readonly limit: number,
  ) {}

  read(chunk: Uint8Array): void {
    const data = Buffer.from(chunk);
    for (let at = 0; at < data.length; at += data.readUInt16BE(at + 16)) {
      const end = at + data.readUInt16BE(at + 16);
      if (data[at + 18] !== 2) continue;
      let p = at + 19;
      const withdrawnEnd = p + 2 + data.readUInt16BE(p);
      for (p += 2; p < withdrawnEnd; ) p = this.nlri(data, p, (key) => void this.holds.delete(key));
      const attributesEnd = p + 2 + data.readUInt16BE(p);
      let med = -1;
      for (p += 2; p < attributesEnd; ) {
        const length = data[p]! & 0x10 ? data.readUInt16BE(p + 2) : data[p + 2]!;
        const value = p + (data[p]! & 0x10 ? 4 : 3);
        if (data[p + 1] === 4) med = data.readUInt32BE(value);
        p = value + length;
      }
      while (p < end) p = this.nlri(data, p, (key) => void this.holds.set(key, med));
    }
  }

  private nlri(data: Buffer, at: number, use: (key: string) => void): number {
    const start = this.addPath ? at + 4 : at;
    const octets = (data[start]! + 7) >>> 3;
    use(this.addPath ? `${data[start + 3]} ${data.readUInt32BE(at)}` : `${data[start + 3]}`);
    return start + 1 + octets;
  }
}

const profiles = new EncodeProfiles();
function profile(addPath: boolean, limit: number): EncodeProfile {
  const per = (value: boolean): boolean[] => families.map((_, i) => i === IPV4 && value);
  return profiles.intern({
    localAs: 65000,
    isExternal: true,
    asn4: true,
    messageSize: 4096,
    families: per(true),
    addPath: per(addPath),
    pathsLimit: families.map(() => (addPath ? limit : 0)),
    extendedNextHop: per(false),
    groupUpdates: true,
    self4: new Uint8Array([192, 0, 2, 254]),
    self6: undefined,
    localRole: undefined,
    aigp: false,
  });
}

function routeKey(prefixNumber: number, pathId: number): Uint8Array {
  return new Uint8Array([IPV4, 0, 0, 0, pathId, 24, 10, 0, prefixNumber]);
}

/** @param isStepped long work goes on between the commands, not within them */
function run(ops: readonly Op[], isStepped = false): string | undefined {
  const stepped = new SteppedScheduler();
  const rib = new OutgoingRib({
    clock: systemClock,
    scheduler: isStepped ? stepped : new ImmediateScheduler(),
    log: silentLogger,
    maxRoutes: 1000,
    atOnceMs: isStepped ? 0 : 1,
  });
  const owners = [rib.addOwner(), rib.addOwner(), rib.addOwner()];
  const neighbors = new Map<number, { member: Member; reach: Reach; table: Table; feed?: OutFeed; peer?: NaivePeer }>();
  /** Commands without a selector, for neighbors that appear later. */
  const log: Op[] = [];
  const process = (n: number): string | undefined => PROCESSES[n];
  const reaches = (reach: Reach, n: number): boolean =>
    reach === 'all' || process(n) === undefined || process(n) === reach;
  const sets = [0, 1, 2, 3].map((med) =>
    rib.internSet(
      packSet('self', new Uint8Array(0), [{ code: 4, flags: 0x80, value: new Uint8Array([0, 0, 0, med]) }]),
    ),
  );
  const drain = (n: number, chunks: number): void => {
    const one = neighbors.get(n);
    if (one?.feed === undefined) return;
    let left = chunks;
    one.feed.drain((chunk) => {
      one.peer!.read(chunk);
      return --left > 0;
    }, FOREVER);
  };
  for (const one of ops) {
    if (one.do === 'add') {
      if (neighbors.has(one.name)) continue;
      const table: Table = new Map();
      for (const past of log) {
        if (past.do === 'exit' || ((past.do === 'announce' || past.do === 'withdraw') && reaches(one.reach, past.from)))
          apply(table, past);
      }
      const reach = one.reach === 'all' ? 'all' : new Set([one.reach]);
      const member = rib.addMember(`n${one.name}`, { reach, adjRibOut: one.remembers, autoFlush: true });
      neighbors.set(one.name, { member, reach: one.reach, table });
    } else if (one.do === 'remove') {
      const gone = neighbors.get(one.name);
      if (gone === undefined) continue;
      rib.removeMember(gone.member);
      neighbors.delete(one.name);
    } else if (one.do === 'open') {
      const open = neighbors.get(one.name);
      if (open === undefined || open.feed !== undefined) continue;
      open.feed = rib.openFeed(open.member, profile(one.addPath, one.limit));
      const peer = new NaivePeer(one.addPath, one.limit);
      open.peer = peer;
      open.feed.onReplayed = (family) => peer.replayed.push(family);
    } else if (one.do === 'close') {
      const close = neighbors.get(one.name);
      close?.feed?.close();
      if (close !== undefined) {
        delete close.feed;
        delete close.peer;
      }
    } else if (one.do === 'flush') {
      const flush = neighbors.get(one.name);
      if (flush !== undefined) rib.flush(rib.targetsOf([flush.member]));
    } else if (one.do === 'refresh') {
      neighbors.get(one.name)?.feed?.refresh(IPV4);
    } else if (one.do === 'announce' || one.do === 'withdraw') {
      const whom =
        one.to === 'any'
          ? [...neighbors.values()].filter(({ reach }) => reaches(reach, one.from))
          : one.to.flatMap((n) => neighbors.get(n) ?? []);
      const targets =
        one.to === 'any' ? rib.targetsOfProcess(process(one.from)) : rib.targetsOf(whom.map(({ member }) => member));
      if (one.to === 'any') log.push(one);
      for (const { table } of whom) apply(table, one);
      const key = routeKey(one.prefix, one.path);
      if (one.do === 'announce') rib.announce(targets, key, key.length, sets[one.med]!, owners[one.owner]!);
      else rib.withdraw(targets, key, key.length);
    } else if (one.do === 'exit') {
      log.push(one);
      for (const { table } of neighbors.values()) apply(table, one);
      rib.withdrawOwner(owners[one.owner]!);
      // An owner that is gone never comes again.
      owners[one.owner] = rib.addOwner();
    } else if (one.do === 'turn') {
      stepped.run();
    } else if (one.do === 'clear') {
      const whom = one.to.flatMap((n) => neighbors.get(n) ?? []);
      for (const { table } of whom) table.clear();
      rib.clear(rib.targetsOf(whom.map(({ member }) => member)));
    } else if (one.do === 'drain') {
      drain(one.name, one.chunks + 1);
    }
  }
  while (stepped.run());
  for (const [n, { member, table, feed, peer }] of neighbors) {
    if (rib.count(member) !== table.size) return `n${n} counts ${rib.count(member)}, not ${table.size}`;
    for (const [key, { owner }] of table) {
      const [prefixNumber, pathId] = key.split(' ').map(Number);
      const packed = routeKey(prefixNumber!, pathId!);
      if (rib.ownerOf(member, packed, packed.length) !== owners[owner]) return `n${n}: wrong owner of ${key}`;
    }
    if (feed === undefined) continue;
    const read = (chunk: Uint8Array): boolean => {
      peer!.read(chunk);
      return true;
    };
    while (feed.drain(read, FOREVER) !== 'idle');
    const want = expected(table, peer!.addPath, peer!.limit);
    const got = [...peer!.holds].sort().join();
    if (got !== [...want].sort().join()) return `n${n} holds ${got}, not ${[...want].sort().join()}`;
    if (peer!.replayed.join() !== `${IPV4}`) return `n${n}: End-of-RIB due for ${peer!.replayed.join()}`;
  }
  for (const n of [...neighbors.keys()]) rib.removeMember(neighbors.get(n)!.member);
  rib.clear(rib.targetsOfProcess(undefined));
  while (stepped.run());
  return rib.size === 0 ? undefined : `${rib.size} NLRI are never given back`;
}

test('a peer holds what was asked for last, whatever the batching', (t) => {
  fc.assert(
    fc.property(fc.array(op, { maxLength: 60 }), fc.boolean(), (ops, isStepped) => {
      const wrong = run(ops, isStepped);
      if (wrong !== undefined) throw new Error(wrong);
    }),
    { numRuns: 3000 },
  );
  t.pass();
});

/** One neighbor with an open session that holds prefix 0 and nothing is under way. */
const BEGIN: readonly Op[] = [
  { do: 'add', name: 0, reach: 'all', remembers: true },
  { do: 'open', name: 0, addPath: false, limit: 0 },
  { do: 'announce', from: 0, to: 'any', prefix: 0, path: 0, med: 0, owner: 0 },
  { do: 'drain', name: 0, chunks: 99 },
];
const announce = (prefixNumber: number, med: number): Op => ({
  do: 'announce',
  from: 0,
  to: 'any',
  prefix: prefixNumber,
  path: 0,
  med,
  owner: 0,
});

const cases: readonly (readonly [string, readonly Op[]])[] = [
  [
    'a changed set does not fall behind an older group of the same set',
    [announce(1, 2), announce(2, 1), announce(2, 2)],
  ],
  [
    'withdrawn and announced again in one batch is announced',
    [announce(1, 3), { do: 'withdraw', from: 0, to: 'any', prefix: 0, path: 0 }, announce(0, 3)],
  ],
];
for (const [title, ops] of cases) {
  test(`one batch: ${title}`, (t) => {
    t.is(run([...BEGIN, ...ops]), undefined);
  });
}
