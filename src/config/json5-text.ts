/**
 * Plain values -> JSON5 text: keys without quotes where they may be, short lists and objects on one line, `undefined`
 * left out, and ${ written so that reading the text back gives the same strings.
 */

const WIDTH = 100;

/** @returns text without a newline at its end */
export function printJson5(value: unknown, indent = ''): string {
  if (typeof value === 'string') return printText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => printJson5(item, deeper))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${printKey(key)}: ${printJson5(member, deeper)}`);
  const [open, close] = isList ? '[]' : '{}';
  const line = `${open}${parts.join(', ')}${close}`;
  if (parts.length === 0 || (line.length + indent.length <= WIDTH && !line.includes('\n'))) return line;
  return `${open}\n${parts.map((part) => `${deeper}${part},\n`).join('')}${indent}${close}`;
}

function printKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : JSON.stringify(key);
}

/** U+2028 and U+2029 end lines in JSON5's eyes. */
function printText(text: string): string {
  return JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
