/**
 * Where each key and value of a JSON5 text stands. json5 is the judge of what a text means: this scanner only walks a
 * text that json5 took, notes offsets, and finds what json5 lets pass: a key given twice, and a number above 2^53-1,
 * which would lose digits. (JSON5 1.0.0, https://spec.json5.org)
 */
import JSON5 from 'json5';
import type { ConfigNode, ConfigSource, Scalar } from './config-node.js';
import { problemAt } from './config-node.js';
import type { ConfigProblem } from './errors.js';

const DELIMITER = /[,:{}[\]/\s\ufeff]/;

/** Said of a number that loses digits. */
export const NUMBER_TOO_LARGE = 'the number is above 2^53-1 and would lose digits: write it as a string';

/**
 * @param source a text that json5 reads as `value`
 * @param problems gets what this scanner refuses
 */
export function locate(source: ConfigSource, value: unknown, problems: ConfigProblem[]): ConfigNode {
  return new PlaceScanner(source, problems).value(undefined, '', -1, value);
}

class PlaceScanner {
  private at = 0;

  constructor(
    private readonly source: ConfigSource,
    private readonly problems: ConfigProblem[],
  ) {}

  value(parent: ConfigNode | undefined, key: string | number, keyAt: number, value: unknown): ConfigNode {
    this.skipBlanks();
    const { text } = this.source;
    const node: ConfigNode = { source: this.source, at: this.at, keyAt, parent, key };
    const first = text[this.at];
    if (first === '{') this.object(node, value as Record<string, unknown> | undefined);
    else if (first === '[') this.array(node, value as unknown[] | undefined);
    else if (first === '"' || first === "'") {
      this.skipString(first);
      node.scalar = value as string;
    } else {
      this.skipWord();
      node.scalar = value as Scalar;
      if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isFinite(value)) {
        this.problems.push(problemAt(node, NUMBER_TOO_LARGE));
      }
    }
    return node;
  }

  private object(node: ConfigNode, value: Record<string, unknown> | undefined): void {
    const { text } = this.source;
    const members = new Map<string, ConfigNode>();
    node.members = members;
    this.at++;
    for (;;) {
      this.skipBlanks();
      if (text[this.at] === ',') {
        this.at++;
        continue;
      }
      if (text[this.at] === '}') break;
      const keyAt = this.at;
      const key = this.key();
      this.skipBlanks();
      this.at++; // the colon
      // Of a key given twice json5 keeps the last value only: the others are walked for their places alone.
      const known = members.get(key);
      const member = this.value(node, key, keyAt, value?.[key]);
      if (known !== undefined) {
        const { line } = this.source.position(known.keyAt);
        this.problems.push(problemAt(member, `the key is given twice, first in line ${line}`, 'key'));
      } else if (key === '__proto__') {
        this.problems.push(problemAt(member, 'unknown key "__proto__"', 'key'));
      }
      members.set(key, member);
    }
    this.at++;
  }

  private array(node: ConfigNode, value: unknown[] | undefined): void {
    const { text } = this.source;
    const items: ConfigNode[] = [];
    node.items = items;
    this.at++;
    for (;;) {
      this.skipBlanks();
      if (text[this.at] === ',') {
        this.at++;
        continue;
      }
      if (text[this.at] === ']') break;
      items.push(this.value(node, items.length, -1, value?.[items.length]));
    }
    this.at++;
  }

  /** Takes a key: an identifier or a string. Escapes are left to json5. */
  private key(): string {
    const { text } = this.source;
    const from = this.at;
    const first = text[from]!;
    if (first === '"' || first === "'") {
      this.skipString(first);
      const raw = text.slice(from, this.at);
      return raw.includes('\\') ? JSON5.parse<string>(raw) : raw.slice(1, -1);
    }
    this.skipWord();
    const raw = text.slice(from, this.at);
    return raw.includes('\\') ? Object.keys(JSON5.parse<object>(`{${raw}:0}`))[0]! : raw;
  }

  private skipString(quote: string): void {
    const { text } = this.source;
    for (this.at++; text[this.at] !== quote; this.at++) if (text[this.at] === '\\') this.at++;
    this.at++;
  }

  /** A number, a literal or an identifier. */
  private skipWord(): void {
    const { text } = this.source;
    while (this.at < text.length && !DELIMITER.test(text[this.at]!)) this.at++;
  }

  private skipBlanks(): void {
    const { text } = this.source;
    for (;;) {
      const c = text.charCodeAt(this.at);
      if (c === 32 || (c >= 9 && c <= 13) || (c > 127 && /[\s\ufeff]/.test(text[this.at]!))) this.at++;
      else if (text.startsWith('//', this.at)) {
        // Ends where json5 ends it: also at U+2028 and U+2029.
        while (this.at < text.length && !/[\n\r\u2028\u2029]/.test(text[this.at]!)) this.at++;
      } else if (text.startsWith('/*', this.at)) this.at = text.indexOf('*/', this.at + 2) + 2;
      else return;
    }
  }
}
