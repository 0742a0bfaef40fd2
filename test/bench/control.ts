/** Commands over the control socket of a running crier, by its own client in a process of its own. */
import { spawn } from 'node:child_process';
import { CRIER, controlSocket } from './daemons/crier.js';
import type { Job } from './daemons/types.js';

const NEWLINE = 10;

/** @returns how many lines were printed @throws when the command fails */
export function control(job: Job, ...words: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CRIER, 'ctl', '--socket', controlSocket(job), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let lines = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(lines);
      else reject(new Error(`crier ctl ${words.join(' ')} ended with status ${status}`));
    });
  });
}
