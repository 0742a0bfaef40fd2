/**
 * The finite state machine of a BGP connection as a table: state -> event -> handler. Pure: no I/O, no clock; what has to
 * be done comes back as data and is done by peer.ts. RFC 4271 section 8, as changed by RFC 4724, 6608, 8538 and 9687.
 */

/** The six states of RFC 4271 section 8.2.2, named as events print them. */
export const FsmState = {
  idle: 'IDLE',
  connect: 'CONNECT',
  active: 'ACTIVE',
  openSent: 'OPENSENT',
  openConfirm: 'OPENCONFIRM',
  established: 'ESTABLISHED',
} as const;
export type FsmState = (typeof FsmState)[keyof typeof FsmState];
