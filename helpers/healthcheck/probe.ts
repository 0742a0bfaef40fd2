/** Checks of a service: a shell command, a TCP connection, an HTTP answer. None takes longer than its time. */
import { spawn } from 'node:child_process';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';

export interface ProbeResult {
  readonly isGood: boolean;
  /** What was wrong, for the log. */
  readonly reason: string;
}

/** A probe runs until it is done or the signal is given, and never throws. */
export type Probe = (timeoutMs: number, signal: AbortSignal) => Promise<ProbeResult>;

const GOOD: ProbeResult = { isGood: true, reason: '' };
const bad = (reason: string): ProbeResult => ({ isGood: false, reason });
/** Octets of a command's output that are kept for the log. */
const OUTPUT_MAX = 2000;

/** `sh -c COMMAND` in a process group of its own; exit status 0 is good. Its group is killed when its time is over. */
export function commandProbe(command: string): Probe {
  return (timeoutMs, signal) =>
    new Promise((resolve) => {
      const child = spawn('sh', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      const keep = (chunk: Buffer): void => {
        if (output.length < OUTPUT_MAX) output += chunk.toString('utf8', 0, OUTPUT_MAX);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const end = (result: ProbeResult): void => {
        stopWaiting();
        child.stdout.destroy();
        child.stderr.destroy();
        resolve(result);
      };
      const kill = (reason: string): void => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It has just ended.
        }
        end(bad(reason));
      };
      const stopWaiting = onTimeOver(timeoutMs, signal, kill);
      child.once('error', (error) => end(bad(`sh does not start: ${error.message}`)));
      // Not "close": what the command left in the background may hold its output open.
      child.once('exit', (code, killed) => {
        if (code === 0) return end(GOOD);
        const said = output.trim() === '' ? '' : `, its output: ${output.trim().slice(0, OUTPUT_MAX)}`;
        end(bad(`the command ended with ${code === null ? `signal ${killed}` : `status ${code}`}${said}`));
      });
    });
}

/** A TCP connection comes about. */
export function tcpProbe(host: string, port: number): Probe {
  return (timeoutMs, signal) =>
    new Promise((resolve) => {
      const socket = connect({ host, port });
      const end = (result: ProbeResult): void => {
        stopWaiting();
        socket.destroy();
        resolve(result);
      };
      const stopWaiting = onTimeOver(timeoutMs, signal, (reason) => end(bad(reason)));
      socket.once('connect', () => end(GOOD));
      socket.once('error', (error) => end(bad(`no TCP connection: ${error.message || String(error)}`)));
    });
}

/** An HTTP GET is answered with a status that is wanted. Redirections are not followed. */
export function httpProbe(url: URL, isWanted: (status: number) => boolean): Probe {
  return (timeoutMs, signal) =>
    new Promise((resolve) => {
      const get = url.protocol === 'https:' ? httpsGet : httpGet;
      // A connection of its own each time: a kept one would hide that no new one can be made.
      const request = get(url, { agent: false, headers: { 'user-agent': 'crier-healthcheck' } });
      const end = (result: ProbeResult): void => {
        stopWaiting();
        request.destroy();
        resolve(result);
      };
      const stopWaiting = onTimeOver(timeoutMs, signal, (reason) => end(bad(reason)));
      request.once('response', ({ statusCode = 0 }) =>
        end(isWanted(statusCode) ? GOOD : bad(`HTTP status ${statusCode}`)),
      );
      request.on('error', (error) => end(bad(`no HTTP answer: ${error.message || String(error)}`)));
    });
}

/** @param timeoutMs 0: no end @returns stops waiting */
function onTimeOver(timeoutMs: number, signal: AbortSignal, act: (reason: string) => void): () => void {
  const abort = (): void => act('stopped');
  const timer = timeoutMs > 0 ? setTimeout(() => act(`no result within ${timeoutMs / 1000} s`), timeoutMs) : undefined;
  signal.addEventListener('abort', abort, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  };
}
