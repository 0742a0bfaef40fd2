/** The output forms, one line each; encoders are made once for each form and dialect and shared by all helpers. */
import type { Dialect } from '../../wire/family/types.js';
import { jsonEncoder } from './json.js';
import { textEncoder } from './text.js';
import type { DaemonText, Encoder, MakeEncoder } from './types.js';

export const encoders = { json: jsonEncoder, text: textEncoder } as const satisfies Record<string, MakeEncoder>;

/** Name of an output form, as in the configuration. */
export type EncoderName = keyof typeof encoders;

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
