/**
 * Helpers that misbehave, each beside a well-behaved one in a daemon of its own: the session stays up with its
 * KEEPALIVEs in time, the other helper is served, memory is bounded, the daemon stops cleanly, and its log says what
 * happened. Helpers are shell and Node one-liners, as a user might write them by mistake.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Crier } from '../interop/crier.js';
import { HelperLink } from '../interop/helper-link.js';
import { waitFor } from '../interop/program.js';
import { HOLD_SECONDS, RecordingPeer } from './recording-peer.js';

const MEGABYTE = 1024 * 1024;
/** Resident memory of the daemon with a helper gone wild. */
const MEMORY_LIMIT = 400 * MEGABYTE;

interface Lab {
  readonly crier: Crier;
  readonly peer: RecordingPeer;
  readonly good: HelperLink;
}

interface Misbehavior {
  /** A shell script. */
  readonly script: string;
  /** More options of the process. */
  readonly options?: Record<string, unknown>;
  /** Receives updates of the peer. */
  readonly receives?: boolean;
  /** Something for the test to do meanwhile. */
  readonly meanwhile?: (lab: Lab) => void | Promise<void>;
  /** What the log must say. */
  readonly says: readonly RegExp[];
  /** What must hold at the end. */
  readonly check?: (t: ExecutionContext, lab: Lab) => unknown;
  /** The same, when the daemon has stopped. */
  readonly afterwards?: (t: ExecutionContext, lab: Lab) => unknown;
}

const misbehaves = test.macro({
  title: (what) => `a helper that ${what}`,
  exec: async (t: ExecutionContext, misbehavior: Misbehavior) => {
    const folder = mkdtempSync(join(tmpdir(), 'crier-robust-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const peer = await RecordingPeer.listen();
    t.teardown(() => peer.close());
    const good = await HelperLink.open(join(folder, 'good.sock'));
    t.teardown(() => good.close());
    const crier = new Crier(undefined, folder, {
      routerId: '192.0.2.1',
      log: { level: 'info', format: 'json' },
      processes: {
        bad: { run: ['/bin/sh', '-c', misbehavior.script], ...misbehavior.options },
        good: { run: good.argv },
      },
      neighbors: [
        {
          remoteAddress: '127.0.0.1',
          remotePort: peer.port,
          localAddress: '127.0.0.1',
          localAs: 65000,
          peerAs: 65001,
          holdTime: HOLD_SECONDS,
          connectRetryTime: 1,
          api: [
            { processes: ['bad', 'good'], receive: ['neighbor-changes'] },
            ...(misbehavior.receives ? [{ processes: ['bad'], receive: ['parsed', 'update'] }] : []),
          ],
        },
      ],
    });
    t.teardown(() => crier.stop('SIGKILL'));
    crier.start();
    const lab = { crier, peer, good };
    await waitFor('the session', () => peer.sessions === 1);
    await waitFor('the good helper', () => good.isConnected);
    peer.resetSilence();
    await misbehavior.meanwhile?.(lab);
    let peak = 0;
    let slowestMs = 0;
    // The good helper goes on for longer than the hold time, with an answer and an UPDATE for each line.
    const until = performance.now() + (HOLD_SECONDS + 1) * 1000;
    for (let i = 0; performance.now() < until; i = (i + 1) % 250) {
      const prefix = `198.51.100.${i}/32`;
      const askedMs = performance.now();
      t.deepEqual(await good.ask(`announce route ${prefix} next-hop self`), ['done']);
      await waitFor(prefix, () => peer.prefixes.has(prefix), 10_000, 5);
      slowestMs = Math.max(slowestMs, performance.now() - askedMs);
      t.deepEqual(await good.ask(`withdraw route ${prefix}`), ['done']);
      peak = Math.max(peak, residentBytes(crier.pid));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    for (const pattern of misbehavior.says) {
      await waitFor(`${pattern} in the log`, () => pattern.test(crier.log), 20_000);
    }
    await misbehavior.check?.(t, lab);
    t.log(
      `silence ${peer.longestSilenceMs.toFixed(0)} ms, the other helper waited ${slowestMs.toFixed(0)} ms at most,`,
      `memory ${(peak / MEGABYTE).toFixed(0)} MB`,
    );
    t.is(peer.sessions, 1);
    t.is(peer.closes, 0);
    t.true(peer.longestSilenceMs < HOLD_SECONDS * 1000);
    t.true(slowestMs < HOLD_SECONDS * 1000);
    t.true(peak < MEMORY_LIMIT, `${peak} octets`);
    await crier.stop();
    await misbehavior.afterwards?.(t, lab);
    t.is(crier.ended, 'exit status 0', crier.log.split('\n').slice(-20).join('\n'));
  },
});

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const linesAbout = (crier: Crier, pattern: RegExp): string[] =>
  crier.log.split('\n').filter((line) => line.includes('"bad"') && pattern.test(line));

test.serial('floods commands and never reads an answer', misbehaves, {
  script: 'exec yes "announce route 203.0.113.1/32 next-hop self med 1"',
  says: [/answers are no longer kept for the helper/],
  check: (t, { peer }) => t.true(peer.prefixes.has('203.0.113.1/32')),
});

test.serial('floods routes that differ', misbehaves, {
  script: `exec "${process.execPath}" -e '
    let i = 0;
    const more = () => {
      let text = "";
      for (let n = 0; n < 500; n++, i = (i + 1) % 50000)
        text += "announce route 10." + (i >> 8) + "." + (i & 255) + ".0/24 next-hop self med " + (i % 7) + "\\n";
      process.stdout.write(text, () => setImmediate(more));
    };
    process.stdin.resume();
    more();'`,
  says: [/helper started/],
  check: (t, { peer }) => t.true([...peer.prefixes].some((prefix) => prefix.startsWith('10.'))),
});

test.serial('is sent much and never reads', misbehaves, {
  script: 'exec sleep 1000',
  options: { queue: { bytes: 262144, stallSeconds: 1 } },
  receives: true,
  meanwhile: ({ peer }) => peer.announce(20_000),
  says: [/events for the helper are dropped until it reads again/],
});

test.serial('prints garbage', misbehaves, {
  script: 'head -c 3000000 /dev/urandom; exec cat > /dev/null',
  says: [/a line of a helper was refused/],
});

test.serial('prints a line of 100 MB', misbehaves, {
  script:
    'head -c 100000000 /dev/zero | tr "\\\\0" a; echo; echo "announce route 203.0.113.2/32 next-hop self"; exec cat > /dev/null',
  says: [/a line of a helper was refused/],
  check: async (_t, { peer }) => {
    await waitFor('the line behind it', () => peer.prefixes.has('203.0.113.2/32'));
  },
});

test.serial('is killed in the middle of a line', misbehaves, {
  script: 'printf "announce route 10.0.0.0/2"; kill -9 $$',
  options: { respawn: false },
  says: [/the last line of the helper had no end and was not handled/, /helper is not started again/],
  check: (t, { peer }) =>
    t.deepEqual(
      [...peer.prefixes].filter((prefix) => prefix.endsWith('/2')),
      [],
    ),
});

test.serial('ends well in the middle of a line', misbehaves, {
  script: 'printf "announce route 203.0.113.3/32 next-hop self"',
  options: { respawn: false },
  says: [/helper ended/],
  check: (t, { peer }) => t.true(peer.prefixes.has('203.0.113.3/32')),
});

test.serial('closes its pipes and lives on', misbehaves, {
  script: 'exec <&- >&- 2>&-; exec sleep 1000',
  says: [/the helper has closed its stdout and goes on/],
});

test.serial('leaves children that hold its pipes', misbehaves, {
  script: 'sleep 1000 & echo "child $!" >&2; exit 1',
  says: [/helper ended/, /helper is started again/],
  afterwards: async (t, { crier }) => {
    const pids = [...crier.log.matchAll(/child (\d+)/g)].map((match) => Number(match[1]));
    t.true(pids.length > 0);
    await waitFor('the children to be ended', () => !pids.some(isAlive), 10_000);
  },
});

test.serial('dies at once, again and again', misbehaves, {
  script: 'echo "announce route 203.0.113.4/32 next-hop self"; exit 3',
  says: [/"code":3/, /helper is started again/],
  check: (t, { crier }) => {
    const starts = linesAbout(crier, /helper started/).length;
    t.true(starts >= 2 && starts <= 12, `started ${starts} times`);
  },
});

test.serial('dies by a signal while it is written to', misbehaves, {
  script: 'read line; kill -SEGV $$',
  receives: true,
  meanwhile: ({ peer }) => peer.announce(2000),
  says: [/"signal":"SIGSEGV"/, /helper is started again/],
});

test.serial('floods its stderr', misbehaves, {
  script: 'exec yes "something is wrong" >&2',
  says: [/something is wrong/, /lines of stderr were left out/],
});
