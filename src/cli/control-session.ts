/**
 * The three ways of `crier ctl`: one command from the arguments, many from a pipe, and the console (console.ts). Answers
 * go to stdout; what went wrong goes to stderr and makes the exit status 1.
 */
import { createInterface } from 'node:readline';
import { type Answer, ControlClient, ControlError } from './control-client.js';
import { controlSocketPaths } from './control-paths.js';

/** Commands of a pipe that may be without an answer at once. */
const MAX_PENDING = 2000;

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
    return await runOnce(client, words.join(' '), options.json);
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
  const answer = await client.send(toRequest(line, json, 1), json ? undefined : printLine);
  if (json) printJson(answer);
  else if (!answer.isDone) process.stderr.write(`crier: ${answer.reason || 'error'}\n`);
  return answer.isDone ? 0 : 1;
}

/** Sends line after line without waiting for each answer; remembers only what is on its way. */
async function runPipe(client: ControlClient, input: NodeJS.ReadableStream, json: boolean): Promise<number> {
  let number = 0;
  let failures = 0;
  let lost: unknown;
  const settled = new Set<() => void>();
  const settle = (): void => {
    for (const callback of settled) callback();
    settled.clear();
  };
  const nextAnswer = (): Promise<void> => new Promise((resolve) => settled.add(resolve));
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === '') continue;
    const at = number;
    client.send(toRequest(line, json, at), json ? undefined : printLine).then(
      (answer) => {
        if (json) printJson(answer);
        if (!answer.isDone) {
          failures++;
          if (!json) process.stderr.write(`crier: line ${at}: ${answer.reason || 'error'}\n`);
        }
        settle();
      },
      (error: unknown) => {
        lost = error;
        settle();
      },
    );
    while (client.pending >= MAX_PENDING && lost === undefined) await nextAnswer();
    if (client.isFull) await client.drained();
    if (lost !== undefined) break;
  }
  while (client.pending > 0 && lost === undefined) await nextAnswer();
  if (lost !== undefined) return complain(lost);
  return failures === 0 ? 0 : 1;
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printJson(answer: Answer): void {
  for (const line of answer.lines) printLine(line);
}

function complain(error: unknown): number {
  if (!(error instanceof ControlError)) throw error;
  process.stderr.write(`crier: ${error.message}\n`);
  return 1;
}
