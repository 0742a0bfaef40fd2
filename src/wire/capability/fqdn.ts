/** FQDN: the peer's host and domain name (draft-walton-bgp-hostname-capability). Length and text, twice. */
import { type Reader, Writer } from '../../util/bytes.js';
import { decodeText, encodeText, jsonString } from '../../util/stranger-text.js';
import { CapabilityCode } from '../codes.js';
import type { CapabilityType } from './types.js';
import { unknownSentKey, unknownText } from './unknown.js';

export interface Fqdn {
  readonly host: string;
  readonly domain: string;
}

export const fqdn: CapabilityType<Fqdn> = {
  code: CapabilityCode.fqdn,
  name: 'hostname',
  sentKey: unknownSentKey(CapabilityCode.fqdn),

  decode(value: Reader, before) {
    if (value.left < 1) return before;
    const hostLength = value.u8();
    if (hostLength > value.left) return before;
    const host = decodeText(value.view(hostLength));
    // Some speakers leave the domain out.
    if (value.left === 0) return { host, domain: '' };
    const domainLength = value.u8();
    if (domainLength > value.left) return before;
    return { host, domain: decodeText(value.view(domainLength)) };
  },

  encode({ host, domain }) {
    const out = new Writer(64);
    for (const text of [host, domain]) {
      const octets = encodeText(text);
      out.u8(octets.length).bytes(octets);
    }
    return [out.finish()];
  },

  toJson: ({ host, domain }) => `{ "host-name": ${jsonString(host)}, "domain-name": ${jsonString(domain)} }`,
  print: () => unknownText(CapabilityCode.fqdn),
};
