/** How capabilities that the codec (or a frozen dialect) does not know are shown: code and raw octets. */
import { toHex } from '../../util/bytes.js';

/** What IANA says of a code, in ExaBGP's words: these are shown, so they stay as they were. */
function registration(code: number): 'unknown' | 'unassigned' | 'reserved' {
  if (code >= 128) return 'reserved';
  return code > 70 ? 'unassigned' : 'unknown';
}

/** The JSON value of an open event. */
export function unknownJson(code: number, value: Uint8Array): string {
  return `{ "name": "unknown", "iana": "${registration(code)}", "value": ${code}, "raw": "${toHex(value).toUpperCase()}" }`;
}

/** As in the text encoder's list: "unassigned 71". */
export function unknownText(code: number): string {
  return `${registration(code)} ${code}`;
}

/** Key of a sent capability in the open event of dialect exabgp-4: "unassigned-0x49". */
export function unknownSentKey(code: number): string {
  const kind = registration(code);
  return `${kind === 'unknown' ? 'capability' : kind}-0x${code.toString(16)}`;
}
