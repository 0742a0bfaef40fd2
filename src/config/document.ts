/** Reads one configuration text: json5 says what it means, the scanner beside it where each value stands. */
import { readFileSync } from 'node:fs';
import JSON5 from 'json5';
import { type ConfigNode, ConfigSource } from './config-node.js';
import { ConfigError, type ConfigProblem } from './errors.js';
import { locate } from './json5-places.js';

/** @throws ConfigError when the file cannot be read */
export function readSource(file: string): ConfigSource {
  let octets: Buffer;
  try {
    octets = readFileSync(file);
  } catch (error) {
    throw wholeFile(file, systemReason(error));
  }
  try {
    return new ConfigSource(file, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets));
  } catch {
    throw wholeFile(file, 'the file is not UTF-8 text');
  }
}

/** @throws ConfigError with the first syntax error */
export function parseDocument(source: ConfigSource, problems: ConfigProblem[]): ConfigNode {
  let value: unknown;
  try {
    value = parseText(source.text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { lineNumber, columnNumber } = error as SyntaxError & { lineNumber?: number; columnNumber?: number };
    const message = error.message.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '');
    throw new ConfigError([
      {
        file: source.file,
        line: lineNumber ?? 1,
        // At the end of the text json5 counts a column that is not there.
        column: Math.max(1, columnNumber ?? 1),
        path: '',
        message: `syntax error: ${message === 'invalid end of input' ? 'the text ends too early' : message}`,
      },
    ]);
  }
  return locate(source, value, problems);
}

/** JSON is JSON5 too, and Node's own parser reads it many times faster: worth it for files that programs write. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON5.parse(text);
  }
}

function wholeFile(file: string, message: string): ConfigError {
  return new ConfigError([{ file, line: 0, column: 0, path: '', message }]);
}

/** @returns words for what the system said, without the path */
export function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASONS[code] ?? `cannot be read (${code === '' ? String(error) : code})`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a folder, not a file',
};
