/** The one place that looks inside a net.Socket: its descriptor, for options that Node does not offer. */
import type { Socket } from 'node:net';

/** @returns the descriptor of an open socket; undefined when it is closed, or where Node hides it */
export function socketFd(socket: Socket): number | undefined {
  const handle = (socket as unknown as { _handle?: { fd?: unknown } | null })._handle;
  const fd = handle?.fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}
