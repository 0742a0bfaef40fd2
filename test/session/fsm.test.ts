import test from 'ava';
import { step } from '../../src/session/fsm.js';
import { FSM_EVENTS, FSM_TIMERS, type FsmContext, type FsmEvent, FsmState } from '../../src/session/fsm-types.js';
import { NO_BYTES } from '../../src/util/bytes.js';

const context: FsmContext = {
  isPassive: false,
  isOpenDelayed: false,
  isDelayOpenRunning: false,
  needsPeerOpen: false,
  openWaitSeconds: 240,
  delayOpenSeconds: 0,
  holdTimeSeconds: 90,
  notification: { code: 6, subcode: 2, data: NO_BYTES },
};
const delayed: Partial<FsmContext> = { isOpenDelayed: true, delayOpenSeconds: 10 };
const waiting: Partial<FsmContext> = { ...delayed, isDelayOpenRunning: true };
const error13: Partial<FsmContext> = { notification: { code: 1, subcode: 3, data: Uint8Array.of(9) } };
const error22: Partial<FsmContext> = { notification: { code: 2, subcode: 2, data: NO_BYTES } };
const error310: Partial<FsmContext> = { notification: { code: 3, subcode: 10, data: NO_BYTES } };

/** One line for what a step does: next state, then the actions; End: a failure, End0: an end on purpose. */
function told(state: FsmState, event: FsmEvent, changes: Partial<FsmContext> = {}): string {
  const { next, actions } = step(state, event, { ...context, ...changes });
  const words: string[] = [];
  for (const action of actions) {
    if (action.do === 'startTimer')
      words.push(`${action.timer}${action.seconds === undefined ? '' : `=${action.seconds}`}`);
    else if (action.do === 'stopTimer') words.push(`-${action.timer}`);
    else if (action.do === 'notify') {
      const { code, subcode, data } = action.content;
      const hex = Buffer.from(data).toString('hex');
      words.push(`${code}/${subcode}${hex === '' ? '' : `:${hex}`}${action.onlyIfPossible ? '?' : ''}`);
    } else words.push(action.do);
  }
  const stopAll = FSM_TIMERS.map((timer) => `-${timer}`).join(' ');
  const text = words
    .join(' ')
    .replace(stopAll, 'stopAll')
    .replace(/stopAll (\S+) countFailure idleHold$/, 'End $1')
    .replace(/stopAll (\S+) forgetFailures$/, 'End0 $1');
  return `${next}${text === '' ? '' : ` ${text}`}`;
}

const check = test.macro({
  exec(t, state: FsmState, event: FsmEvent, expected: string, changes?: Partial<FsmContext>) {
    t.is(told(state, event, changes), expected);
  },
  title: (name = '', state, event) => `${state} ${event}${name === '' ? '' : `: ${name}`}`,
});

const { idle, connect, active, openSent, openConfirm, established } = FsmState;
const SESSION = 'keepalive=30 hold=90 sendHold=480';

// Idle
test(check, idle, 'start', 'CONNECT -idleHold connectRetry connect');
test(check, idle, 'passiveStart', 'ACTIVE -idleHold connectRetry');
test(check, idle, 'manualStop', 'IDLE -idleHold forgetFailures');
test(check, idle, 'idleHoldExpires', 'CONNECT connectRetry connect');
test('passive', check, idle, 'idleHoldExpires', 'ACTIVE', { isPassive: true });
for (const event of FSM_EVENTS) {
  if (!['start', 'passiveStart', 'manualStop', 'idleHoldExpires'].includes(event)) {
    test('nothing happens', check, idle, event, 'IDLE');
  }
}

// Connect and Active
for (const state of [connect, active]) {
  test(check, state, 'start', state);
  test(check, state, 'passiveStart', state);
  test(check, state, 'tcpRequestValid', state);
  test(check, state, 'tcpRequestInvalid', state);
  test(check, state, 'manualStop', 'IDLE End0 close');
  test('waiting for the OPEN', check, state, 'manualStop', 'IDLE End0 6/2', waiting);
  test(check, state, 'automaticStop', 'IDLE End close');
  for (const event of [
    'holdExpires',
    'keepaliveExpires',
    'idleHoldExpires',
    'openReceived',
    'collisionDump',
    'notificationReceived',
    'versionNotification',
    'keepaliveReceived',
    'updateReceived',
    'refreshReceived',
    'updateError',
    'headerError',
    'openError',
    'sendHoldExpires',
  ] as const) {
    test(check, state, event, 'IDLE End close');
  }
  test(check, state, 'tcpAcknowledged', 'OPENSENT -connectRetry sendOpen hold=240');
  test(check, state, 'tcpConfirmed', 'OPENSENT -connectRetry sendOpen hold=240');
  test('delayed', check, state, 'tcpAcknowledged', `${state} -connectRetry delayOpen=10`, delayed);
  test('delayed', check, state, 'tcpConfirmed', `${state} -connectRetry delayOpen=10`, delayed);
  test("waits for the neighbor's AS", check, state, 'tcpConfirmed', `${state} -connectRetry delayOpen=240`, {
    isOpenDelayed: true,
    needsPeerOpen: true,
  });
  test(check, state, 'delayOpenExpires', 'OPENSENT -connectRetry sendOpen hold=240', waiting);
  test("without the neighbor's AS", check, state, 'delayOpenExpires', 'IDLE End close', {
    ...waiting,
    needsPeerOpen: true,
  });
  test(
    check,
    state,
    'openReceivedDelayed',
    `OPENCONFIRM -connectRetry -delayOpen sendOpen sendKeepalive ${SESSION}`,
    waiting,
  );
  test('delayed', check, state, 'headerError', 'IDLE End 1/3:09', { ...waiting, ...error13 });
  test('delayed', check, state, 'openError', 'IDLE End 2/2', { ...waiting, ...error22 });
  test('delayed', check, state, 'versionNotification', 'IDLE stopAll close idleHold', waiting);
}
test(check, connect, 'connectRetryExpires', 'CONNECT close -delayOpen countFailure connectRetry connect');
test(check, active, 'connectRetryExpires', 'CONNECT close -delayOpen connectRetry connect');
test('passive', check, active, 'connectRetryExpires', 'ACTIVE', { isPassive: true });
test(check, connect, 'tcpFails', 'IDLE End close');
test('delayed', check, connect, 'tcpFails', 'ACTIVE close -delayOpen countFailure connectRetry', waiting);
test(check, active, 'tcpFails', 'IDLE End close');

// OpenSent
test(check, openSent, 'manualStop', 'IDLE End0 6/2');
test('silent', check, openSent, 'manualStop', 'IDLE End0 close', { notification: undefined });
test(check, openSent, 'automaticStop', 'IDLE End 6/2');
test(check, openSent, 'holdExpires', 'IDLE End 4/0');
test(check, openSent, 'tcpFails', 'ACTIVE stopAll close countFailure connectRetry');
test(check, openSent, 'openReceived', `OPENCONFIRM -delayOpen -connectRetry sendKeepalive ${SESSION}`);
test(
  'hold time 0',
  check,
  openSent,
  'openReceived',
  'OPENCONFIRM -delayOpen -connectRetry sendKeepalive keepalive=0 hold=0 sendHold=0',
  { holdTimeSeconds: 0 },
);
test(
  'long hold time',
  check,
  openSent,
  'openReceived',
  'OPENCONFIRM -delayOpen -connectRetry sendKeepalive keepalive=120 hold=360 sendHold=720',
  { holdTimeSeconds: 360 },
);
test(check, openSent, 'headerError', 'IDLE End 1/3:09', error13);
test(check, openSent, 'openError', 'IDLE End 2/2', error22);
test(check, openSent, 'collisionDump', 'IDLE End 6/7');
test(check, openSent, 'versionNotification', 'IDLE stopAll close idleHold');
test(check, openSent, 'notificationReceived', 'IDLE End close');
test(check, openSent, 'keepaliveReceived', 'IDLE End 5/1:04');
test(check, openSent, 'updateReceived', 'IDLE End 5/1:02');
test(check, openSent, 'refreshReceived', 'IDLE End 5/1:05');
test(check, openSent, 'updateError', 'IDLE End 5/1:02');
test(check, openSent, 'openReceivedDelayed', 'IDLE End 5/1:01');
for (const event of ['connectRetryExpires', 'keepaliveExpires', 'delayOpenExpires', 'idleHoldExpires'] as const) {
  test(check, openSent, event, 'IDLE End 5/1');
  test(
    check,
    openConfirm,
    event,
    event === 'keepaliveExpires' ? 'OPENCONFIRM sendKeepalive keepalive=30' : 'IDLE End 5/2',
  );
  test(
    check,
    established,
    event,
    event === 'keepaliveExpires' ? 'ESTABLISHED sendKeepalive keepalive=30' : 'IDLE down End 5/3',
  );
}

// OpenConfirm
test(check, openConfirm, 'manualStop', 'IDLE End0 6/2');
test(check, openConfirm, 'automaticStop', 'IDLE End 6/2');
test(check, openConfirm, 'holdExpires', 'IDLE End 4/0');
test(check, openConfirm, 'tcpFails', 'IDLE End close');
test(check, openConfirm, 'headerError', 'IDLE End 1/3:09', error13);
test(check, openConfirm, 'openError', 'IDLE End 2/2', error22);
test(check, openConfirm, 'collisionDump', 'IDLE End 6/7');
test(check, openConfirm, 'versionNotification', 'IDLE stopAll close idleHold');
test(check, openConfirm, 'notificationReceived', 'IDLE End close');
test(check, openConfirm, 'keepaliveReceived', 'ESTABLISHED hold=90 up');
test(check, openConfirm, 'openReceived', 'IDLE End 5/2:01');
test(check, openConfirm, 'openReceivedDelayed', 'IDLE End 5/2:01');
test(check, openConfirm, 'updateReceived', 'IDLE End 5/2:02');
test(check, openConfirm, 'updateError', 'IDLE End 5/2:02');
test(check, openConfirm, 'refreshReceived', 'IDLE End 5/2:05');
test(check, openConfirm, 'sendHoldExpires', 'IDLE End 8/0?');

// Established
test(check, established, 'manualStop', 'IDLE down End0 6/2');
test('silent', check, established, 'manualStop', 'IDLE down End0 close', { notification: undefined });
test(check, established, 'automaticStop', 'IDLE down End 6/2');
test(check, established, 'holdExpires', 'IDLE down End 4/0');
test(check, established, 'tcpFails', 'IDLE down End close');
test(check, established, 'headerError', 'IDLE down End 1/3:09', error13);
test(check, established, 'updateError', 'IDLE down End 3/10', error310);
test(check, established, 'collisionDump', 'IDLE down End 6/7');
test(check, established, 'versionNotification', 'IDLE down End close');
test(check, established, 'notificationReceived', 'IDLE down End close');
test(check, established, 'openReceived', 'IDLE down End 5/3:01');
test(check, established, 'openReceivedDelayed', 'IDLE down End 5/3:01');
test(check, established, 'openError', 'IDLE down End 5/3:01');
test(check, established, 'sendHoldExpires', 'IDLE down End 8/0?');
for (const event of ['keepaliveReceived', 'updateReceived', 'refreshReceived'] as const) {
  test(check, established, event, 'ESTABLISHED hold=90');
  test('hold time 0', check, established, event, 'ESTABLISHED', { holdTimeSeconds: 0 });
}
for (const state of [openSent, openConfirm, established]) {
  for (const event of [
    'start',
    'passiveStart',
    'tcpRequestValid',
    'tcpRequestInvalid',
    'tcpAcknowledged',
    'tcpConfirmed',
  ] as const) {
    test(check, state, event, state);
  }
}
test(check, openSent, 'sendHoldExpires', 'IDLE End 5/1');

test('every change of state has a reason', (t) => {
  for (const state of Object.values(FsmState)) {
    for (const event of FSM_EVENTS) {
      const { next, reason } = step(state, event, context);
      if (next !== state) t.not(reason, '', `${state} ${event}`);
    }
  }
});

test('leaving Established always says "down" first, entering it "up" last', (t) => {
  for (const state of Object.values(FsmState)) {
    for (const event of FSM_EVENTS) {
      const { next, actions } = step(state, event, context);
      const words = actions.map((action) => action.do);
      t.is(words.includes('down'), state === established && next !== established);
      t.is(words.includes('up'), state !== established && next === established);
      if (words.includes('down')) t.is(words[0], 'down');
      if (words.includes('up')) t.is(words.at(-1), 'up');
    }
  }
});
