/**
 * The daemon's own door: its control socket and, where asked for, the named pipes of ExaBGP's command line tool. Chooses
 * the place; serving clients is left to api/.
 */
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiContext } from '../api/context.js';
import { ControlPipes } from '../api/control-pipes.js';
import { ControlSocket } from '../api/control-socket.js';
import type { CrierConfig } from '../config/root.js';
import type { Logger } from '../util/log.js';
import { groupId, userId } from './privileges.js';

const DEFAULT_PATH = '/run/crier/crier.sock';

export class ControlService {
  private socket: ControlSocket | undefined;
  private pipes: ControlPipes | undefined;

  constructor(
    private readonly context: ApiContext,
    private readonly config: Pick<CrierConfig, 'control' | 'user' | 'group'>,
    private readonly log: Logger,
  ) {}

  /**
   * Opens socket and pipes, while the daemon may still be root.
   * @throws Error when the place that the configuration names cannot be had
   */
  async open(): Promise<void> {
    const { socket, pipes } = this.config.control;
    if (socket !== undefined) await this.listen(socket);
    else await this.listenAnywhere();
    if (pipes === undefined) return;
    try {
      this.pipes = ControlPipes.open(this.context, pipes);
    } catch (error) {
      // As with ExaBGP: without its pipes the daemon runs on.
      this.log.warn({ reason: (error as Error).message }, 'no command line pipes');
    }
  }

  close(): void {
    this.socket?.close();
    this.pipes?.close();
  }

  /** Nobody asked for a certain place: the first that can be had, or none. */
  private async listenAnywhere(): Promise<void> {
    const runtime = process.env.XDG_RUNTIME_DIR ?? '';
    const reasons: string[] = [];
    for (const path of [DEFAULT_PATH, ...(runtime === '' ? [] : [join(runtime, 'crier.sock')])]) {
      try {
        await this.listen(path);
        return;
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    this.log.warn({ reasons }, 'no control socket: crier ctl cannot reach this daemon');
  }

  private async listen(path: string): Promise<void> {
    const { control, user, group } = this.config;
    const gid = control.group ?? group;
    this.socket = await ControlSocket.listen(this.context, {
      path,
      mode: Number.parseInt(control.mode, 8),
      groupId: gid === undefined ? undefined : groupId(gid),
    });
    if (process.geteuid?.() === 0 && user !== undefined) chownSync(path, userId(user), -1);
    this.log.info({ path }, 'control socket open');
  }
}
