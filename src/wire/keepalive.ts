/** The KEEPALIVE message: a header and nothing else (RFC 4271 section 4.4). Shared by all sessions; never write to it. */
import { NO_BYTES } from '../util/bytes.js';
import { MessageType } from './codes.js';
import { buildMessage } from './message.js';

export const KEEPALIVE: Uint8Array = buildMessage(MessageType.keepalive, NO_BYTES);
