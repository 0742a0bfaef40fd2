/** Colors for people at a terminal; plain text for everybody else, and where NO_COLOR is set. */

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type Color = keyof typeof CODES;

const isColored = process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';

/** @returns the text in this color, or as it is */
export function paint(color: Color, text: string): string {
  if (!isColored) return text;
  const [on, off] = CODES[color];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}

/** Colors a line of a listing: states and the heads of tables. */
export function paintLine(line: string): string {
  if (!isColored) return line;
  if (/^(?:Peer|Neighbor)\s+AS\b/.test(line)) return paint('bold', line);
  return line
    .replace(/\bestablished\b/gi, (word) => paint('green', word))
    .replace(/\b(?:idle|down)\b/gi, (word) => paint('red', word))
    .replace(/\b(?:active|connect|opensent|openconfirm)\b/gi, (word) => paint('yellow', word));
}
