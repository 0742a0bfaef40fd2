/** What the encoder tests share: a neighbor, what it negotiated, and UPDATEs decoded from hexadecimal. */
import { fromHex } from '../../../src/util/bytes.js';
import { MessageType } from '../../../src/wire/codes.js';
import { families } from '../../../src/wire/family/index.js';
import { buildMessage } from '../../../src/wire/message.js';
import type { Negotiated } from '../../../src/wire/negotiated.js';
import type { DecodedUpdate } from '../../../src/wire/update.js';
import { decodeUpdate } from '../../../src/wire/update-decoder.js';

export const daemon = { host: 'vm', pid: 17488, ppid: 1 };

export const neighbor = {
  localAddress: '127.0.0.1',
  peerAddress: '127.0.0.3',
  localAs: 65001,
  peerAs: 65003,
  routerId: '10.0.0.1',
};

export function negotiatedWith(changes: Partial<Negotiated> = {}): Negotiated {
  const none = families.map(() => false);
  return {
    localAs: 65001,
    peerAs: 65003,
    localRouterId: Uint8Array.of(10, 0, 0, 1),
    peerRouterId: Uint8Array.of(10, 0, 0, 3),
    isExternal: true,
    asn4: true,
    holdTimeSeconds: 9,
    sendMessageSize: 65535,
    receiveMessageSize: 65535,
    families: families.map(({ name }) => name.endsWith('unicast')),
    addPathSend: none,
    addPathReceive: none,
    extendedNextHop: none,
    multipleLabels: none,
    labelLimits: families.map(() => 1),
    refresh: 'enhanced',
    localRole: undefined,
    peerRole: undefined,
    aigp: true,
    peerGracefulRestart: false,
    gracefulNotification: false,
    peerLongLived: false,
    pathsLimit: families.map(() => 0),
    linkLocalNextHop: false,
    multisession: false,
    operational: false,
    ...changes,
  };
}

export const withPaths = negotiatedWith({
  addPathSend: families.map(() => true),
  addPathReceive: families.map(() => true),
});

export interface Update {
  readonly update: DecodedUpdate;
  readonly message: Uint8Array;
}

function field(hex: string): string {
  return (hex.length / 2).toString(16).padStart(4, '0') + hex;
}

/** An UPDATE of its three fields, blanks ignored. */
export function update(withdrawn: string, attributes: string, nlri: string, negotiated = negotiatedWith()): Update {
  const [one, two, three] = [withdrawn, attributes, nlri].map((text) => text.replace(/ /g, '')) as [
    string,
    string,
    string,
  ];
  const body = fromHex(field(one) + field(two) + three)!;
  return { update: decodeUpdate(body, negotiated), message: buildMessage(MessageType.update, body) };
}

export const ORIGIN_IGP = '40010100';
export const NEXT_HOP = '4003047f000003';

/** Many attributes, one prefix. */
export const rich = update(
  '',
  `${ORIGIN_IGP} 40020e 0203 0000fdeb fa56ea01 0000fe4c ${NEXT_HOP} c00808 fdeb0064 ffffff01
   c01010 0002fdeb0000000a 0003fdeb0000000b c0200c 0000fdeb 00000001 00000002`.replace(/\n/g, ''),
  '18c63364',
);
/** Two prefixes. */
export const plain = update('', `${ORIGIN_IGP} 400206 0201 0000fdeb ${NEXT_HOP}`, '00 18c63365');
export const withdrawal = update('01020304 20c0000202', '', '', withPaths);
export const both = update('10 0a01', `${ORIGIN_IGP} 400200 ${NEXT_HOP}`, '10 0a02');
export const endOfRib = update('', '', '');
export const endOfRib6 = update('', '800f03 0002 01', '');
/** IPv6 with a global and a link-local next hop. */
export const linkLocal = update(
  '',
  `800e35 0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 40 20010db800010000 30 20010db80002 ${ORIGIN_IGP} 400206 0201 0000fdeb`,
  '',
);
/** ORIGIN with an impossible value: its routes count as withdrawn. */
export const faulty = update('', `40010109 400206 0201 0000fdeb ${NEXT_HOP}`, '18c63364');
