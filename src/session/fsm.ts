/**
 * The finite state machine of a BGP connection as a table: state -> event -> handler. Pure: no I/O, no clock; what has to
 * be done comes back as data (fsm-types.ts) and is done by connection.ts. RFC 4271 section 8, as changed by RFC 4724, 6608,
 * 8538 and 9687. Events 14 to 17 of other connections of the same neighbor, and which of two connections stays (6.8), are
 * decided in connection-pair.ts and collision.ts; a connection that has to go gets `collisionDump`.
 */
import { Cease, ErrorCode, FsmError } from '../wire/codes.js';
import {
  CLOSE,
  CONNECT,
  COUNT,
  delayedOpen,
  delayOver,
  describe,
  end,
  endForGood,
  FORGET,
  fsmError,
  go,
  type Handler,
  lastWords,
  leave,
  notify,
  restartHold,
  SEND_KEEPALIVE,
  STAY_ESTABLISHED,
  sendHold,
  sessionTimers,
  start,
  stay,
  stop,
  stopAll,
  tcpUp,
  UP,
} from './fsm-transitions.js';
import { type FsmContext, type FsmEvent, FsmState, type Transition } from './fsm-types.js';

type Row = Readonly<Partial<Record<FsmEvent, Handler>>>;

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

/** While the DelayOpen timer runs the state stays (RFC 4271 section 8.2.2). */
const tcpUpInConnect: Handler = (context) =>
  context.isOpenDelayed ? { ...tcpUp(context), next: FsmState.connect } : tcpUp(context);

/** Another start, or another connection of the neighbor, is no matter of a machine that has sent its OPEN. */
function unmoved(state: FsmState): Row {
  const handler: Handler = () => stay(state);
  return {
    start: handler,
    passiveStart: handler,
    tcpRequestInvalid: handler,
    tcpRequestValid: handler,
    tcpAcknowledged: handler,
    tcpConfirmed: handler,
  };
}

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
    tcpAcknowledged: tcpUpInConnect,
    tcpConfirmed: tcpUpInConnect,
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
    ...unmoved(FsmState.openSent),
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
    ...unmoved(FsmState.openConfirm),
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
    ...unmoved(FsmState.established),
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
