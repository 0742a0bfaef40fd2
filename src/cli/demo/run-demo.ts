/**
 * The demo: a service address comes and goes with the service behind it, and the peer sees it. On a terminal it goes on
 * until interrupted, with a panel of the present state; elsewhere one cycle of plain lines.
 */
import { readFileSync } from 'node:fs';
import { paint } from '../paint.js';
import { Lab, PEER_AS, SERVICE_ADDRESS, SPEAKER_AS } from './lab.js';
import { PeerView, type SeenRoute } from './peer-view.js';
import { PlainScreen, type Screen, TerminalScreen } from './screen.js';

/** Longest wait for anything of the cycle. */
const STEP_MS = 20_000;
/** Between the steps on a terminal, so that eyes can follow. */
const PAUSE_MS = 4000;

/** Waits for things that the peer sees. */
class Waiter {
  private waiting: { isMet: () => boolean; resolve: () => void; reject: (error: Error) => void }[] = [];

  until(what: string, isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`timed out: ${what}`)), STEP_MS);
      const clear = (): void => clearTimeout(timer);
      this.waiting.push({
        isMet,
        resolve: () => {
          clear();
          resolve();
        },
        reject: (error) => {
          clear();
          reject(error);
        },
      });
    });
  }

  check(): void {
    const met = this.waiting.filter(({ isMet }) => isMet());
    this.waiting = this.waiting.filter((one) => !met.includes(one));
    for (const { resolve } of met) resolve();
  }

  giveUp(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}

/** Interrupted from outside. */
class Interrupted extends Error {}

/** @returns the exit status */
export async function runDemo(): Promise<number> {
  const screen: Screen = process.stdout.isTTY ? new TerminalScreen() : new PlainScreen();
  const waiter = new Waiter();
  const interrupt = (): void => waiter.giveUp(new Interrupted());
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const lab = await Lab.open();
  lab.onLost = (name, code) => waiter.giveUp(new Error(`the ${name} ended by itself (status ${code})`));
  let view: PeerView | undefined;
  try {
    const seen = { isUp: false, announces: 0, route: undefined as SeenRoute | undefined };
    view = new PeerView(lab.eventFile, {
      onState(isUp) {
        seen.isUp = isUp;
        if (!isUp) seen.route = undefined;
        screen.say(isUp ? `session up: AS ${SPEAKER_AS} and its peer AS ${PEER_AS}` : 'session down');
        screen.show({ session: isUp });
        waiter.check();
      },
      onAnnounced(route) {
        seen.route = route;
        const again = seen.announces++ === 0 ? '' : ' again';
        const what = `the peer sees ${route.prefix} via ${route.nextHop} (${route.attributes})`;
        screen.say(paint('green', `service address announced${again}: ${what}`));
        screen.show({ route });
        waiter.check();
      },
      onWithdrawn(prefix) {
        // The check says it again and again, as ExaBGP's does.
        if (seen.route === undefined) return;
        seen.route = undefined;
        screen.say(paint('yellow', `service address withdrawn: the peer no longer sees ${prefix}`));
        screen.show({ route: undefined });
        waiter.check();
      },
    });
    screen.say(`a health check (crier healthcheck) watches the service at 127.0.0.1:${lab.service.port}`);
    screen.say(`while it answers, ${SERVICE_ADDRESS} is announced to a peer on 127.0.0.2:${lab.bgpPort}`);
    screen.show({ service: true });
    await waiter.until('the peer sees the service address', () => seen.route !== undefined);
    for (let cycle = 0; cycle === 0 || process.stdout.isTTY; cycle++) {
      await pause(screen, waiter);
      lab.service.stop();
      screen.show({ service: false });
      screen.say(paint('red', 'service stopped: its check fails'));
      await waiter.until('the peer sees the withdrawal', () => seen.route === undefined);
      await pause(screen, waiter);
      await lab.service.start();
      screen.show({ service: true });
      screen.say('service started again: its check recovers');
      await waiter.until('the peer sees the service address again', () => seen.route !== undefined);
    }
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) return 0;
    screen.close();
    process.stderr.write(`crier: ${(error as Error).message}\n${lastLines(lab)}`);
    return 1;
  } finally {
    screen.close();
    view?.close();
    await lab.close();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** Lets people look; scripts do not wait. An interrupt ends the pause. */
async function pause(screen: Screen, waiter: Waiter): Promise<void> {
  if (!screen.isLive) return;
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    waiter.check();
  }, PAUSE_MS);
  try {
    await waiter.until('the pause', () => isOver);
  } finally {
    clearTimeout(timer);
  }
}

function lastLines(lab: Lab): string {
  return ['speaker', 'peer']
    .map((name) => {
      try {
        return readFileSync(lab.logFile(name), 'utf8').split('\n').slice(-8).join('\n');
      } catch {
        return '';
      }
    })
    .join('');
}
