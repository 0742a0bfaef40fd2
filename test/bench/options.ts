/** The command line of the benchmark. */
import { parseArgs } from 'node:util';
import { daemons } from './daemons/index.js';
import { isInstalled } from './daemons/running-daemon.js';
import type { Daemon } from './daemons/types.js';
import type { Scale } from './lab.js';
import { works } from './works/index.js';
import type { Work } from './works/types.js';

export const USAGE = `npm run bench -- [options]
  --quick          small sizes, one round, the most telling works: about two minutes
  --rounds N       runs of each work and daemon, in turn (3)
  --size N         routes of the main works (1000000); slow daemons get a tenth
  --works A,B      only these works; a word ending in "*" stands for all that begin with it
  --daemons A,B    only these of the installed daemons
  --json FILE      write every run to FILE
  --list           list the works
  --help`;

export interface BenchOptions {
  readonly scale: Scale;
  readonly rounds: number;
  readonly works: readonly Work[];
  readonly daemons: readonly Daemon[];
  readonly json: string | undefined;
  /** Works were chosen by name: every daemon that can does them. */
  readonly areWorksChosen: boolean;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

const FULL_SIZE = 1_000_000;
const QUICK_SIZE = 100_000;

/** @returns options, or a text to print instead of working @throws UsageError */
export function readOptions(argv: readonly string[]): BenchOptions | string {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        quick: { type: 'boolean' },
        rounds: { type: 'string' },
        size: { type: 'string' },
        works: { type: 'string' },
        daemons: { type: 'string' },
        json: { type: 'string' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return USAGE;
  if (values.list === true) return works.map(({ name, about }) => `${name.padEnd(24)}${about}`).join('\n');
  const isQuick = values.quick === true;
  const text = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
  return {
    scale: {
      size: positive('--size', text('size')) ?? (isQuick ? QUICK_SIZE : FULL_SIZE),
      isQuick,
      holdTimeSeconds: isQuick ? 3 : 9,
      giveUpSeconds: isQuick ? 20 : 300,
    },
    rounds: positive('--rounds', text('rounds')) ?? (isQuick ? 1 : 3),
    works: chosen('work', works, text('works')) ?? works.filter(({ quick }) => !isQuick || quick.length > 0),
    daemons: (chosen('daemon', daemons, text('daemons')) ?? daemons).filter(({ programs }) =>
      programs.every(isInstalled),
    ),
    json: text('json'),
    areWorksChosen: text('works') !== undefined,
  };
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`${option} needs a whole number of at least 1`);
  return value;
}

function chosen<T extends { readonly name: string }>(
  what: string,
  all: readonly T[],
  list: string | undefined,
): readonly T[] | undefined {
  if (list === undefined) return undefined;
  const found = new Set<T>();
  for (const word of list.split(',')) {
    const matching = all.filter(({ name }) =>
      word.endsWith('*') ? name.startsWith(word.slice(0, -1)) : name === word,
    );
    if (matching.length === 0)
      throw new UsageError(`no ${what} "${word}"; there are ${all.map(({ name }) => name).join(', ')}`);
    for (const one of matching) found.add(one);
  }
  return all.filter((one) => found.has(one));
}
