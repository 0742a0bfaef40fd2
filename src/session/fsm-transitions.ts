/**
 * What the states of the machine have in common, as parts of its table (fsm.ts): how a session is ended and told why, what
 * begins with TCP and with the neighbor's OPEN, and the timers of a session. RFC 4271 section 8.2.2, RFC 6608, RFC 9687.
 */
import { NO_BYTES } from '../util/bytes.js';
import { ErrorCode, MessageType } from '../wire/codes.js';
import {
  FSM_TIMERS,
  type FsmAction,
  type FsmContext,
  type FsmEvent,
  FsmState,
  type FsmTimer,
  type Transition,
} from './fsm-types.js';

/** What a state does at an event. */
export type Handler = (context: FsmContext) => Transition;

/** A step without a word for the log. */
export const stay = (next: FsmState, ...actions: FsmAction[]): Transition => ({ next, reason: '', actions });
/** A step to another state. @param reason for the log */
export const go = (next: FsmState, reason: string, ...actions: FsmAction[]): Transition => ({ next, reason, actions });

/** @param seconds undefined: the back-off decides */
export const start = (timer: FsmTimer, seconds?: number): FsmAction => ({ do: 'startTimer', timer, seconds });
export const stop = (timer: FsmTimer): FsmAction => ({ do: 'stopTimer', timer });
export const stopAll: readonly FsmAction[] = FSM_TIMERS.map(stop);
export const CLOSE: FsmAction = { do: 'close' };
export const CONNECT: FsmAction = { do: 'connect' };
export const COUNT: FsmAction = { do: 'countFailure' };
export const FORGET: FsmAction = { do: 'forgetFailures' };
const SEND_OPEN: FsmAction = { do: 'sendOpen' };
export const SEND_KEEPALIVE: FsmAction = { do: 'sendKeepalive' };
export const UP: FsmAction = { do: 'up' };
const DOWN: FsmAction = { do: 'down' };

/** A NOTIFICATION, then a close. */
export function notify(code: number, subcode: number, data: Uint8Array = NO_BYTES): FsmAction {
  return { do: 'notify', content: { code, subcode, data }, onlyIfPossible: false };
}

/** What the context asks to be sent, else a close without a word. */
export function lastWords(context: FsmContext): FsmAction {
  return context.notification === undefined
    ? CLOSE
    : { do: 'notify', content: context.notification, onlyIfPossible: false };
}

/** A failure: everything is dropped and counted, and the machine waits in Idle for its next start. */
export function end(reason: string, last: FsmAction = CLOSE): Transition {
  return go(FsmState.idle, reason, ...stopAll, last, COUNT, start('idleHold'));
}

/** As `end`, but on purpose: nothing counts as a failure, and nothing starts again by itself. */
export function endForGood(reason: string, last: FsmAction): Transition {
  return go(FsmState.idle, reason, ...stopAll, last, FORGET);
}

/** Leaves Established: the layers above hear of it first. */
export function leave(transition: Transition): Transition {
  return { ...transition, actions: [DOWN, ...transition.actions] };
}

/** An event that a state does not expect (RFC 4271 section 6.6), with the subcode and Data of RFC 6608 section 3. */
export function fsmError(subcode: number, event: FsmEvent): Transition {
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

/** Each event in words, for the log. */
export const describe: Readonly<Record<FsmEvent, string>> = {
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
export const tcpUp: Handler = (context) =>
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

/** The DelayOpen timer ran out. */
export const delayOver: Handler = (context) =>
  context.needsPeerOpen
    ? end('no OPEN came from the neighbor')
    : go(
        FsmState.openSent,
        'delay open timer expired',
        stop('connectRetry'),
        SEND_OPEN,
        start('hold', context.openWaitSeconds),
      );

/** The neighbor's OPEN came while ours was held back. */
export const delayedOpen: Handler = (context) =>
  go(
    FsmState.openConfirm,
    'OPEN received',
    stop('connectRetry'),
    stop('delayOpen'),
    SEND_OPEN,
    SEND_KEEPALIVE,
    ...sessionTimers(context),
  );

/** The timers of a session whose hold time is known. */
export function sessionTimers(context: FsmContext): FsmAction[] {
  const hold = context.holdTimeSeconds;
  // RFC 4271 section 4.4: a third of the hold time. RFC 9687 section 5: eight minutes or twice the hold time.
  return [
    start('keepalive', hold / 3),
    start('hold', hold),
    start('sendHold', hold === 0 ? 0 : Math.max(480, 2 * hold)),
  ];
}

/** RFC 9687 section 3.2: the NOTIFICATION only if it need not wait behind what the neighbor does not read. */
export function sendHold(): Transition {
  const content = { code: ErrorCode.sendHoldTimer, subcode: 0, data: NO_BYTES };
  return end(describe.sendHoldExpires, { do: 'notify', content, onlyIfPossible: true });
}

/** Nothing happens. */
export const STAY_ESTABLISHED: Transition = stay(FsmState.established);

// In Established most transitions are this one, for each message: made once per hold time.
const holdRestarts = new Map<number, Transition>();
/** A message came in Established. */
export function restartHold(context: FsmContext): Transition {
  const seconds = context.holdTimeSeconds;
  let known = holdRestarts.get(seconds);
  if (known === undefined) {
    known = stay(FsmState.established, start('hold', seconds));
    holdRestarts.set(seconds, known);
  }
  return known;
}
