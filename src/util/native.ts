/**
 * The only file that knows koffi: what Node does not offer. Descriptors made here are close-on-exec and non-blocking;
 * nothing here waits. Loaded by `run` and `demo` only.
 */

/** Options that must be set before the first packet. */
export interface SocketOptions {
  readonly md5: { readonly key: Uint8Array; readonly address: string; readonly prefixLength?: number } | undefined;
  readonly ttlOutgoing: number | undefined;
  readonly ttlMinimum: number | undefined;
  readonly dscp: number | undefined;
  readonly device: string | undefined;
}

/** A native call failed: which one, and the system's error. */
export class NativeError extends Error {
  constructor(
    readonly call: string,
    readonly errno: number,
    message: string,
  ) {
    super(message);
    this.name = 'NativeError';
  }
}
