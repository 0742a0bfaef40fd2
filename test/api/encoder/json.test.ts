import test from 'ava';
import fc from 'fast-check';
import { jsonEncoder } from '../../../src/api/encoder/json.js';
import { downReasonText } from '../../../src/api/encoder/notification-text.js';
import { fromHex } from '../../../src/util/bytes.js';
import type { CapabilityTlv } from '../../../src/wire/capability/types.js';
import { families } from '../../../src/wire/family/index.js';
import { KEEPALIVE } from '../../../src/wire/keepalive.js';
import { decodeNotification, encodeNotification, encodeShutdownText } from '../../../src/wire/notification.js';
import type { OpenMessage } from '../../../src/wire/open.js';
import * as samples from './samples.js';

const { neighbor } = samples;
const four = jsonEncoder('exabgp-4', samples.daemon);
const five = jsonEncoder('exabgp-5', samples.daemon);

const NEIGHBOR =
  '"neighbor": { "address": { "local": "127.0.0.1", "peer": "127.0.0.3" }, "asn": { "local": 65001, "peer": 65003 } ';

/** The neighbor object of a content, without what every event has. */
function cut(content: string | undefined): string {
  return (content ?? 'nothing').replace(`${NEIGHBOR}, `, '{ ... , ');
}

const is = test.macro({
  exec(t, content: string | undefined, expected: string) {
    t.is(cut(content), expected);
    t.notThrows(() => JSON.parse(four.line(content ?? '', 1, 1)));
  },
  title: (title) => title!,
});

test('a whole line', (t) => {
  const line = four.line(
    four.connected({ ...neighbor, peerAddress: '127.0.0.2', peerAs: 65002 })!,
    2,
    1795371380.37292,
  );
  t.is(
    line,
    '{ "exabgp": "4.0.1", "time": 1795371380.37292, "host" : "vm", "pid" : 17488, "ppid" : 1, "counter": 2, "type": "state", ' +
      '"neighbor": { "address": { "local": "127.0.0.1", "peer": "127.0.0.2" }, "asn": { "local": 65001, "peer": 65002 } , "state": "connected" } }\n',
  );
});

test('the shutdown line has no counter and no neighbor', (t) => {
  t.is(
    four.line(four.shutdown()!, undefined, 1795372018.439327),
    '{ "exabgp": "4.0.1", "time": 1795372018.439327, "host" : "vm", "pid" : 17488, "ppid" : 1, "type": "notification", "notification": "shutdown" }\n',
  );
});

test('dialect exabgp-5 has its version and the local router id', (t) => {
  const event = JSON.parse(five.line(five.up(neighbor)!, 1, 1)) as {
    exabgp: string;
    neighbor: Record<string, unknown>;
  };
  t.is(event.exabgp, '5.0.0');
  t.deepEqual(Object.keys(event.neighbor), ['address', 'asn', 'router-id', 'state']);
  t.is(event.neighbor['router-id'], '10.0.0.1');
});

test('up', is, four.up(neighbor), '"type": "state", { ... , "state": "up" }');
test('fsm', is, four.fsm(neighbor, 'OPENSENT'), '"type": "fsm", { ... , "state": "OPENSENT" }');
test('signal', is, four.signal(neighbor, 10, 'SIGUSR1'), '"type": "signal", { ... , "code": "10", "name": "SIGUSR1" }');
test(
  'keepalive',
  is,
  four.keepalive(neighbor, 'receive', undefined),
  '"type": "keepalive", { ... , "direction": "receive"  }',
);
test(
  'keepalive, consolidated: a header and no body',
  is,
  four.keepalive(neighbor, 'send', KEEPALIVE),
  `"type": "keepalive", "header": "0x${'FF'.repeat(16)}001304", { ... , "direction": "send"  }`,
);
test(
  'keepalive as packets',
  is,
  four.packets(neighbor, 'receive', KEEPALIVE),
  `"type": "keepalive", { ... , "direction": "receive", "message": { "category": 4, "header": "0x${'FF'.repeat(16)}001304", "body": "0x" }  }`,
);

test(
  'negotiated',
  is,
  four.negotiated(
    neighbor,
    samples.negotiatedWith({ addPathReceive: families.map(({ name }) => name.endsWith('unicast')) }),
  ),
  '"type": "negotiated", { ... , "negotiated": { "message_size": 65535, "hold_time": 9, "asn4": true, "multisession": false, "operational": false, "refresh": "enhanced", "families": [ "ipv4 unicast" ,"ipv6 unicast" ], "nexthop": [  ], "add_path": { "send": [  ], "receive": [ "ipv4 unicast", "ipv6 unicast" ] } }  }',
);
test(
  'negotiated with ADD-PATH sent, and extended next hops',
  is,
  four.negotiated(neighbor, samples.negotiatedWith({ addPathSend: [true], extendedNextHop: [true] })),
  '"type": "negotiated", { ... , "negotiated": { "message_size": 65535, "hold_time": 9, "asn4": true, "multisession": false, "operational": false, "refresh": "enhanced", "families": [ "ipv4 unicast" ,"ipv6 unicast" ], "nexthop": [ "ipv4 unicast ipv6" ], "add_path": { "send": [ "ipv4 unicast" ], "receive": [  ] } }  }',
);

function open(capabilities: readonly [number, string][]): OpenMessage {
  return {
    version: 4,
    as: 65003,
    holdTimeSeconds: 30,
    routerId: Uint8Array.of(10, 0, 0, 3),
    capabilities: capabilities.map(([code, hex]): CapabilityTlv => ({ code, value: fromHex(hex)! })),
  };
}

const fromBird = open([
  [1, '00010001'],
  [1, '00010085'],
  [1, '00020001'],
  [2, ''],
  [64, '0078000101000001850000020100'],
  [65, '0000fdeb'],
  [69, '00010101'],
  [70, ''],
  [71, ''],
]);

test(
  'open, received: keys are numbers',
  is,
  four.open(neighbor, 'receive', fromBird, undefined),
  '"type": "open", { ... , "direction": "receive", "open": { "version": 4, "asn": 65003, "hold_time": 30, "router_id": "10.0.0.3", "capabilities": { "1": { "name": "multiprotocol", "families": [ "ipv4/unicast", "ipv4/flow", "ipv6/unicast" ] }, "2": { "name": "route-refresh", "variant": "RFC" }, "64": { "name": "graceful restart", "time": 120, "address-family-flags": { "ipv4/unicast": [ ] , "ipv4/flow": [ ] , "ipv6/unicast": [ ] }, "restart-flags": [ ] }, "65": { "name": "asn4", "asn4": 65003 }, "69": { "name": "addpath", "ipv4/unicast": "receive" }, "70": { "name": "enhanced-route-refresh" }, "71": { "name": "unknown", "iana": "unassigned", "value": 71, "raw": "" } } } }',
);

function capabilityKeys(content: string | undefined): string[] {
  const event = JSON.parse(four.line(content!, 1, 1)) as { neighbor: { open: { capabilities: object } } };
  return Object.keys(event.neighbor.open.capabilities);
}

test('open, sent: keys are names in dialect exabgp-4, numbers in exabgp-5', (t) => {
  t.deepEqual(capabilityKeys(four.open(neighbor, 'send', fromBird, undefined)), [
    'multiprotocol',
    'route-refresh',
    'graceful-restart',
    'asn4',
    'add-path',
    'enhanced-route-refresh',
    'unassigned-0x47',
  ]);
  t.is(capabilityKeys(five.open(neighbor, 'send', fromBird, undefined)).join(), '1,2,64,65,69,70,71');
});

test('open: a capability that came malformed is shown raw', (t) => {
  const content = four.open(neighbor, 'receive', open([[2, '01']]), undefined);
  t.true(content!.includes('"2": { "name": "unknown", "iana": "unknown", "value": 2, "raw": "01" }'));
});

test(
  'notification without text',
  is,
  four.notification(neighbor, 'receive', decodeNotification(encodeNotification(6, 2)), undefined),
  '"type": "notification", { ... , "direction": "receive", "notification": { "code": 6, "subcode": 2, "data": "0x" }  }',
);
test(
  'notification with data',
  is,
  four.notification(neighbor, 'receive', decodeNotification(encodeNotification(2, 1, Uint8Array.of(0, 4))), undefined),
  '"type": "notification", { ... , "direction": "receive", "notification": { "code": 2, "subcode": 1, "data": "0x0004" }  }',
);

test('notification with a shutdown communication', (t) => {
  const notification = decodeNotification(encodeNotification(6, 2, encodeShutdownText('maintenance now')));
  for (const encoder of [four, five]) {
    const event = JSON.parse(
      encoder.line(encoder.notification(neighbor, 'receive', notification, undefined)!, 1, 1),
    ) as {
      neighbor: { notification: { message: string; data: string } };
    };
    const { message, data } = event.neighbor.notification;
    t.is(message, 'Shutdown Communication: "maintenance now"');
    t.true(data.startsWith('0x53687574'));
  }
});

test(
  'refresh is JSON',
  is,
  four.refresh(neighbor, 'receive', { afi: 1, safi: 1, subtype: 1 }, undefined),
  '"type": "refresh", { ... , "direction": "receive", "route-refresh": { "afi": "ipv4", "safi": "unicast", "subtype": "begin" } }',
);
test(
  'operational is JSON',
  is,
  four.operational(
    neighbor,
    'send',
    {
      name: 'RPCP',
      layout: 'counter',
      afi: 1,
      safi: 1,
      routerId: Uint8Array.of(10, 0, 0, 1),
      sequence: 1,
      counter: 200,
    },
    undefined,
  ),
  '"type": "operational", { ... , "direction": "send", "operational": { "name": "RPCP", "afi": "ipv4", "safi": "unicast", "router-id": "10.0.0.1", "sequence": 1, "counter": 200 } }',
);
test(
  'an advisory can forge nothing',
  is,
  four.operational(
    neighbor,
    'receive',
    { name: 'ADM', layout: 'advisory', afi: 2, safi: 1, advisory: 'a", "b": {' },
    undefined,
  ),
  '"type": "operational", { ... , "direction": "receive", "operational": { "name": "ADM", "afi": "ipv6", "safi": "unicast", "advisory": "a\\", \\"b\\": {" } }',
);
test(
  'negotiated with multisession and operational',
  is,
  four.negotiated(neighbor, samples.negotiatedWith({ multisession: true, operational: true })),
  '"type": "negotiated", { ... , "negotiated": { "message_size": 65535, "hold_time": 9, "asn4": true, "multisession": true, "operational": true, "refresh": "enhanced", "families": [ "ipv4 unicast" ,"ipv6 unicast" ], "nexthop": [  ], "add_path": { "send": [  ], "receive": [  ] } }  }',
);
test('overflow', is, four.overflow(17), '"type": "overflow", "overflow": { "dropped": 17 }');

function updateContent(sample: samples.Update, encoder = four): string {
  return cut(encoder.update(neighbor, 'receive', sample.update, undefined)).replace(
    '"type": "update", { ... , "direction": "receive", "message": ',
    '',
  );
}

const shows = test.macro({
  exec(t, sample: samples.Update, expected: string) {
    t.is(updateContent(sample), `${expected} }`);
    t.notThrows(() => JSON.parse(four.line(four.update(neighbor, 'receive', sample.update, sample.message)!, 1, 1)));
  },
  title: (title) => `update: ${title}`,
});

test(
  'two prefixes',
  shows,
  samples.plain,
  '{ "update": { "attribute": { "origin": "igp", "as-path": [ 65003 ], "confederation-path": [] }, "announce": { "ipv4 unicast": { "127.0.0.3": [ { "nlri": "0.0.0.0/0" }, { "nlri": "198.51.101.0/24" } ] } } } }',
);
test(
  'communities of all kinds',
  shows,
  samples.rich,
  '{ "update": { "attribute": { "origin": "igp", "as-path": [ 65003, 4200000001, 65100 ], "confederation-path": [], "community": [ [ 65003, 100 ], [ 65535, 65281 ] ], "extended-community": [ { "value": 842135712563210, "string": "target:65003:10" }, { "value": 1123610689273867, "string": "origin:65003:0.0.0.11" } ], "large-community": [ [ 65003, 1 , 2 ] ] }, "announce": { "ipv4 unicast": { "127.0.0.3": [ { "nlri": "198.51.100.0/24" } ] } } } }',
);
test(
  'a withdrawal with a path identifier',
  shows,
  samples.withdrawal,
  '{ "update": { "withdraw": { "ipv4 unicast": [ { "nlri": "192.0.2.2/32", "path-information": "1.2.3.4" } ] } } }',
);
test(
  'announce and withdraw',
  shows,
  samples.both,
  '{ "update": { "attribute": { "origin": "igp" }, "announce": { "ipv4 unicast": { "127.0.0.3": [ { "nlri": "10.2.0.0/16" } ] } }, "withdraw": { "ipv4 unicast": [ { "nlri": "10.1.0.0/16" } ] } } }',
);
test('End-of-RIB', shows, samples.endOfRib, '{ "eor": { "afi" : "ipv4", "safi" : "unicast" } }');
test('End-of-RIB of IPv6', shows, samples.endOfRib6, '{ "eor": { "afi" : "ipv6", "safi" : "unicast" } }');

test('update: two next hops of one route', (t) => {
  const groups = (encoder: typeof four): string[] => {
    const content = encoder.update(neighbor, 'receive', samples.linkLocal.update, undefined)!;
    const event = JSON.parse(encoder.line(content, 1, 1)) as {
      neighbor: { message: { update: { announce: Record<string, Record<string, unknown[]>> } } };
    };
    return Object.entries(event.neighbor.message.update.announce['ipv6 unicast']!).map(
      ([hop, nlri]) => `${hop} ${nlri.length}`,
    );
  };
  t.deepEqual(groups(four), ['2001:db8::1 2', 'fe80::1 2']);
  t.deepEqual(groups(five), ['2001:db8::1 2', 'fe80::1 2']);
});

test('update: what RFC 7606 withdraws says so', (t) => {
  t.true(
    updateContent(samples.faulty).includes(
      '"error": "treat-as-withdraw" }, "withdraw": { "ipv4 unicast": [ { "nlri": "198.51.100.0/24" } ] }',
    ),
  );
});

test('update: families that ExaBGP 4 does not know have the form of the version that brought them', (t) => {
  const family = families.find(({ name }) => name === 'ipv4 mcast-vpn')!;
  const source = fromHex('07160000fde80001869f0000fde8200a630c0220effbffe4')!;
  const run = { family, source, start: 0, end: source.length, addPath: false, nextHop: new Uint8Array(0) };
  const update = {
    attributes: fromHex('40010001004002000602010000fdeb')!,
    spareNextHop: Uint8Array.of(10, 10, 6, 3),
    announced: [],
    withdrawn: [run],
    endOfRib: undefined,
    faults: [],
    isTreatedAsWithdraw: false,
  };
  const attribute = (event: string): unknown =>
    (JSON.parse(`{${event}}`) as { neighbor: { message: { update: { attribute: unknown } } } }).neighbor.message.update
      .attribute;
  const members = { origin: 'igp', 'as-path': { '0': { element: 'as-sequence', value: [65003] } } };
  t.deepEqual(attribute(four.update(neighbor, 'receive', update, undefined)!), { ...members, 'next-hop': '10.10.6.3' });
  t.deepEqual(attribute(five.update(neighbor, 'receive', update, undefined)!), members);
});

test('update: attributes of a pure withdrawal are shown in dialect exabgp-4 only', (t) => {
  const sample = samples.update('10 0a01', samples.ORIGIN_IGP, '');
  t.is(
    updateContent(sample),
    '{ "update": { "attribute": { "origin": "igp" }, "withdraw": { "ipv4 unicast": [ { "nlri": "10.1.0.0/16" } ] } } } }',
  );
  t.false(five.update(neighbor, 'receive', sample.update, undefined)!.includes('"attribute"'));
});

test('update: attributes are remembered by their octets, not by their place', (t) => {
  const first = updateContent(samples.plain);
  updateContent(samples.rich);
  t.is(updateContent(samples.plain), first);
});

test('update: consolidated', (t) => {
  const content = four.update(neighbor, 'receive', samples.plain.update, samples.plain.message)!;
  t.regex(content, /^"type": "update", "header": "0x(FF){16}[0-9A-F]{6}", "body": "0x[0-9A-F]+", "neighbor": /);
});

test('down', (t) => {
  const reason = downReasonText({ kind: 'notification-received', code: 6, subcode: 2, text: '' });
  t.is(
    cut(four.down(neighbor, reason)),
    '"type": "state", { ... , "state": "down", "reason": "peer reset, message (notification received (6,2)) error(Cease / Administrative Shutdown)" }',
  );
});

/** Keys of an object and of all objects in it. */
function allKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...allKeys(inner)]);
}

test('text of a peer forges no member and no line', (t) => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom(
      '", "forged": "1',
      '{ "a": 1 }',
      '[',
      'a\nneighbor x',
      '\u2028',
      '\\',
      '"',
      '\\"',
      '\u0000',
      '\ud800',
    ),
  );
  const tlv = (code: number, text: string, before: number[], after: number[]): CapabilityTlv => {
    const octets = Buffer.from(text).subarray(0, 200);
    return { code, value: Uint8Array.from([...before.map((add) => add + octets.length), ...octets, ...after]) };
  };
  fc.assert(
    fc.property(nasty, (text) => {
      for (const encoder of [four, five]) {
        const message: OpenMessage = { ...open([]), capabilities: [tlv(73, text, [0], [0]), tlv(75, text, [0], [])] };
        const notification = decodeNotification(encodeNotification(6, 2, encodeShutdownText(text)));
        const contents = [
          encoder.open(neighbor, 'receive', message, undefined),
          encoder.notification(neighbor, 'receive', notification, undefined),
          encoder.down(neighbor, downReasonText({ kind: 'notification-received', code: 6, subcode: 2, text })),
        ];
        const known = [
          encoder.open(
            neighbor,
            'receive',
            { ...message, capabilities: [tlv(73, 'a', [0], [0]), tlv(75, 'a', [0], [])] },
            undefined,
          ),
          encoder.notification(
            neighbor,
            'receive',
            decodeNotification(encodeNotification(6, 2, encodeShutdownText('a'))),
            undefined,
          ),
          encoder.down(neighbor, 'a'),
        ];
        contents.forEach((content, index) => {
          const line = encoder.line(content!, 1, 1);
          t.is(line.indexOf('\n'), line.length - 1);
          t.regex(line, /^[\x20-\x7e]*\n$/);
          const keys = allKeys(JSON.parse(line)).filter((key) => key !== 'message');
          const expected = allKeys(JSON.parse(encoder.line(known[index]!, 1, 1))).filter((key) => key !== 'message');
          t.deepEqual(keys, expected);
        });
      }
    }),
    { numRuns: 300 },
  );
});
