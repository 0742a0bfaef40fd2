/**
 * The three ways of `crier ctl`: one command from the arguments, many from a pipe, and the console (console.ts). Answers
 * go to stdout; what went wrong goes to stderr and makes the exit status 1.
 */
import { createInterface } from 'node:readline';
import { type Answer, ControlClient, ControlError } from './control-client.js';
import { controlSocketPaths } from './control-paths.js';

export interface ControlOptions {
  readonly socket: string | undefined;
  readonly json: boolean;
}

/**
 * @param words the command; ["-"] reads standard input; [] is the console, or standard input when that is no terminal
 * @returns the exit status
 */
export async function runControl(words: readonly string[], options: ControlOptions): Promise<number> {
  let client: ControlClient;
  try {
    client = await ControlClient.open(controlSocketPaths(options.socket));
  } catch (error) {
    return complain(error);
  }
  try {
    if (words.length === 0 && process.stdin.isTTY) {
      const { runConsole } = await import('./console.js');
      return await runConsole(client, options.json);
    }
    if (words.length === 0 || (words.length === 1 && words[0] === '-')) {
      return await runPipe(client, process.stdin, options.json);
    }
    return await runOnce(client, words.join(' ').trim(), options.json);
  } catch (error) {
    return complain(error);
  } finally {
    client.close();
  }
}

/** The line as it is sent: as text, or wrapped so that the answer is JSON. */
export function toRequest(line: string, json: boolean, id: number): string {
  return json && !line.startsWith('{') ? JSON.stringify({ id, text: line }) : line;
}

async function runOnce(client: ControlClient, line: string, json: boolean): Promise<number> {
  const sent = client.send(toRequest(line, json, 1), printLine);
  client.finish();
  const answer = await sent;
  if (json) printLine(answer.verdict);
  else if (!answer.isDone) process.stderr.write(`crier: ${answer.reason || 'error'}\n`);
  return answer.isDone ? 0 : 1;
}

/** Sends line after line without waiting for each answer. */
async function runPipe(client: ControlClient, input: NodeJS.ReadableStream, json: boolean): Promise<number> {
  let number = 0;
  let failures = 0;
  let lost: unknown;
  let pending = 0;
  let onIdle: () => void = () => undefined;
  const settle = (at: number, answer: Answer): void => {
    pending--;
    if (json && answer.verdict !== '') printLine(answer.verdict);
    if (!answer.isDone) {
      failures++;
      if (!json) process.stderr.write(`crier: line ${at}: ${answer.reason || 'error'}\n`);
    }
    if (pending === 0) onIdle();
  };
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const at = ++number;
    if (line.trim() === '') continue;
    pending++;
    client.send(toRequest(line, json, at), printLine).then(
      (answer) => settle(at, answer),
      (error: unknown) => {
        lost = error;
        pending = 0;
        onIdle();
      },
    );
    if (client.isFull) await client.drained();
    if (lost !== undefined) break;
  }
  client.finish();
  if (pending > 0 && lost === undefined) {
    await new Promise<void>((resolve) => {
      onIdle = resolve;
    });
  }
  if (lost !== undefined) return complain(lost);
  return failures === 0 ? 0 : 1;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(error: unknown): number {
  if (!(error instanceof ControlError)) throw error;
  process.stderr.write(`crier: ${error.message}\n`);
  return 1;
}
