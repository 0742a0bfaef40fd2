/**
 * Takes the events of a table, as JSON or text. While they come it only counts prefixes, so that the daemon is measured
 * and not this reader; afterwards every event is parsed and held against the table that was sent.
 */
import { PREFIXES_AN_UPDATE, tableAttributes } from '../peer/table-source.js';
import { prefixText } from '../work-routes.js';

/** What stands once before each prefix. */
const MARKS = { json: Buffer.from('"nlri"'), text: Buffer.from(' announced ') } as const;

interface UpdateEvent {
  readonly type: string;
  readonly neighbor?: {
    readonly message?: {
      readonly update?: {
        readonly attribute?: Readonly<Record<string, unknown>>;
        readonly announce?: Readonly<Record<string, Readonly<Record<string, readonly { readonly nlri: string }[]>>>>;
      };
    };
  };
}

export class Collector {
  private readonly chunks: Buffer[] = [];
  private count = 0;
  private tail: Buffer = Buffer.alloc(0);
  private readonly mark: Buffer;

  constructor(
    private readonly form: 'json' | 'text',
    private readonly routes: number,
    private readonly onLast: () => void,
  ) {
    this.mark = MARKS[form];
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    const { mark } = this;
    const before = this.count;
    // A mark may be cut by the end of a chunk.
    this.tally(Buffer.concat([this.tail, chunk.subarray(0, mark.length - 1)]));
    this.tally(chunk);
    this.tail =
      chunk.length >= mark.length - 1
        ? chunk.subarray(chunk.length - mark.length + 1)
        : Buffer.concat([this.tail, chunk]).subarray(-(mark.length - 1));
    if (before < this.routes && this.count >= this.routes) this.onLast();
  }

  private tally(data: Buffer): void {
    for (let at = data.indexOf(this.mark); at >= 0; at = data.indexOf(this.mark, at + this.mark.length)) this.count++;
  }

  /** @returns distinct prefixes of the table with the right attributes, and how many events were not right */
  check(): { count: number; wrong: number } {
    const seen = new Set<string>();
    let wrong = 0;
    const table = new Map<string, number>();
    for (let i = 0; i < this.routes; i++) table.set(prefixText(i), Math.floor(i / PREFIXES_AN_UPDATE));
    const note = (prefix: string, isRight: (update: number) => boolean): void => {
      const update = table.get(prefix);
      if (update === undefined || seen.has(prefix) || !isRight(update)) wrong++;
      else seen.add(prefix);
    };
    for (const line of Buffer.concat(this.chunks).toString('latin1').split('\n')) {
      if (this.form === 'text') checkText(line, note);
      else if (line !== '') checkJson(line, note);
    }
    return { count: seen.size, wrong };
  }
}

type Note = (prefix: string, isRight: (update: number) => boolean) => void;

/** What an event must say of the UPDATE asked for last: its prefixes come one behind the other. */
function remembered<T>(make: (update: number) => T): (update: number) => T {
  let known = -1;
  let value: T;
  return (update) => {
    if (update !== known) value = make(update);
    known = update;
    return value;
  };
}

const wordsOf = remembered((update) => {
  const { path, med, communities } = tableAttributes(update);
  const values = communities.map(([high, low]) => `${high}:${low}`);
  return { path: ` as-path [ ${path.join(' ')} ] `, med: med === undefined ? undefined : ` med ${med} `, values };
});

function checkText(line: string, note: Note): void {
  const words = / announced (\S+) (.*)$/.exec(line);
  if (words === null) return;
  note(words[1]!, (update) => {
    const { path, med, values } = wordsOf(update);
    const text = `${words[2]!} `;
    return (
      text.includes(path) &&
      (med === undefined ? !text.includes(' med ') : text.includes(med)) &&
      values.every((value) => text.includes(value))
    );
  });
}

const attributesOf = remembered((update) => {
  const { path, med, communities } = tableAttributes(update);
  return JSON.stringify([path, med ?? null, communities]);
});

function checkJson(line: string, note: Note): void {
  const event = JSON.parse(line) as UpdateEvent;
  const update = event.neighbor?.message?.update;
  if (update?.announce === undefined) return;
  const { 'as-path': path, med = null, community = [] } = update.attribute ?? {};
  const attributes = JSON.stringify([path, med, community]);
  const isRight = (number: number): boolean => attributes === attributesOf(number);
  for (const hops of Object.values(update.announce))
    for (const routes of Object.values(hops)) for (const { nlri } of routes) note(nlri, isRight);
}
