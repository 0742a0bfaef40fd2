/** Real helper processes under a supervisor, for tests: what they said and what became of them. */
import type { ExecutionContext } from 'ava';
import type { ProcessConfig } from '../../../src/api/process/process-config.js';
import { Supervisor } from '../../../src/api/process/supervisor.js';
import type { Helper, HelperObserver } from '../../../src/api/process/types.js';
import type { Logger } from '../../../src/util/log.js';
import { loadNative } from '../../../src/util/native.js';
import { systemClock } from '../../../src/util/timers.js';
import { TurnScheduler } from '../../../src/util/turn.js';

/** A helper that is a shell script. */
export function script(text: string, changes: Partial<ProcessConfig> = {}): ProcessConfig {
  return {
    name: 'helper',
    argv: ['/bin/sh', '-c', text],
    encoder: 'json',
    dialect: 'exabgp-4',
    ack: true,
    respawn: false,
    strict: false,
    onExit: 'keep',
    queue: { bytes: 1 << 20, stallSeconds: 60 },
    cwd: '/',
    env: {},
    ...changes,
  };
}

/** A helper that is a program of this Node. */
export function program(text: string, changes: Partial<ProcessConfig> = {}): ProcessConfig {
  return script('', { argv: [process.execPath, '-e', text], ...changes });
}

export interface Supervised {
  readonly supervisor: Supervisor;
  /** `NAME: LINE`, `NAME! REASON`, `NAME+`, `NAME- CODE SIGNAL`, `NAME~ COUNT`, in order. */
  readonly told: string[];
  readonly logged: string[];
  readonly started: Helper[];
  /** Resolved when `isTrue` holds; rejected with what was told when it does not in time. */
  until(isTrue: () => boolean, waitMs?: number): Promise<void>;
}

let serial = 0;

/** @param onLine called for each line, beside being noted */
export function supervised(
  t: ExecutionContext,
  hooks: { onLine?: (helper: Helper, line: string) => void; native?: undefined; isQuiet?: boolean } = {},
): Supervised {
  const told: string[] = [];
  const logged: string[] = [];
  const started: Helper[] = [];
  const waiting = new Set<() => void>();
  const tell = (text: string): void => {
    told.push(text);
    for (const look of waiting) look();
  };
  const logger = (prefix: string): Logger => {
    const line =
      (level: string) =>
      (fields: object, message: string): void => {
        logged.push(`${level} ${prefix}${message} ${JSON.stringify(fields)}`);
        for (const look of waiting) look();
      };
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      child: (fields) => logger(`${Object.values(fields).join(' ')}: `),
    };
  };
  const observer: HelperObserver = {
    onStart(helper) {
      started.push(helper);
      tell(`${helper.name}+`);
    },
    onLine(helper, line) {
      if (hooks.isQuiet !== true) tell(`${helper.name}: ${line}`);
      hooks.onLine?.(helper, line);
    },
    onBadLine: (helper, reason) => tell(`${helper.name}! ${reason}`),
    onBatch: () => undefined,
    onExit: (helper, { code, signal }) => tell(`${helper.name}- ${code} ${signal}`),
    onPressure: (helper, sources, isAbove) => tell(`${helper.name}${isAbove ? '>' : '<'} ${sources.join(' ')}`),
    onCaughtUp: (helper, count) => tell(`${helper.name}~ ${count}`),
  };
  let owner = 10;
  serial += 1;
  const supervisor = new Supervisor({
    observer,
    scheduler: new TurnScheduler(),
    clock: systemClock,
    log: logger(''),
    native: 'native' in hooks ? undefined : loadNative(),
    daemon: `/test/${process.pid}/${serial}`,
    newOwner: () => owner++,
    graceMs: 300,
  });
  t.teardown(() => supervisor.stopAll(300));
  const until = (isTrue: () => boolean, waitMs = 20_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (act: () => void): void => {
        waiting.delete(look);
        clearTimeout(timer);
        clearInterval(poll);
        act();
      };
      const look = (): void => {
        if (isTrue()) end(resolve);
      };
      const timer = setTimeout(
        () =>
          end(() => reject(new Error(`never came; told ${JSON.stringify(told)}; logged ${JSON.stringify(logged)}`))),
        waitMs,
      );
      const poll = setInterval(look, 20);
      waiting.add(look);
      look();
    });
  return { supervisor, told, logged, started, until };
}

/** Does the process exist (a zombie does not count)? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
