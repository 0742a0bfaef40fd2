/** The output forms, one line each. */
import { jsonEncoder } from './json.js';
import { textEncoder } from './text.js';
import type { MakeEncoder } from './types.js';

export const encoders = { json: jsonEncoder, text: textEncoder } as const satisfies Record<string, MakeEncoder>;

/** Name of an output form, as in the configuration. */
export type EncoderName = keyof typeof encoders;
