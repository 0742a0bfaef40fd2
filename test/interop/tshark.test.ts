/**
 * What crier sends, seen by an independent decoder: a session of every kind with BIRD is captured on the wire, and tshark
 * must find every kind of message and nothing malformed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { whenAvailable } from './availability.js';
import { type Fixture, openFixture, SESSIONS } from './fixture.js';
import { bird } from './peer-bird.js';
import { Program, waitFor } from './program.js';
import { ROUTES_A_FAMILY } from './routes.js';

/** RFC 4271 section 4.1, RFC 2918. */
const MESSAGE_TYPES = { OPEN: '1', UPDATE: '2', NOTIFICATION: '3', KEEPALIVE: '4', 'ROUTE-REFRESH': '5' };
/** RFC 7313 section 3.2: request, beginning and end of a refresh. */
const REFRESH_SUBTYPES = ['0', '1', '2'];
/** `PI_ERROR` and `PI_WARN` of Wireshark's expert information. */
const BAD_SEVERITIES = ['8388608', '6291456'];

whenAvailable('tshark', ['tshark', 'dumpcap', ...bird.programs], () => {
  test('tshark decodes all messages that crier sends', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'crier-tshark-'));
    chmodSync(folder, 0o777);
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'capture.pcapng');
    let capture: Program | undefined;
    t.teardown(() => capture?.stop());
    const fixture = await openFixture(bird, {
      neighbors: {
        v4_ebgp: { capabilities: { hostname: true, softwareVersion: true, role: 'customer' } },
      },
      beforeStart: async (network) => {
        const argv = ['dumpcap', '-q', '-i', network.crier.device, '-w', file];
        capture = new Program('dumpcap', network.crier.wrap(argv), { cwd: folder });
        await capture.ready(() => capture?.output.includes('File:') === true);
      },
    });
    t.teardown(() => fixture.close());
    await sendEverything(fixture);
    await fixture.crier.stop();
    await capture?.stop('SIGINT');
    const fields = [
      'ip.src',
      'ipv6.src',
      'bgp.type',
      'bgp.route_refresh.subtype',
      '_ws.malformed',
      '_ws.expert.severity',
    ];
    const options = ['-r', file, '-Y', 'bgp', '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a'];
    const listing = await fixture.network.crier.run(
      ['tshark', ...options, ...[...fields, '_ws.expert.message'].flatMap((field) => ['-e', field])],
      120_000,
    );
    const crierAddresses = new Set(fixture.settings.sessions.map((session) => session.remoteAddress));
    const types = new Set<string>();
    const subtypes = new Set<string>();
    let frames = 0;
    for (const line of listing.trim().split('\n')) {
      const [ip4 = '', ip6 = '', type = '', subtype = '', malformed = '', severities = '', messages = ''] =
        line.split('|');
      if (!crierAddresses.has(ip4 || ip6)) continue;
      frames += 1;
      for (const one of type.split(',')) types.add(one);
      for (const one of subtype.split(',')) subtypes.add(one);
      t.is(malformed, '', line);
      const bad = severities.split(',').filter((severity) => BAD_SEVERITIES.includes(severity));
      t.deepEqual(bad, [], `${messages}: ${line}`);
    }
    t.log(`${frames} frames with BGP messages from crier`);
    for (const [name, type] of Object.entries(MESSAGE_TYPES)) t.true(types.has(type), `no ${name} in the capture`);
    for (const subtype of REFRESH_SUBTYPES) t.true(subtypes.has(subtype), `no ROUTE-REFRESH of subtype ${subtype}`);
  });
});

/** Makes crier send every kind of message and attribute. */
async function sendEverything(fixture: Fixture): Promise<void> {
  const { peer, json } = fixture;
  for (const session of fixture.expected) await waitFor(session.name, () => peer.established(session), 60_000);
  for (const family of ['ipv4 unicast', 'ipv6 unicast'] as const) {
    const count = async (): Promise<number> => (await peer.routes(SESSIONS.v4_ibgp, family)).length;
    await waitFor('all routes', async () => (await count()) === ROUTES_A_FAMILY);
    const route = family === 'ipv4 unicast' ? '40.1.0.0/24 next-hop 10.0.0.9' : '2001:db8:aa01::/48 next-hop fd00::9';
    await json.ask(
      `neighbor ${SESSIONS.several_paths.localAddress} announce route ${route} path-information 7 med 1`,
      `neighbor ${SESSIONS.confederation.localAddress} announce route ${route} as-path [ { 65000 65010 } ] [ 64700 ]`,
      `neighbor ${SESSIONS.v4_ebgp.localAddress} announce route-refresh ${family}`,
      `withdraw route ${route.split(' ')[0]}`,
    );
    await peer.refresh(SESSIONS.v4_ibgp, family);
  }
  await waitFor('both refreshes to be asked for', () => {
    return json.lines.filter((line) => line.includes('"type": "refresh"')).length >= 2;
  });
  await json.ask(`neighbor ${SESSIONS.v6_ebgp.localAddress} teardown 4`);
}
