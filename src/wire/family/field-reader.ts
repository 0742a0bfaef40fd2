/**
 * An NLRI that is written as fields, each a word and its value, anywhere among a route's keywords. Of a repeated field the
 * first counts. What the fields mean, and which must be there, is left to the family.
 */
import { CommandError, type Tokens } from '../../util/tokens.js';
import type { NlriReader, ParsedNlri } from './types.js';

/** Reads the value behind a field's word as octets. Throws CommandError. */
export type FieldParser = (tokens: Tokens) => Uint8Array;

/** Fields by word. */
export type FieldParsers = Readonly<Record<string, FieldParser>>;

/** The fields of one NLRI as they were read. */
export interface Fields {
  /** @returns the octets of a field, or undefined when it was not there */
  get(field: string): Uint8Array | undefined;
  /** @throws CommandError when it was not there */
  need(field: string): Uint8Array;
  /** @throws CommandError at the first field that is none of these */
  allowOnly(fields: readonly string[], subject: string): void;
  /** An error at a field, or at the last word. */
  error(field: string, message: string): CommandError;
}

/** The words of fields that have two. */
const ALIASES: Readonly<Record<string, string>> = { 'route-distinguisher': 'rd' };

/** Makes the reader of one NLRI. @param finish puts the fields together */
export function fieldReader(parsers: FieldParsers, finish: (fields: Fields) => ParsedNlri): NlriReader {
  const values = new Map<string, Uint8Array>();
  const columns = new Map<string, number>();
  return {
    words: new Set([...Object.keys(parsers), ...Object.keys(ALIASES).filter((word) => ALIASES[word]! in parsers)]),
    read(word, tokens) {
      const field = ALIASES[word] ?? word;
      const { column } = tokens;
      const value = parsers[field]!(tokens);
      if (values.has(field)) return;
      values.set(field, value);
      columns.set(field, column);
    },
    finish(tokens) {
      return finish({
        get: (field) => values.get(field),
        need(field) {
          const value = values.get(field);
          if (value === undefined) throw tokens.error(`${field} is missing`);
          return value;
        },
        allowOnly(fields, subject) {
          for (const [field, column] of columns) {
            if (!fields.includes(field)) throw new CommandError(`${subject} has no ${field}`, column);
          }
        },
        error: (field, message) => new CommandError(message, columns.get(field) ?? tokens.column),
      });
    },
  };
}

/** A number of `size` octets (1 to 4). */
export function numberField(what: string, size: number, max = 2 ** (8 * size) - 1): FieldParser {
  return (tokens) => {
    const value = tokens.number(what, max);
    return Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 2 ** (8 * (size - 1 - i))) & 0xff);
  };
}
