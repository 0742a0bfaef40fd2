/**
 * The words of `api.receive` and `api.send`: of which events of a neighbor a process is told, and in which form. What
 * they mean together is left to api/event/subscription.ts.
 */

/** Events of the neighbor itself. */
export const NEIGHBOR_KINDS = ['neighbor-changes', 'negotiated', 'fsm', 'signal'] as const;
export type NeighborKind = (typeof NEIGHBOR_KINDS)[number];

/** Messages that can be asked for. */
export const MESSAGE_KINDS = ['open', 'update', 'notification', 'keepalive', 'refresh', 'operational'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Words of `send`: forms of messages, then messages. */
export const SEND_WORDS = ['parsed', 'packets', 'consolidate', ...MESSAGE_KINDS] as const;

/** Words of `receive`. */
export const RECEIVE_WORDS = [...NEIGHBOR_KINDS, ...SEND_WORDS] as const;
