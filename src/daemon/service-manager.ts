/**
 * Tells the service manager (systemd, `Type=notify`) how far the daemon is: READY, RELOADING, STOPPING, a status line,
 * and the watchdog where it is asked for. Without a service manager nothing happens. sd_notify(3).
 */
import type { Clock } from '../util/timers.js';

export class ServiceManager {
  private watchdogUsec: number;
  private isAnswering = false;

  /** @param notify hands one message over (native), or undefined where it cannot */
  constructor(
    private readonly notify: ((state: string) => boolean) | undefined,
    private readonly clock: Clock,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    const isOurs = environment.WATCHDOG_PID === undefined || environment.WATCHDOG_PID === String(process.pid);
    this.watchdogUsec = isOurs ? Number(environment.WATCHDOG_USEC ?? 0) : 0;
    // Meant for this process: helpers must not speak for it.
    delete environment.WATCHDOG_PID;
    delete environment.WATCHDOG_USEC;
  }

  ready(status: string): void {
    this.tell(`READY=1\nSTATUS=${status}`);
    if (this.isAnswering) return;
    this.isAnswering = true;
    this.answerWatchdog();
  }

  reloading(): void {
    // systemd wants the time of the monotonic clock with it (Type=notify-reload).
    this.tell(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(): void {
    this.watchdogUsec = 0;
    this.tell('STOPPING=1');
  }

  private answerWatchdog(): void {
    if (!(this.watchdogUsec > 0)) return;
    this.tell('WATCHDOG=1');
    this.clock.start(this.watchdogUsec / 2000, () => this.answerWatchdog());
  }

  private tell(state: string): void {
    try {
      this.notify?.(state);
    } catch {
      // A service manager that went away does not matter.
    }
  }
}
