/** Where the demo speaks: plain lines, or on a terminal lines above a panel with the present state. */
import { paint } from '../paint.js';
import type { SeenRoute } from './peer-view.js';

export interface Present {
  service: boolean;
  session: boolean;
  route: SeenRoute | undefined;
}

export interface Screen {
  /** Somebody watches: go slowly, go on. */
  readonly isLive: boolean;
  say(text: string): void;
  show(change: Partial<Present>): void;
  close(): void;
}

function stamp(): string {
  return new Date().toTimeString().slice(0, 8);
}

export class PlainScreen implements Screen {
  readonly isLive = false;

  say(text: string): void {
    process.stdout.write(`${stamp()} ${text}\n`);
  }

  show(): void {}

  close(): void {}
}

export class TerminalScreen implements Screen {
  readonly isLive = true;
  private readonly present: Present = { service: false, session: false, route: undefined };
  private panelLines = 0;

  say(text: string): void {
    this.erase();
    process.stdout.write(`${paint('dim', stamp())} ${text}\n`);
    this.draw();
  }

  show(change: Partial<Present>): void {
    this.erase();
    Object.assign(this.present, change);
    this.draw();
  }

  close(): void {
    this.panelLines = 0;
  }

  private erase(): void {
    if (this.panelLines > 0) process.stdout.write(`\x1b[${this.panelLines}A\x1b[0J`);
    this.panelLines = 0;
  }

  private draw(): void {
    const { service, session, route } = this.present;
    const state = (isGood: boolean, good: string, bad: string): string =>
      isGood ? paint('green', `● ${good}`) : paint('red', `○ ${bad}`);
    const lines = [
      '',
      `  service        ${state(service, 'answers', 'does not answer')}`,
      `  BGP session    ${state(session, 'established', 'down')}`,
      `  peer's table   ${state(route !== undefined, `${route?.prefix} via ${route?.nextHop}`, 'empty')}`,
      paint('dim', '  Ctrl-C ends the demo'),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    this.panelLines = lines.length;
  }
}
