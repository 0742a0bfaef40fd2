/** Encoders are made once for each form and dialect and shared by all helpers. */
import type { Dialect } from '../../wire/family/types.js';
import { type EncoderName, encoders } from './index.js';
import type { DaemonText, Encoder } from './types.js';

/** Makes each encoder once. */
export class EncoderPool {
  private readonly made = new Map<string, Encoder>();

  constructor(private readonly daemon: DaemonText) {}

  get(name: EncoderName, dialect: Dialect): Encoder {
    const key = `${name} ${dialect}`;
    let encoder = this.made.get(key);
    if (encoder === undefined) {
      encoder = encoders[name](dialect, this.daemon);
      this.made.set(key, encoder);
    }
    return encoder;
  }
}
