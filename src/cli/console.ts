/**
 * The interactive console of `crier ctl`: history kept over sessions, completion from the registry of commands, colors
 * where the terminal shows them. Each line is one command; `exit`, `quit` or the end of input leaves.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { complete } from './completion.js';
import type { ControlClient } from './control-client.js';
import { toRequest } from './control-session.js';
import { paint, paintLine } from './paint.js';

const HISTORY_LINES = 1000;
const historyFile = join(homedir(), '.crier_history');

/** @returns the exit status: 1 when the daemon went away */
export async function runConsole(client: ControlClient, json: boolean): Promise<number> {
  const neighbors = await neighborAddresses(client);
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: true,
    prompt: paint('bold', 'crier> '),
    history: readHistory(),
    historySize: HISTORY_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string): [string[], string] => complete(line, neighbors),
  });
  lines.on('history', (history: string[]) => writeHistory(history));
  lines.on('SIGINT', () => {
    // As in a shell: throws the line away.
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    lines.prompt();
  });
  lines.prompt();
  let id = 0;
  for await (const line of lines) {
    const command = line.trim();
    if (command === 'exit' || command === 'quit') break;
    if (command !== '') {
      const answer = await client.send(toRequest(command, json, ++id), (text) =>
        process.stdout.write(`${paintLine(text)}\n`),
      );
      if (answer.isDone) process.stdout.write(`${paint('green', 'done')}\n`);
      else process.stdout.write(`${paint('red', 'error')}${answer.reason === '' ? '' : `: ${answer.reason}`}\n`);
    }
    lines.prompt();
  }
  process.stdout.write('\n');
  lines.close();
  return 0;
}

/** Addresses of the daemon's neighbors, for completion behind `neighbor`. None when it does not tell. */
async function neighborAddresses(client: ControlClient): Promise<string[]> {
  const answer = await client.send('show neighbor summary');
  return answer.lines
    .slice(1)
    .flatMap((line) => line.split(/\s+/, 1))
    .filter((word) => /[.:]/.test(word));
}

/** Newest first, as readline wants it. */
function readHistory(): string[] {
  try {
    return readFileSync(historyFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .reverse();
  } catch {
    return [];
  }
}

function writeHistory(newestFirst: readonly string[]): void {
  try {
    // A line may hold what only its author should see.
    writeFileSync(historyFile, `${newestFirst.slice(0, HISTORY_LINES).reverse().join('\n')}\n`, { mode: 0o600 });
  } catch {
    // No home, no history.
  }
}
