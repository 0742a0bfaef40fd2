/**
 * The life of the daemon's process: configuration, log, sockets, privileges, helpers, sessions; then signals until the
 * end. Anything unexpected is logged and ends the process with status 1.
 */
import { ConfigError } from '../config/errors.js';
import { loadConfig } from '../config/load.js';
import type { CrierConfig } from '../config/root.js';
import { loadNative, nativeMissing } from '../util/native.js';
import { systemClock } from '../util/timers.js';
import { VERSION } from '../util/version.js';
import { ControlService } from './control-service.js';
import { Daemon } from './daemon.js';
import { type Log, openLog } from './logging.js';
import { dropPrivileges } from './privileges.js';
import { ServiceManager } from './service-manager.js';
import { handleSignals } from './signals.js';

/** Longest wait for the reader of the log at the end. */
const LOG_FLUSH_MS = 500;
/** A stop that takes longer than this is given up. */
const STOP_LIMIT_MS = 20_000;

/**
 * Runs the daemon until it is asked to end.
 * @param files of the configuration
 * @returns the exit status
 */
export async function runDaemon(files: readonly string[]): Promise<number> {
  let config: CrierConfig;
  const warnings: object[] = [];
  try {
    config = loadConfig(files, { onWarning: (warning) => warnings.push({ ...warning }) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  let log: Log;
  try {
    log = await openLog(config.log);
  } catch (error) {
    process.stderr.write(`crier: cannot write the log to ${config.log.destination}: ${(error as Error).message}\n`);
    return 1;
  }
  const status = await live(files, config, log, warnings);
  await log.flush(LOG_FLUSH_MS);
  // Helpers' pipes, timers of closed connections: nothing that is left is worth waiting for.
  process.exit(status);
}

async function live(
  files: readonly string[],
  config: CrierConfig,
  log: Log,
  warnings: readonly object[],
): Promise<number> {
  const { logger } = log;
  const die = (error: unknown): void => {
    logger.error({ error: error instanceof Error ? error.stack : String(error) }, 'unexpected error: the daemon ends');
    void log.flush(LOG_FLUSH_MS).then(() => process.exit(1));
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  logger.info({ version: VERSION, pid: process.pid, files: config.files }, 'crier starts');
  for (const warning of warnings) logger.warn(warning, 'configuration');
  const native = loadNative();
  if (native === undefined) {
    logger.warn({ why: nativeMissing() }, 'native sockets are missing: no MD5, TTL, device or DSCP, pipes are sockets');
  }
  const service = new ServiceManager(native === undefined ? undefined : (state) => native.notify(state), systemClock);
  let end: (status: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) {
      // Asked twice: no more waiting.
      end(0);
      return;
    }
    isStopping = true;
    service.stopping();
    logger.info({ why }, 'crier stops');
    systemClock.start(STOP_LIMIT_MS, () => end(1));
    daemon
      .stop()
      .then(() => control.close())
      .then(() => end(0), die);
  };
  const daemon = new Daemon({
    config,
    files,
    log: logger,
    native,
    onShutdown: () => stop('shutdown'),
    onReload(isBegin, { neighbors }) {
      if (isBegin) service.reloading();
      else service.ready(`${neighbors.length} neighbors`);
    },
    onTakenOver: (after) => log.setLevel(after.log.level),
  });
  const control = new ControlService(daemon, config, logger);
  const reload = (signal: NodeJS.Signals, code: number): Promise<string | undefined> => {
    try {
      log.reopen();
    } catch (error) {
      logger.error({ reason: (error as Error).message }, 'the log file cannot be opened anew: the old one goes on');
    }
    return daemon.reload({ name: signal }, { code, name: signal });
  };
  handleSignals({
    stop(signal, code) {
      daemon.tellSignal({ code, name: signal });
      stop(signal);
    },
    reload: (signal, code) => void reload(signal, code),
    reloadAndRestartHelpers: (signal, code) => void reload(signal, code).then(() => daemon.restartHelpers()),
    restart: (signal, code) => daemon.restart({ name: signal }, { code, name: signal }),
  });
  try {
    await daemon.prepare();
    await control.open();
    const identity = dropPrivileges(config.user, config.group);
    if (identity !== undefined) logger.info({ identity }, 'privileges given up');
  } catch (error) {
    logger.error({ reason: (error as Error).message }, 'cannot start');
    control.close();
    return 1;
  }
  await daemon.start();
  // Without neighbors and helpers nothing else keeps the process alive.
  const alive = setInterval(() => undefined, 1 << 30);
  service.ready(`${config.neighbors.length} neighbors`);
  logger.info({ neighbors: config.neighbors.length, processes: config.processes.length }, 'crier is ready');
  const status = await ended;
  clearInterval(alive);
  logger.info({}, 'crier has stopped');
  return status;
}
