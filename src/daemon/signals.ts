/** What signals mean: TERM and INT stop, HUP and USR1 reload, USR2 reloads and restarts the helpers, ALRM restarts. */

export interface SignalActions {
  stop(signal: NodeJS.Signals, code: number): void;
  reload(signal: NodeJS.Signals, code: number): void;
  reloadAndRestartHelpers(signal: NodeJS.Signals, code: number): void;
  restart(signal: NodeJS.Signals, code: number): void;
}

/** Installs the handlers. That a stop may be asked for twice is left to the actions. */
export function handleSignals(actions: SignalActions): void {
  const on = (signal: NodeJS.Signals, action: (signal: NodeJS.Signals, code: number) => void): void => {
    process.on(signal, (name: NodeJS.Signals, code: number) => action(name, code));
  };
  on('SIGTERM', actions.stop);
  on('SIGINT', actions.stop);
  on('SIGHUP', actions.reload);
  on('SIGUSR1', actions.reload);
  on('SIGUSR2', actions.reloadAndRestartHelpers);
  on('SIGALRM', actions.restart);
}
