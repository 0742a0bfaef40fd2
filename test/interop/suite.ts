/**
 * The interop tests of one routing daemon. They share one fixture and run in order, each leaving all sessions up: what
 * takes time (starting daemons, a thousand routes) is done once.
 */
import test, { type ExecutionContext } from 'ava';
import { whenAvailable } from './availability.js';
import { CORE, CRIER_AS, type Fixture, ORIGINATED, openFixture, SESSIONS } from './fixture.js';
import type { AttributeName, PeerKind, PeerSession, ShownRoute, UnicastFamily } from './peer.js';
import { waitFor } from './program.js';
import { ROUTES_A_FAMILY, type TestRoute, testRoutes } from './routes.js';

const FAMILIES = ['ipv4 unicast', 'ipv6 unicast'] as const;
const EXPECTED: Record<UnicastFamily, TestRoute[]> = {
  'ipv4 unicast': testRoutes('ipv4 unicast'),
  'ipv6 unicast': testRoutes('ipv6 unicast'),
};

/** A JSON event of the exabgp-4 dialect, as far as the tests read it. */
interface JsonEvent {
  readonly type: string;
  readonly neighbor?: {
    readonly address: { readonly local: string; readonly peer: string };
    readonly state?: string;
    readonly reason?: string;
    readonly direction?: string;
    readonly notification?: { readonly code: number; readonly subcode: number; readonly data: string };
    readonly message?: {
      readonly update?: {
        readonly announce?: Record<string, Record<string, readonly { nlri: string; 'path-information'?: string }[]>>;
        readonly withdraw?: Record<string, readonly { nlri: string; 'path-information'?: string }[]>;
      };
    };
  };
}

/** Declares the tests of one kind of daemon. */
export function interopSuite(kind: PeerKind): void {
  whenAvailable(kind.name, kind.programs, () => declare(kind));
}

function declare(kind: PeerKind): void {
  let fixture: Fixture;
  let hasComeUp = false;

  test.before(async () => {
    fixture = await openFixture(kind);
  });
  test.beforeEach((t) => {
    // Without sessions every other test would wait for its time-out.
    if (!hasComeUp && !t.title.includes('sessions come up')) throw new Error('the sessions did not come up');
  });
  test.after.always(async () => {
    await fixture?.close();
  });
  test.afterEach.always((t) => {
    if (t.passed || fixture === undefined) return;
    t.log(`crier:\n${tail(fixture.crier.log)}`);
    t.log(`helper:\n${tail(fixture.json.lines.join('\n'), 20)}`);
    t.log(`${kind.name}:\n${tail(fixture.peer.log())}`);
  });

  const can = (t: ExecutionContext, ability: PeerKind['cannotDo'][number]): boolean => {
    if (!kind.cannotDo.includes(ability)) return true;
    t.log(`${kind.name}: ${ability} is not possible`);
    t.pass();
    return false;
  };
  const events = (from = 0): JsonEvent[] =>
    fixture.json.lines
      .slice(from)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  const allUp = async (): Promise<void> => {
    for (const session of fixture.expected) {
      await waitFor(`${session.name} to come up`, () => fixture.peer.established(session), 60_000);
    }
  };
  const coreTables = async (t: ExecutionContext): Promise<void> => {
    for (const session of CORE) {
      for (const family of FAMILIES) await tableIs(t, fixture, kind, session, family, EXPECTED[family]);
    }
  };

  test.serial(`${kind.name}: sessions come up over IPv4 and IPv6, eBGP and iBGP`, async (t) => {
    await allUp();
    for (const session of fixture.expected) {
      const isUp = (): boolean =>
        events().some((event) => isOf(event, session) && event.type === 'state' && event.neighbor?.state === 'up');
      await waitFor(`the helper to hear that ${session.name} is up`, isUp);
    }
    t.is(fixture.crier.ended, undefined);
    hasComeUp = true;
  });

  test.serial(`${kind.name}: shows a thousand routes of each family with their attributes`, async (t) => {
    await coreTables(t);
  });

  test.serial(`${kind.name}: its routes reach helpers as JSON and as text`, async (t) => {
    for (const session of fixture.expected) {
      // To a confederation of which crier is no member, routes come with segments that make them unusable (RFC 5065).
      if (session === SESSIONS.confederation) continue;
      for (const { prefix } of ORIGINATED) {
        const isInJson = (): boolean => announced(events(), session, prefix).length > 0;
        await waitFor(`${prefix} over ${session.name} as JSON`, isInJson);
        const text = new RegExp(
          `^neighbor ${quoted(session.localAddress)} receive update announced ${quoted(prefix)} .*next-hop `,
        );
        await waitFor(`${prefix} over ${session.name} as text`, () =>
          fixture.text.lines.some((line) => text.test(line)),
        );
      }
    }
    const more = [
      { prefix: '30.3.0.0/24', nextHop: '10.0.0.210' },
      { prefix: '2001:db8:ff03::/48', nextHop: 'fd00::210' },
    ];
    const from = fixture.json.lines.length;
    const fromText = fixture.text.lines.length;
    await fixture.peer.announce(more);
    for (const { prefix } of more) {
      await waitFor(`${prefix} as JSON`, () => announced(events(from), SESSIONS.v4_ebgp, prefix).length > 0);
    }
    await fixture.peer.withdraw(more);
    for (const { prefix } of more) {
      await waitFor(`${prefix} withdrawn as JSON`, () => withdrawn(events(from), SESSIONS.v4_ebgp, prefix).length > 0);
      const text = `neighbor ${SESSIONS.v4_ebgp.localAddress} receive update withdrawn ${prefix}`;
      await waitFor(`${prefix} withdrawn as text`, () =>
        fixture.text.lines.slice(fromText).some((line) => line.startsWith(text)),
      );
    }
    t.pass();
  });

  test.serial(`${kind.name}: gets several paths for a prefix`, async (t) => {
    if (!can(t, 'add-path receive')) return;
    const session = SESSIONS.several_paths;
    const neighbor = `neighbor ${session.localAddress}`;
    const prefixes = { 'ipv4 unicast': '40.1.0.0/24', 'ipv6 unicast': '2001:db8:aa01::/48' };
    const hops = { 'ipv4 unicast': '10.0.0.9', 'ipv6 unicast': 'fd00::9' };
    const paths = async (family: UnicastFamily): Promise<string> => {
      const routes = (await fixture.peer.routes(session, family)).filter(({ prefix }) => prefix === prefixes[family]);
      const ofRoute = (route: ShownRoute): string =>
        kind.cannotDo.includes('show path id') ? `${route.attributes.med}` : `${route.pathId}:${route.attributes.med}`;
      return routes.map(ofRoute).sort().join(' ');
    };
    const wanted = (...ids: number[]): string =>
      ids.map((id) => (kind.cannotDo.includes('show path id') ? `${id * 10}` : `${id}:${id * 10}`)).join(' ');
    for (const family of FAMILIES) {
      const route = (id: number): string =>
        `announce route ${prefixes[family]} next-hop ${hops[family]} path-information ${id} med ${id * 10}`;
      const answers = await fixture.json.ask(...[1, 2, 3].map((id) => `${neighbor} ${route(id)}`));
      t.deepEqual(answers, ['done', 'done', 'done']);
      await waitFor(`three paths of ${family}`, async () => (await paths(family)) === wanted(1, 2, 3));
      await fixture.json.ask(`${neighbor} withdraw route ${prefixes[family]} path-information 2`);
      await waitFor(`two paths of ${family}`, async () => (await paths(family)) === wanted(1, 3));
      await fixture.json.ask(
        ...[1, 3].map((id) => `${neighbor} withdraw route ${prefixes[family]} path-information ${id}`),
      );
      await waitFor(`no path of ${family}`, async () => (await paths(family)) === '');
    }
  });

  test.serial(`${kind.name}: sends several paths for a prefix`, async (t) => {
    if (!can(t, 'add-path send')) return;
    // Of what it originates, or of what other sessions of crier told it.
    for (const family of FAMILIES) {
      const hasTwo = (): boolean => {
        const idsOf = new Map<string, Set<string>>();
        for (const nlri of announcedNlri(events(), SESSIONS.several_paths, family)) {
          const ids = idsOf.get(nlri.nlri) ?? new Set();
          idsOf.set(nlri.nlri, ids.add(nlri['path-information'] ?? 'none'));
        }
        return [...idsOf.values()].some((ids) => ids.size >= 2 && !ids.has('none'));
      };
      await waitFor(`two paths for a prefix of ${family}`, hasTwo);
    }
    t.pass();
  });

  test.serial(`${kind.name}: route refresh both ways`, async (t) => {
    // Some answer only behind the End-of-RIB, which they send to sessions with graceful restart.
    const session = SESSIONS.graceful;
    for (const family of FAMILIES) {
      if (can(t, 'route refresh out')) {
        const from = fixture.json.lines.length;
        await fixture.peer.refresh(session, family);
        const hasAsked = (): boolean => events(from).some((event) => isOf(event, session) && event.type === 'refresh');
        await waitFor(`a ROUTE-REFRESH for ${family}`, hasAsked);
        await tableIs(t, fixture, kind, session, family, EXPECTED[family]);
      }
      if (!can(t, 'route refresh in')) continue;
      const prefix = family === 'ipv4 unicast' ? '30.2.0.0/24' : '2001:db8:ff02::/48';
      const fromAnswer = fixture.json.lines.length;
      t.deepEqual(await fixture.json.ask(`neighbor ${session.localAddress} announce route-refresh ${family}`), [
        'done',
      ]);
      await waitFor(`${prefix} once more`, () => announced(events(fromAnswer), session, prefix).length > 0);
    }
  });

  test.serial(`${kind.name}: an administrative shutdown's text is heard`, async (t) => {
    if (!can(t, 'shutdown text out')) return;
    const session = SESSIONS.v4_ebgp;
    const from = fixture.json.lines.length;
    const fromLog = fixture.crier.log.length;
    await fixture.peer.shutdownWithText(session, 'maintenance until noon');
    const isDown = (event: JsonEvent): boolean => isOf(event, session) && event.neighbor?.state === 'down';
    const down = await waitFor('the session to go down', () => events(from).find(isDown));
    t.regex(down.neighbor?.reason ?? '', /\(6,2\)/);
    const notification = events(from).find((event) => isOf(event, session) && event.type === 'notification');
    t.like(notification?.neighbor?.notification, { code: 6, subcode: 2 });
    const text = Buffer.from(notification?.neighbor?.notification?.data.slice(2) ?? '', 'hex').toString();
    t.true(text.includes('maintenance until noon'), text);
    t.true(fixture.crier.log.slice(fromLog).includes('maintenance until noon'), 'the text is in the log');
    await fixture.peer.enable(session);
    await waitFor('the session to come back', () => fixture.peer.established(session), 60_000);
    for (const family of FAMILIES) await tableIs(t, fixture, kind, session, family, EXPECTED[family]);
  });

  test.serial(
    `${kind.name}: sessions with a wrong key or TTL stay down, and the log says what to look at`,
    async (t) => {
      const wrong = fixture.settings.sessions.filter((session) => session.name.endsWith('wrong'));
      for (const session of wrong) {
        t.false(await fixture.peer.established(session), session.name);
        t.false(events().some((event) => isOf(event, session) && event.neighbor?.state === 'up'));
        const about = (line: string): boolean => line.includes(session.localAddress) && /MD5|TTL|GTSM/i.test(line);
        const said = await waitFor(`a log line about ${session.name}`, () => fixture.crier.log.split('\n').find(about));
        t.log(said);
      }
      t.false(fixture.crier.log.includes('right-key'), 'no key is in the log');
      t.false(fixture.crier.log.includes('wrong-key'), 'no key is in the log');
      t.pass();
    },
  );

  test.serial(`${kind.name}: restarts, and the table comes back`, async (t) => {
    await fixture.peer.stop();
    const hasLeft = (): boolean => {
      const last = events().findLast((event) => isOf(event, SESSIONS.v4_ibgp) && event.type === 'state');
      return last?.neighbor?.state !== 'up';
    };
    await waitFor('crier to see it leave', hasLeft);
    const from = fixture.json.lines.length;
    await fixture.peer.start(fixture.settings);
    await allUp();
    await coreTables(t);
    await waitFor(
      'its routes to come again',
      () => announced(events(from), SESSIONS.v6_ebgp, '30.2.0.0/24').length > 0,
    );
  });

  test.serial(
    `${kind.name}: crier restarts as its unit does; peers with graceful restart keep the routes`,
    async (t) => {
      const family = 'ipv4 unicast';
      const count = async (session: PeerSession): Promise<number> =>
        (await fixture.peer.routes(session, family)).length;
      await fixture.crier.stop();
      t.is(fixture.crier.ended, 'exit status 0');
      await waitFor('the plain session to lose its routes', async () => (await count(SESSIONS.v4_ebgp)) === 0);
      if (can(t, 'shutdown text in')) {
        const heard = await waitFor('a shutdown text', () => fixture.peer.lastShutdownText(SESSIONS.v4_ebgp));
        t.true(heard.length > 0);
        t.log(`shutdown text: ${heard}`);
      }
      if (can(t, 'graceful restart helper')) t.is(await count(SESSIONS.graceful), ROUTES_A_FAMILY);
      fixture.crier.start();
      const isBack = async (): Promise<boolean> => {
        if (!kind.cannotDo.includes('graceful restart helper')) t.is(await count(SESSIONS.graceful), ROUTES_A_FAMILY);
        return fixture.peer.established(SESSIONS.graceful);
      };
      await waitFor('the session to come back', isBack, 60_000);
      await allUp();
      await coreTables(t);
      const isFresh = async (): Promise<boolean> =>
        (await fixture.peer.routes(SESSIONS.graceful, family)).every((route) => !route.isStale);
      await waitFor('no route to be stale', isFresh);
    },
  );

  test.serial(`${kind.name}: withdrawn routes are gone`, async (t) => {
    const gone = FAMILIES.flatMap((family) => EXPECTED[family].filter((_, i) => i % 2 === 1));
    const answers = await fixture.json.ask(...gone.map((route) => `withdraw route ${route.prefix}`));
    t.deepEqual(new Set(answers), new Set(['done']));
    for (const session of CORE) {
      for (const family of FAMILIES) {
        const kept = EXPECTED[family].filter((_, i) => i % 2 === 0);
        await tableIs(t, fixture, kind, session, family, kept);
      }
    }
  });

  if (kind.name === 'bird') {
    test.serial('bird: shows the confederation segments of an AS_PATH', async (t) => {
      const session = SESSIONS.confederation;
      const command = 'announce route 40.2.0.0/24 next-hop 10.0.0.9 as-path [ { 65000 65010 } ] [ 64700 ]';
      t.deepEqual(await fixture.json.ask(`neighbor ${session.localAddress} ${command}`), ['done']);
      const route = await waitFor('the route', async () =>
        (await fixture.peer.routes(session, 'ipv4 unicast')).find(({ prefix }) => prefix === '40.2.0.0/24'),
      );
      t.is(route.attributes['confederation-path'], `${CRIER_AS} 65010`);
    });
  }
}

/** Waits until the daemon holds exactly these routes from crier, then compares every attribute it can show. */
async function tableIs(
  t: ExecutionContext,
  fixture: Fixture,
  kind: PeerKind,
  session: PeerSession,
  family: UnicastFamily,
  expected: readonly TestRoute[],
): Promise<void> {
  const isInternal = session.remoteAs === fixture.settings.as;
  let differences: string[] = [];
  const isSame = async (): Promise<boolean> => {
    differences = compare(await fixture.peer.routes(session, family), expected, isInternal, kind);
    return differences.length === 0;
  };
  await waitFor(`the table of ${session.name}`, isSame, 30_000, 250).catch(() => undefined);
  const some = differences.slice(0, 10).join('\n');
  t.is(differences.length, 0, `${kind.name} ${session.name} ${family}: ${differences.length} differences:\n${some}`);
}

function compare(
  shown: readonly ShownRoute[],
  expected: readonly TestRoute[],
  isInternal: boolean,
  kind: PeerKind,
): string[] {
  const byPrefix = new Map(shown.map((route) => [route.prefix, route]));
  const differences: string[] = [];
  for (const route of expected) {
    const found = byPrefix.get(route.prefix);
    byPrefix.delete(route.prefix);
    if (found === undefined) {
      differences.push(`${route.prefix} is missing`);
      continue;
    }
    const wanted = { ...route.attributes, ...(isInternal ? route.internalAttributes : {}) };
    const names = new Set([...Object.keys(wanted), ...Object.keys(found.attributes)] as AttributeName[]);
    for (const name of names) {
      if (kind.cannotShow[name] !== undefined) continue;
      // What an external peer does with attributes of internal sessions is its own affair.
      if (!isInternal && route.internalAttributes[name] !== undefined) continue;
      if (found.attributes[name] !== wanted[name]) {
        differences.push(`${route.prefix} ${name}: shown ${found.attributes[name]}, expected ${wanted[name]}`);
      }
    }
  }
  for (const prefix of byPrefix.keys()) differences.push(`${prefix} is too much`);
  return differences;
}

function isOf(event: JsonEvent, session: PeerSession): boolean {
  return event.neighbor?.address.peer === session.localAddress;
}

type Nlri = { readonly nlri: string; readonly 'path-information'?: string };

function announcedNlri(events: readonly JsonEvent[], session: PeerSession, family: UnicastFamily): Nlri[] {
  return events
    .filter((event) => isOf(event, session))
    .flatMap((event) => Object.values(event.neighbor?.message?.update?.announce?.[family] ?? {}).flat());
}

function announced(events: readonly JsonEvent[], session: PeerSession, prefix: string): Nlri[] {
  const family = prefix.includes(':') ? 'ipv6 unicast' : 'ipv4 unicast';
  return announcedNlri(events, session, family).filter((nlri) => nlri.nlri === prefix);
}

function withdrawn(events: readonly JsonEvent[], session: PeerSession, prefix: string): Nlri[] {
  return events
    .filter((event) => isOf(event, session))
    .flatMap((event) => Object.values(event.neighbor?.message?.update?.withdraw ?? {}).flat())
    .filter((nlri) => nlri.nlri === prefix);
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function tail(text: string, lines = 40): string {
  return text.split('\n').slice(-lines).join('\n');
}
