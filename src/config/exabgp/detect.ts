/** Tells an ExaBGP file from a JSON5 one by its first word. */

/** @returns true when the text begins, behind blanks and # comments, as an ExaBGP file does */
export function isExabgpText(text: string): boolean {
  const blanksAndComments = /^\ufeff?(?:\s+|#[^\n]*(?:\n|$))*/.exec(text)![0];
  const rest = text.slice(blanksAndComments.length);
  // "#" begins nothing in JSON5, and no JSON5 file is a bare word.
  if (blanksAndComments.includes('#')) return true;
  return /^(?:neighbor|process|template|group)\s/.test(rest);
}
