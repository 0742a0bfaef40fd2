/**
 * The connection of an Established session as its sender (sender.ts) sees it: what is written goes to the socket, and to
 * observers that want to see what is sent.
 */
import { MessageType } from '../wire/codes.js';
import type { Connection } from './connection.js';
import type { Observers } from './observer.js';
import type { SenderOutput } from './sender.js';
import { eachSent, type SentVisitor } from './sent-messages.js';

export class SessionOutput implements SenderOutput {
  private readonly visitor: SentVisitor;

  /** @param endOfRibSent told of each End-of-RIB that the sender wrote */
  constructor(
    private readonly connection: Connection,
    private readonly observers: Observers,
    readonly endOfRibSent: () => void,
  ) {
    this.visitor = {
      update: (update, message) => observers.update('send', update, message),
      refresh: (refresh, message) => observers.refresh('send', refresh, message),
    };
  }

  get hasPending(): boolean {
    return this.connection.hasPending;
  }

  writeUpdates(chunk: Uint8Array, messages: number): boolean {
    const { connection, observers } = this;
    const hasRoom = connection.write(MessageType.update, chunk, messages);
    if (connection.negotiated !== undefined && observers.wantUpdates('send')) {
      eachSent(chunk, connection.negotiated, this.visitor);
    }
    return hasRoom;
  }
}
