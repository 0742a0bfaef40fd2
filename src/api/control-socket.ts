/**
 * The control socket: a Unix stream socket, as many clients at once as come. A socket left by a daemon that was killed is
 * replaced; one that a living daemon listens at is not. What a client says is left to control-client.ts.
 */
import { chmodSync, chownSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { ApiContext } from './context.js';
import { ControlClient } from './control-client.js';

export interface ControlSocketOptions {
  readonly path: string;
  /** Permission bits, 0o660. */
  readonly mode: number;
  /** Numeric owner group, where the socket should have another than the process. */
  readonly groupId?: number | undefined;
}

/** Nobody but the owner may connect while the mode is not set yet. */
const CLOSED_UMASK = 0o177;

export class ControlSocket {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private clients = 0;

  private constructor(
    private readonly context: ApiContext,
    private readonly options: ControlSocketOptions,
  ) {
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
  }

  /**
   * Binds and listens; returns when clients can connect.
   * @throws Error naming the path: a daemon listens there, or the place cannot be written
   */
  static async listen(context: ApiContext, options: ControlSocketOptions): Promise<ControlSocket> {
    const { path } = options;
    await removeStale(path);
    mkdirSync(dirname(path), { recursive: true });
    const control = new ControlSocket(context, options);
    await control.bind();
    return control;
  }

  get path(): string {
    return this.options.path;
  }

  private bind(): Promise<void> {
    const { path, mode, groupId } = this.options;
    return new Promise((resolve, reject) => {
      this.server.once('error', (error) => reject(new Error(`control socket ${path}: ${error.message}`)));
      // The file appears within this call, so the mask holds for it alone.
      const umask = process.umask(CLOSED_UMASK);
      try {
        this.server.listen(path, () => {
          try {
            if (groupId !== undefined) chownSync(path, -1, groupId);
            chmodSync(path, mode);
            resolve();
          } catch (error) {
            this.server.close();
            reject(new Error(`control socket ${path}: ${(error as Error).message}`));
          }
        });
      } finally {
        process.umask(umask);
      }
    });
  }

  private accept(socket: Socket): void {
    this.clients++;
    this.sockets.add(socket);
    const client = new ControlClient(
      this.context,
      `control client ${this.clients}`,
      'reasons',
      {
        get waitingOctets() {
          return socket.writableLength;
        },
        write: (text) => void socket.write(text),
        onceDrained: (callback) => {
          if (socket.writableNeedDrain) socket.once('drain', callback);
          else setImmediate(callback);
        },
      },
      () => socket.resume(),
      () => socket.end(),
    );
    socket.on('data', (chunk: Buffer) => {
      if (!client.push(chunk)) socket.pause();
    });
    socket.on('end', () => client.end());
    // What went wrong with a client is no concern of ours: "close" follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.sockets.delete(socket);
      client.close();
    });
  }

  /** Takes no more clients, ends those there are, removes the file. */
  close(): void {
    this.server.close();
    for (const socket of this.sockets) {
      socket.end();
      socket.unref();
    }
  }
}

/** Removes a socket that nobody listens at. @throws Error when somebody does, or it is no socket */
async function removeStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new Error(`control socket ${path}: there is a file of that name that is no socket`);
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (isAlive) throw new Error(`control socket ${path}: another daemon listens there`);
  unlinkSync(path);
}
