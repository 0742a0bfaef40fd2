/** Where the octets of a line stand: the short way of route lines reads these, not the text. */

/** Valid during the call it was given to only; the buffer is somebody else's. */
export interface LineOctets {
  bytes: Uint8Array;
  from: number;
  /** Index behind the last octet. */
  to: number;
}
