/**
 * The finite state machine of a BGP connection as a table: state -> event -> handler. Pure: no I/O, no clock; what has to
 * be done comes back as data and is done by connection.ts. RFC 4271 section 8, as changed by RFC 4724, 6608, 8538 and
 * 9687. Events 14 to 17 of other connections of the same neighbor, and which of two connections stays (6.8), are decided
 * in peer.ts and collision.ts; a connection that has to go gets `collisionDump`.
 */
import { NO_BYTES } from '../util/bytes.js';
import { Cease, ErrorCode, FsmError, MessageType } from '../wire/codes.js';

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

type Handler = (context: FsmContext) => Transition;
type Row = Readonly<Partial<Record<FsmEvent, Handler>>>;

const stay = (next: FsmState, ...actions: FsmAction[]): Transition => ({ next, reason: '', actions });
const go = (next: FsmState, reason: string, ...actions: FsmAction[]): Transition => ({ next, reason, actions });

const start = (timer: FsmTimer, seconds?: number): FsmAction => ({ do: 'startTimer', timer, seconds });
const stop = (timer: FsmTimer): FsmAction => ({ do: 'stopTimer', timer });
const stopAll: readonly FsmAction[] = FSM_TIMERS.map(stop);
const CLOSE: FsmAction = { do: 'close' };
const CONNECT: FsmAction = { do: 'connect' };
const COUNT: FsmAction = { do: 'countFailure' };
const FORGET: FsmAction = { do: 'forgetFailures' };
const SEND_OPEN: FsmAction = { do: 'sendOpen' };
const SEND_KEEPALIVE: FsmAction = { do: 'sendKeepalive' };
const UP: FsmAction = { do: 'up' };
const DOWN: FsmAction = { do: 'down' };

function notify(code: number, subcode: number, data: Uint8Array = NO_BYTES): FsmAction {
  return { do: 'notify', content: { code, subcode, data }, onlyIfPossible: false };
}

/** What the context asks to be sent, else a close without a word. */
function lastWords(context: FsmContext): FsmAction {
  return context.notification === undefined
    ? CLOSE
    : { do: 'notify', content: context.notification, onlyIfPossible: false };
}

/** "End" of the checklist: drop everything, count the failure, wait in Idle. */
function end(reason: string, last: FsmAction = CLOSE): Transition {
  return go(FsmState.idle, reason, ...stopAll, last, COUNT, start('idleHold'));
}

/** "End0": as `end`, on purpose: nothing counts and nothing restarts. */
function endForGood(reason: string, last: FsmAction): Transition {
  return go(FsmState.idle, reason, ...stopAll, last, FORGET);
}

/** Leaves Established: the layers above hear of it first. */
function leave(transition: Transition): Transition {
  return { ...transition, actions: [DOWN, ...transition.actions] };
}

/** An event that a state does not expect (RFC 4271 section 6.6), with the subcode and Data of RFC 6608 section 3. */
function fsmError(subcode: number, event: FsmEvent): Transition {
  const type = unexpectedType[event];
  const data = type === undefined ? NO_BYTES : Uint8Array.of(type);
  return end(`${describe[event]} is not expected in this state`, notify(ErrorCode.fsm, subcode, data));
}

const unexpectedType: Readonly<Partial<Record<FsmEvent, number>>> = {
  openReceived: MessageType.open,
  openReceivedDelayed: MessageType.open,
  openError: MessageType.open,
  updateReceived: MessageType.update,
  updateError: MessageType.update,
  keepaliveReceived: MessageType.keepalive,
  refreshReceived: MessageType.routeRefresh,
  operationalReceived: MessageType.operational,
};

const describe: Readonly<Record<FsmEvent, string>> = {
  start: 'start',
  passiveStart: 'start',
  manualStop: 'stopped',
  automaticStop: 'stopped',
  connectRetryExpires: 'connect retry timer',
  holdExpires: 'hold timer expired',
  keepaliveExpires: 'keepalive timer',
  delayOpenExpires: 'delay open timer',
  idleHoldExpires: 'idle hold timer',
  tcpRequestValid: 'another connection',
  tcpRequestInvalid: 'a refused connection',
  tcpAcknowledged: 'connection established',
  tcpConfirmed: 'connection accepted',
  tcpFails: 'TCP connection failed',
  openReceived: 'OPEN',
  openReceivedDelayed: 'OPEN',
  headerError: 'message header error',
  openError: 'OPEN message error',
  updateError: 'UPDATE message error',
  collisionDump: 'connection collision',
  versionNotification: 'NOTIFICATION: unsupported version',
  notificationReceived: 'NOTIFICATION received',
  keepaliveReceived: 'KEEPALIVE',
  updateReceived: 'UPDATE',
  refreshReceived: 'ROUTE-REFRESH',
  operationalReceived: 'OPERATIONAL',
  sendHoldExpires: 'send hold timer expired',
};

/** TCP is up: wait for the neighbor's OPEN, or send ours. */
const tcpUp: Handler = (context) =>
  context.isOpenDelayed
    ? stay(FsmState.active, stop('connectRetry'), start('delayOpen', delayOf(context)))
    : go(
        FsmState.openSent,
        'connected',
        stop('connectRetry'),
        SEND_OPEN,
        // "A large value" (RFC 4271 section 8.2.2); ours is configured.
        start('hold', context.openWaitSeconds),
      );

/** Without the neighbor's OPEN ours cannot be made, so waiting for it has a limit of its own. */
const delayOf = (context: FsmContext): number =>
  context.needsPeerOpen ? context.openWaitSeconds : context.delayOpenSeconds;

const delayOver: Handler = (context) =>
  context.needsPeerOpen
    ? end('no OPEN came from the neighbor')
    : go(
        FsmState.openSent,
        'delay open timer expired',
        stop('connectRetry'),
        SEND_OPEN,
        start('hold', context.openWaitSeconds),
      );

const delayedOpen: Handler = (context) =>
  go(
    FsmState.openConfirm,
    'OPEN received',
    stop('connectRetry'),
    stop('delayOpen'),
    SEND_OPEN,
    SEND_KEEPALIVE,
    ...sessionTimers(context),
  );

function sessionTimers(context: FsmContext): FsmAction[] {
  const hold = context.holdTimeSeconds;
  // RFC 4271 section 4.4: a third of the hold time. RFC 9687 section 5: eight minutes or twice the hold time.
  return [
    start('keepalive', hold / 3),
    start('hold', hold),
    start('sendHold', hold === 0 ? 0 : Math.max(480, 2 * hold)),
  ];
}

/** Events that end Connect and Active alike: "any other event" of RFC 4271 section 8.2.2. */
function endsBeforeOpen(event: FsmEvent): Handler {
  return () => end(describe[event]);
}

const beforeOpen: Row = {
  start: () => stay(FsmState.connect),
  passiveStart: () => stay(FsmState.connect),
  manualStop: (c) => endForGood('stopped', c.isDelayOpenRunning ? lastWords(c) : CLOSE),
  automaticStop: (c) => end('stopped', c.isDelayOpenRunning ? lastWords(c) : CLOSE),
  holdExpires: endsBeforeOpen('holdExpires'),
  keepaliveExpires: endsBeforeOpen('keepaliveExpires'),
  idleHoldExpires: endsBeforeOpen('idleHoldExpires'),
  delayOpenExpires: delayOver,
  tcpAcknowledged: tcpUp,
  tcpConfirmed: tcpUp,
  openReceived: endsBeforeOpen('openReceived'),
  openReceivedDelayed: delayedOpen,
  // Only with DelayOpen is there a connection to say it on (SendNOTIFICATIONwithoutOPEN of RFC 4271 section 8.1.1).
  headerError: (c) => end('message header error', c.isDelayOpenRunning ? lastWords(c) : CLOSE),
  openError: (c) => end('OPEN message error', c.isDelayOpenRunning ? lastWords(c) : CLOSE),
  updateError: endsBeforeOpen('updateError'),
  collisionDump: endsBeforeOpen('collisionDump'),
  versionNotification: (c) =>
    c.isDelayOpenRunning
      ? go(FsmState.idle, describe.versionNotification, ...stopAll, CLOSE, start('idleHold'))
      : end(describe.versionNotification),
  notificationReceived: endsBeforeOpen('notificationReceived'),
  keepaliveReceived: endsBeforeOpen('keepaliveReceived'),
  updateReceived: endsBeforeOpen('updateReceived'),
  refreshReceived: endsBeforeOpen('refreshReceived'),
  operationalReceived: endsBeforeOpen('operationalReceived'),
  sendHoldExpires: endsBeforeOpen('sendHoldExpires'),
};

/** Each state's events. What a state does not list is ignored in Idle and an FSM error from OpenSent on. */
const table: Readonly<Record<FsmState, Row>> = {
  [FsmState.idle]: {
    start: () => go(FsmState.connect, 'connecting', stop('idleHold'), start('connectRetry'), CONNECT),
    passiveStart: () => go(FsmState.active, 'waiting for the neighbor', stop('idleHold'), start('connectRetry')),
    // Waiting in Idle for the next start ends here (DampPeerOscillations, RFC 4271 section 8.1.1).
    manualStop: () => stay(FsmState.idle, stop('idleHold'), FORGET),
    idleHoldExpires: (c) =>
      c.isPassive
        ? go(FsmState.active, 'waiting for the neighbor')
        : go(FsmState.connect, 'connecting', start('connectRetry'), CONNECT),
  },

  [FsmState.connect]: {
    ...beforeOpen,
    connectRetryExpires: () =>
      go(FsmState.connect, 'connecting again', CLOSE, stop('delayOpen'), COUNT, start('connectRetry'), CONNECT),
    tcpAcknowledged: (c) => ({ ...tcpUp(c), ...(c.isOpenDelayed ? { next: FsmState.connect } : {}) }),
    tcpConfirmed: (c) => ({ ...tcpUp(c), ...(c.isOpenDelayed ? { next: FsmState.connect } : {}) }),
    tcpFails: (c) =>
      c.isDelayOpenRunning
        ? go(FsmState.active, describe.tcpFails, CLOSE, stop('delayOpen'), COUNT, start('connectRetry'))
        : end('could not connect'),
  },

  [FsmState.active]: {
    ...beforeOpen,
    start: () => stay(FsmState.active),
    passiveStart: () => stay(FsmState.active),
    connectRetryExpires: (c) =>
      c.isPassive
        ? stay(FsmState.active)
        : go(FsmState.connect, 'connecting', CLOSE, stop('delayOpen'), start('connectRetry'), CONNECT),
    tcpFails: () => end(describe.tcpFails),
  },

  [FsmState.openSent]: {
    start: () => stay(FsmState.openSent),
    passiveStart: () => stay(FsmState.openSent),
    tcpRequestInvalid: () => stay(FsmState.openSent),
    tcpRequestValid: () => stay(FsmState.openSent),
    tcpAcknowledged: () => stay(FsmState.openSent),
    tcpConfirmed: () => stay(FsmState.openSent),
    manualStop: (c) => endForGood('stopped', lastWords(c)),
    automaticStop: (c) => end('stopped', lastWords(c)),
    holdExpires: () => end('no OPEN came in time', notify(ErrorCode.holdTimer, 0)),
    tcpFails: () => go(FsmState.active, describe.tcpFails, ...stopAll, CLOSE, COUNT, start('connectRetry')),
    openReceived: (c) =>
      go(
        FsmState.openConfirm,
        'OPEN received',
        stop('delayOpen'),
        stop('connectRetry'),
        SEND_KEEPALIVE,
        ...sessionTimers(c),
      ),
    headerError: (c) => end(describe.headerError, lastWords(c)),
    openError: (c) => end(describe.openError, lastWords(c)),
    collisionDump: () => end(describe.collisionDump, notify(ErrorCode.cease, Cease.collisionResolution)),
    // Quietly: no NOTIFICATION is ever answered with one (RFC 4271 section 6.4), whatever 8.2.2 says of event 25 here.
    versionNotification: () => go(FsmState.idle, describe.versionNotification, ...stopAll, CLOSE, start('idleHold')),
    notificationReceived: () => end(describe.notificationReceived),
  },

  [FsmState.openConfirm]: {
    start: () => stay(FsmState.openConfirm),
    passiveStart: () => stay(FsmState.openConfirm),
    tcpRequestInvalid: () => stay(FsmState.openConfirm),
    tcpRequestValid: () => stay(FsmState.openConfirm),
    tcpAcknowledged: () => stay(FsmState.openConfirm),
    tcpConfirmed: () => stay(FsmState.openConfirm),
    manualStop: (c) => endForGood('stopped', lastWords(c)),
    automaticStop: (c) => end('stopped', lastWords(c)),
    holdExpires: () => end(describe.holdExpires, notify(ErrorCode.holdTimer, 0)),
    keepaliveExpires: (c) => stay(FsmState.openConfirm, SEND_KEEPALIVE, start('keepalive', c.holdTimeSeconds / 3)),
    tcpFails: () => end(describe.tcpFails),
    headerError: (c) => end(describe.headerError, lastWords(c)),
    openError: (c) => end(describe.openError, lastWords(c)),
    collisionDump: () => end(describe.collisionDump, notify(ErrorCode.cease, Cease.collisionResolution)),
    versionNotification: () => go(FsmState.idle, describe.versionNotification, ...stopAll, CLOSE, start('idleHold')),
    notificationReceived: () => end(describe.notificationReceived),
    keepaliveReceived: (c) => go(FsmState.established, 'established', start('hold', c.holdTimeSeconds), UP),
    sendHoldExpires: () => sendHold(),
  },

  [FsmState.established]: {
    start: () => stay(FsmState.established),
    passiveStart: () => stay(FsmState.established),
    tcpRequestInvalid: () => stay(FsmState.established),
    tcpRequestValid: () => stay(FsmState.established),
    tcpAcknowledged: () => stay(FsmState.established),
    tcpConfirmed: () => stay(FsmState.established),
    manualStop: (c) => leave(endForGood('stopped', lastWords(c))),
    automaticStop: (c) => leave(end('stopped', lastWords(c))),
    holdExpires: () => leave(end(describe.holdExpires, notify(ErrorCode.holdTimer, 0))),
    keepaliveExpires: (c) => stay(FsmState.established, SEND_KEEPALIVE, start('keepalive', c.holdTimeSeconds / 3)),
    tcpFails: () => leave(end(describe.tcpFails)),
    headerError: (c) => leave(end(describe.headerError, lastWords(c))),
    updateError: (c) => leave(end(describe.updateError, lastWords(c))),
    collisionDump: () => leave(end(describe.collisionDump, notify(ErrorCode.cease, Cease.collisionResolution))),
    versionNotification: () => leave(end(describe.versionNotification)),
    notificationReceived: () => leave(end(describe.notificationReceived)),
    keepaliveReceived: (c) => (c.holdTimeSeconds === 0 ? STAY_ESTABLISHED : restartHold(c)),
    updateReceived: (c) => (c.holdTimeSeconds === 0 ? STAY_ESTABLISHED : restartHold(c)),
    refreshReceived: (c) => (c.holdTimeSeconds === 0 ? STAY_ESTABLISHED : restartHold(c)),
    operationalReceived: (c) => (c.holdTimeSeconds === 0 ? STAY_ESTABLISHED : restartHold(c)),
    sendHoldExpires: () => leave(sendHold()),
  },
};

/** RFC 9687 section 3.2: the NOTIFICATION only if it need not wait behind what the neighbor does not read. */
function sendHold(): Transition {
  const content = { code: ErrorCode.sendHoldTimer, subcode: 0, data: NO_BYTES };
  return end(describe.sendHoldExpires, { do: 'notify', content, onlyIfPossible: true });
}

const STAY_ESTABLISHED: Transition = stay(FsmState.established);

// In Established most transitions are this one, for each message: made once per hold time.
const holdRestarts = new Map<number, Transition>();
function restartHold(context: FsmContext): Transition {
  const seconds = context.holdTimeSeconds;
  let known = holdRestarts.get(seconds);
  if (known === undefined) {
    known = stay(FsmState.established, start('hold', seconds));
    holdRestarts.set(seconds, known);
  }
  return known;
}

/** Subcode of an FSM error by state (RFC 6608 section 3). */
const errorSubcode: Readonly<Partial<Record<FsmState, number>>> = {
  [FsmState.openSent]: FsmError.inOpenSent,
  [FsmState.openConfirm]: FsmError.inOpenConfirm,
  [FsmState.established]: FsmError.inEstablished,
};

/**
 * One step of the machine: what RFC 4271 section 8.2.2 says of the event in the state.
 * @returns next state, reason and actions; the same state without actions when the event means nothing here
 */
export function step(state: FsmState, event: FsmEvent, context: FsmContext): Transition {
  const handler = table[state][event];
  if (handler !== undefined) return handler(context);
  const subcode = errorSubcode[state];
  if (subcode === undefined) return stay(state);
  const transition = fsmError(subcode, event);
  return state === FsmState.established ? leave(transition) : transition;
}

/** The Cease that a plain stop sends: Administrative Shutdown without a text. */
export const ADMINISTRATIVE_SHUTDOWN: NotificationContent = {
  code: ErrorCode.cease,
  subcode: Cease.administrativeShutdown,
  data: NO_BYTES,
};
