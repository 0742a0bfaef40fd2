/** How a child process ended: `error` may come in place of `exit` (it was never started), and either only once. */
import type { ChildProcess } from 'node:child_process';

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * @param onExit told once: the status, or the error when the process did not start
 */
export function onceExited(child: ChildProcess, onExit: (status: ExitStatus | Error) => void): void {
  let isTold = false;
  const tell = (status: ExitStatus | Error): void => {
    if (isTold) return;
    isTold = true;
    onExit(status);
  };
  child.once('exit', (code, signal) => tell({ code, signal }));
  child.on('error', (error) => {
    // Also emitted when a signal cannot be sent to a process that lives: that is no end.
    if (child.pid === undefined) tell(error);
  });
}
