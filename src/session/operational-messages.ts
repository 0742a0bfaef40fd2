/**
 * Operational messages of one neighbor (draft-ietf-idr-operational-message): sent only where both sides offered them
 * (section 3.1), said again in each session what is meant to last, and told to observers. Octets are wire/operational.ts.
 */
import type { Logger } from '../util/log.js';
import { Tokens } from '../util/tokens.js';
import { MessageType } from '../wire/codes.js';
import type { Negotiated } from '../wire/negotiated.js';
import { decodeOperational, encodeOperational, type OperationalMessage } from '../wire/operational.js';
import { parseOperational } from '../wire/operational-text.js';
import type { Observers } from './observer.js';

/** The established connection as these messages need it. */
export interface OperationalOutput {
  readonly negotiated: Negotiated | undefined;
  write(type: number, message: Uint8Array, messages: number): boolean;
}

export class OperationalMessages {
  /** Static advisories that came by command, the latest of each family. */
  private readonly advisories = new Map<string, OperationalMessage>();

  constructor(
    private readonly log: Logger,
    private readonly observers: Observers,
  ) {}

  /**
   * Sends a message that was commanded. A static advisory is said again in each later session.
   * @param output undefined: no session is Established
   * @returns false when it could not be sent
   */
  send(operational: OperationalMessage, output: OperationalOutput | undefined): boolean {
    if (!this.write(operational, output)) return false;
    const { name, afi, safi } = operational;
    if (name === 'ASM') this.advisories.set(`${afi}/${safi}`, operational);
    return true;
  }

  /** A session begins. @param configured messages as words, which were checked when the configuration was read */
  begin(configured: readonly string[], output: OperationalOutput): void {
    for (const text of configured) this.write(parseOperational(new Tokens(text)), output);
    for (const advisory of this.advisories.values()) this.write(advisory, output);
  }

  /** The peer ended the session and maybe stumbled over what we keep saying (ExaBGP 4.2 reads no advisories). */
  forget(): void {
    this.advisories.clear();
  }

  received(message: Uint8Array): void {
    const operational = decodeOperational(message);
    if (operational !== undefined) this.observers.operational('receive', operational, message);
    else this.log.info({ octets: message.length }, 'an OPERATIONAL message of an unknown type or form was left out');
  }

  private write(operational: OperationalMessage, output: OperationalOutput | undefined): boolean {
    if (output?.negotiated?.operational !== true) return false;
    const { localRouterId } = output.negotiated;
    const message = encodeOperational(operational, localRouterId);
    output.write(MessageType.operational, message, 1);
    const isComplete = operational.layout === 'advisory' || operational.routerId !== undefined;
    this.observers.operational('send', isComplete ? operational : { ...operational, routerId: localRouterId }, message);
    return true;
  }
}
