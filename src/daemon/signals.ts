/** What signals mean: TERM and INT stop, HUP and USR1 reload, USR2 reloads and restarts the helpers, ALRM restarts. */

export interface SignalActions {
  stop(signal: string): void;
  reload(signal: string): void;
  reloadAndRestartHelpers(signal: string): void;
  restart(signal: string): void;
}

/** Installs the handlers; a second TERM or INT is left to the actions, which must know that they are stopping. */
export function handleSignals(actions: SignalActions): void {
  process.on('SIGTERM', (signal) => actions.stop(signal));
  process.on('SIGINT', (signal) => actions.stop(signal));
  process.on('SIGHUP', (signal) => actions.reload(signal));
  process.on('SIGUSR1', (signal) => actions.reload(signal));
  process.on('SIGUSR2', (signal) => actions.reloadAndRestartHelpers(signal));
  process.on('SIGALRM', (signal) => actions.restart(signal));
}
