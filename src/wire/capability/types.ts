/** What the codec knows of a capability (RFC 5492). A capability is one file in this folder and one line in index.ts. */
import type { Reader } from '../../util/bytes.js';
import type { Dialect } from '../family/types.js';

/** A capability as it was received or will be sent: code and value octets. Unknown ones are kept like this too. */
export interface CapabilityTlv {
  readonly code: number;
  readonly value: Uint8Array;
}

/** @template Value what a decoded capability means; several TLVs of one code are folded into one Value */
export interface CapabilityType<Value> {
  readonly code: number;
  /** "graceful restart", as events name it. */
  readonly name: string;
  /** Key of a sent capability in the open event of dialect exabgp-4: "graceful-restart". */
  readonly sentKey: string;
  /**
   * Adds one TLV to what earlier TLVs of this code said. A value that is malformed gives `before`: as if it were absent.
   * @throws NotificationError where a bad value must end the session (codes 1 and 65)
   */
  decode(value: Reader, before: Value | undefined): Value | undefined;
  /** One value, one or more TLVs (without code and length). */
  encode(value: Value): Uint8Array[];
  /** The JSON value of an open event. */
  toJson(value: Value, dialect: Dialect): string;
  /** As in the text encoder's list: "multiprotocol(ipv4 unicast)". */
  print(value: Value): string;
}
