/**
 * The golden triples of test/golden: a command, the message it becomes on an internal session and the message's event in
 * each frozen dialect.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fromHex } from '../../src/util/bytes.js';
import type { Dialect } from '../../src/wire/family/types.js';

export interface Triple extends Readonly<Record<Dialect, string>> {
  /** Name of what the event holds; "message" where nothing is said. */
  readonly member?: string;
  readonly command: string;
  /** The message without its marker. */
  readonly hex: string;
}

const FOLDER = 'test/golden';
const MARKER = 'ff'.repeat(16);

/** All triples, in the order of their files' names. */
export const triples: readonly Triple[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Triple[]);

/** The whole message of a triple. */
export function messageOf(triple: Triple): Uint8Array {
  return fromHex(MARKER + triple.hex)!;
}
