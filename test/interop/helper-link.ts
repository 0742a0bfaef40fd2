/** The test's end of `bridge.js`: what a helper reads arrives here line by line, what is sent here a helper prints. */
import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { waitFor } from './program.js';

export class HelperLink {
  /** All lines the helper got so far, over all its lives. */
  readonly lines: string[] = [];
  /** How often a helper connected. */
  lives = 0;
  /** Lines sent at the start of each life. */
  greeting: readonly string[] = [];
  readonly #server: Server;
  #socket: Socket | undefined;

  private constructor(readonly path: string) {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      this.lives += 1;
      let rest = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        const parts = (rest + text).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) this.lines.push(part);
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (this.#socket === socket) this.#socket = undefined;
      });
      if (this.greeting.length > 0) this.send(...this.greeting);
    });
  }

  static async open(path: string): Promise<HelperLink> {
    const link = new HelperLink(path);
    await new Promise<void>((resolve, reject) => {
      link.#server.on('error', reject).listen(path, resolve);
    });
    return link;
  }

  /** The command line of the helper. */
  get argv(): string[] {
    return [process.execPath, fileURLToPath(new URL('bridge.js', import.meta.url)), this.path];
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** Prints lines on the helper's standard output. */
  send(...lines: string[]): void {
    if (this.#socket === undefined) throw new Error('the helper does not run');
    this.#socket.write(`${lines.join('\n')}\n`);
  }

  /** Sends lines and waits for as many answers; gives them. Only one at a time may be under way. */
  async ask(...lines: string[]): Promise<string[]> {
    const from = this.lines.length;
    this.send(...lines);
    const answers = (): string[] => this.lines.slice(from).filter((line) => /^(done|error\b.*)$/.test(line));
    await waitFor(`answers to ${lines[0]}`, () => answers().length >= lines.length, 30_000, 20);
    return answers();
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }
}
