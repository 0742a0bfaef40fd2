/** An NLRI that is written in words of its own, read without the keywords of a route around it. */
import type { Tokens } from '../../util/tokens.js';
import type { NlriReader, ParsedNlri } from './types.js';

/** Gives the reader its words as long as they come. @throws CommandError */
export function readNlri(tokens: Tokens, reader: NlriReader): ParsedNlri {
  for (let word = tokens.peek(); word !== undefined && reader.words.has(word); word = tokens.peek()) {
    tokens.next();
    reader.read(word, tokens);
  }
  return reader.finish(tokens);
}
