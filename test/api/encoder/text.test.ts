import test from 'ava';
import fc from 'fast-check';
import { downReasonText } from '../../../src/api/encoder/notification-text.js';
import { textEncoder } from '../../../src/api/encoder/text.js';
import type { DownReason } from '../../../src/session/observer.js';
import { fromHex } from '../../../src/util/bytes.js';
import { KEEPALIVE } from '../../../src/wire/keepalive.js';
import { decodeNotification, encodeNotification } from '../../../src/wire/notification.js';
import * as samples from './samples.js';

const { neighbor } = samples;
const encoder = textEncoder('exabgp-4', { ...samples.daemon, pid: 31577, ppid: 31566 });

const is = test.macro<[content: string | undefined, ...lines: string[]]>({
  exec(t, content, ...lines) {
    t.is(content, lines.join('\n'));
    t.is(encoder.line(content!, 1, 1), `${lines.join('\n')}\n\n`);
  },
  title: (title, content) => title ?? content ?? 'nothing',
});

const N = 'neighbor 127.0.0.3';
const HEADER = 'FF'.repeat(16);

test(is, encoder.connected(neighbor), `${N} connected`);
test(is, encoder.up(neighbor), `${N} up`);
test(is, encoder.shutdown(), 'shutdown 31577 31566');
test(is, encoder.keepalive(neighbor, 'receive', undefined), `${N} receive keepalive`);
test(
  'keepalive, consolidated',
  is,
  encoder.keepalive(neighbor, 'send', KEEPALIVE),
  `${N} send keepalive header 0x${HEADER}001304`,
);
test('packets', is, encoder.packets(neighbor, 'receive', KEEPALIVE), `${N} receive 4 header 0x${HEADER}001304 body 0x`);
test(
  is,
  encoder.refresh(neighbor, 'send', { afi: 1, safi: 1, subtype: 0 }, undefined),
  `${N} send route-refresh afi ipv4 safi unicast query`,
);
const advisory = { name: 'ASM', layout: 'advisory', afi: 1, safi: 1, advisory: 'say "hi" \\' } as const;
test(
  is,
  encoder.operational(neighbor, 'receive', advisory, undefined),
  `${N} receive operational ASM afi ipv4 safi unicast advisory "say \\"hi\\" \\\\"`,
);
const counter = { name: 'RPCP', layout: 'counter', afi: 1, safi: 1, sequence: 1, counter: 200 } as const;
test(
  is,
  encoder.operational(neighbor, 'send', { ...counter, routerId: Uint8Array.of(10, 0, 0, 1) }, KEEPALIVE),
  `${N} send operational RPCP afi ipv4 safi unicast router-id 10.0.0.1 sequence 1 counter 200 header 0x${HEADER}001304`,
);
test(
  is,
  encoder.notification(neighbor, 'receive', decodeNotification(encodeNotification(6, 2)), undefined),
  `${N} receive notification code 6 subcode 2 data 0x`,
);
test(
  'open',
  is,
  encoder.open(
    neighbor,
    'receive',
    {
      version: 4,
      as: 65003,
      holdTimeSeconds: 30,
      routerId: Uint8Array.of(10, 0, 0, 3),
      capabilities: (
        [
          [1, '00010001'],
          [1, '00010085'],
          [1, '00020001'],
          [2, ''],
          [64, '0078000101000001850000020100'],
          [65, '0000fdeb'],
          [69, '00010101'],
          [70, ''],
          [71, ''],
        ] as const
      ).map(([code, hex]) => ({ code, value: fromHex(hex)! })),
    },
    undefined,
  ),
  `${N} receive open version 4 asn 65003 hold_time 30 router_id 10.0.0.3 capabilities [multiprotocol(ipv4 unicast,ipv4 flow,ipv6 unicast), route refresh, graceful restart flags 0x0 time 120 ipv4/unicast=0x0 ipv4/flow=0x0 ipv6/unicast=0x0, asn4(65003), addpath(receive ipv4 unicast), enhanced route refresh, unassigned 71]`,
);
test(
  'update',
  is,
  encoder.update(neighbor, 'receive', samples.rich.update, undefined),
  `${N} receive update start`,
  `${N} receive update announced 198.51.100.0/24 next-hop 127.0.0.3 origin igp as-path [ 65003 4200000001 65100 ] community [ 65003:100 no-export ] extended-community [ target:65003:10 origin:65003:0.0.0.11 ] large-community 65003:1:2`,
  `${N} receive update end`,
);
test(
  'withdrawal',
  is,
  encoder.update(neighbor, 'receive', samples.withdrawal.update, undefined),
  `${N} receive update start`,
  `${N} receive update withdrawn 192.0.2.2/32 path-information 1.2.3.4`,
  `${N} receive update end`,
);
test(
  'End-of-RIB, consolidated',
  is,
  encoder.update(neighbor, 'receive', samples.endOfRib.update, samples.endOfRib.message),
  `${N} receive update start`,
  `${N} receive update route eor 1/1 (ipv4 unicast)`,
  ` header 0x${HEADER}001702 body 0x00000000`,
  `${N} receive update end`,
);

test('no form for fsm, signal, negotiated and overflow', (t) => {
  t.is(encoder.fsm(neighbor, 'IDLE'), undefined);
  t.is(encoder.signal(neighbor, 1, 'SIGHUP'), undefined);
  t.is(encoder.negotiated(neighbor, samples.negotiatedWith()), undefined);
  t.is(encoder.overflow(1), undefined);
});

const reason = test.macro({
  exec(t, kind: DownReason['kind'], codes: [number, number] | undefined, text: string, expected: string) {
    const [code, subcode] = codes ?? [undefined, undefined];
    t.is(encoder.down(neighbor, downReasonText({ kind, code, subcode, text })), `${N} down - ${expected}`);
  },
  title: (_, kind, _codes, text) => `down: ${kind} ${text}`,
});

test(
  reason,
  'notification-received',
  [6, 2],
  '',
  'peer reset, message [notification received (6,2)] error[Cease / Administrative Shutdown]',
);
test(
  reason,
  'notification-received',
  [6, 2],
  'bye',
  'peer reset, message [notification received (6,2)] error[Cease / Administrative Shutdown / bye]',
);
test(
  reason,
  'notification-received',
  [6, 2],
  'Cease / Administrative Shutdown / bye',
  'peer reset, message [notification received (6,2)] error[Cease / Administrative Shutdown / bye]',
);
test(
  reason,
  'notification-sent',
  [4, 0],
  'Hold timer expired / Unspecific',
  'peer reset, message [notification sent (4,0)] error[Hold timer expired / Unspecific]',
);
test(
  reason,
  'notification-sent',
  [2, 2],
  'AS 1, not 2',
  'peer reset, message [notification sent (2,2)] error[OPEN message error / Bad Peer AS / AS 1, not 2]',
);
test(
  reason,
  'closed',
  undefined,
  '',
  'peer reset, message [closing connection] error[the TCP connection was closed by the remote end]',
);
test(
  reason,
  'reset',
  undefined,
  'read ECONNRESET',
  'peer reset, message [closing connection] error[Broken TCP connection]',
);
test(reason, 'stopped', undefined, '', 'stop, message [shutting down]');
test(reason, 'graceful', undefined, '', 'graceful restarted negotiated, closing without sending any notification');

test('text of a peer forges no line', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const content = encoder.down(
        neighbor,
        downReasonText({ kind: 'notification-received', code: 6, subcode: 2, text }),
      )!;
      t.false(/[\p{Cc}\u2028\u2029]/u.test(content));
      t.true(content.startsWith(`${N} down - peer reset`));
    }),
  );
});
