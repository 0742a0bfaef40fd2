/**
 * The words of the finite state machine: states, events, timers, what a step needs to know, and what it says has to be
 * done. RFC 4271 sections 8.1 and 8.2.2, RFC 9687. What follows from what is fsm.ts; actions are done by connection.ts.
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

/** The events of RFC 4271 section 8.1 (numbers in the comments) and RFC 9687 section 4 (29). */
export const FSM_EVENTS = [
  /** 1, 3: start; passive neighbors use 4, 5. */
  'start',
  'passiveStart',
  /** 2 */
  'manualStop',
  /** 8: the code and subcode of the Cease are in the context. */
  'automaticStop',
  /** 9 to 13 */
  'connectRetryExpires',
  'holdExpires',
  'keepaliveExpires',
  'delayOpenExpires',
  'idleHoldExpires',
  /** 14, 15: another connection of the neighbor was let in or refused. */
  'tcpRequestValid',
  'tcpRequestInvalid',
  /** 16 (we connected), 17 (the neighbor did) */
  'tcpAcknowledged',
  'tcpConfirmed',
  /** 18 */
  'tcpFails',
  /** 19, 20: a valid OPEN, without and with the DelayOpen timer running. */
  'openReceived',
  'openReceivedDelayed',
  /** 21, 22, 28: the NOTIFICATION to send is in the context. */
  'headerError',
  'openError',
  'updateError',
  /** 23 */
  'collisionDump',
  /** 24, 25 */
  'versionNotification',
  'notificationReceived',
  /** 26, 27; ROUTE-REFRESH (RFC 2918) and OPERATIONAL are treated as UPDATE, with their own type in the Data of an error. */
  'keepaliveReceived',
  'updateReceived',
  'refreshReceived',
  'operationalReceived',
  /** 29 (RFC 9687) */
  'sendHoldExpires',
] as const;
export type FsmEvent = (typeof FSM_EVENTS)[number];

export const FSM_TIMERS = ['connectRetry', 'hold', 'keepalive', 'delayOpen', 'idleHold', 'sendHold'] as const;
export type FsmTimer = (typeof FSM_TIMERS)[number];

/** What a NOTIFICATION says. */
export interface NotificationContent {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

/** What the table needs to know besides state and event. */
export interface FsmContext {
  /** Never connects out. */
  readonly isPassive: boolean;
  /** Our OPEN waits: DelayOpen is configured, or our AS number is copied from the neighbor's. */
  readonly isOpenDelayed: boolean;
  /** The DelayOpen timer runs. */
  readonly isDelayOpenRunning: boolean;
  /** Our OPEN cannot be made before the neighbor's is known. */
  readonly needsPeerOpen: boolean;
  readonly openWaitSeconds: number;
  readonly delayOpenSeconds: number;
  /** As negotiated; known with `openReceived` and from then on. 0: neither Hold nor Keepalive timer. */
  readonly holdTimeSeconds: number;
  /** What to send with the error events, `manualStop` and `automaticStop`; undefined: nothing (silent close). */
  readonly notification: NotificationContent | undefined;
}

/** Something to do, in the order given. */
export type FsmAction =
  | { readonly do: 'connect' }
  /** Drop the TCP connection without a word. */
  | { readonly do: 'close' }
  /** Send it, then close. `onlyIfPossible`: not when octets wait in front of it (RFC 9687 section 3.2). */
  | { readonly do: 'notify'; readonly content: NotificationContent; readonly onlyIfPossible: boolean }
  | { readonly do: 'sendOpen' }
  | { readonly do: 'sendKeepalive' }
  /** `seconds` undefined: the back-off decides (connectRetry, idleHold). 0 seconds: the timer does not run. */
  | { readonly do: 'startTimer'; readonly timer: FsmTimer; readonly seconds: number | undefined }
  | { readonly do: 'stopTimer'; readonly timer: FsmTimer }
  /** For the back-off: an attempt or a session failed; all is forgotten. */
  | { readonly do: 'countFailure' }
  | { readonly do: 'forgetFailures' }
  /** Entered or left Established. */
  | { readonly do: 'up' }
  | { readonly do: 'down' };

export interface Transition {
  readonly next: FsmState;
  /** Why, for the log; empty when nothing happens. */
  readonly reason: string;
  readonly actions: readonly FsmAction[];
}
