/** `crier encode`: the messages of a command of the process API, as hexadecimal. */
import type { CommandModule } from 'yargs';
import { Failure } from '../failure.js';
import { asksForInput, eachInputLine } from '../lines.js';

const DIALECTS = ['exabgp-4', 'exabgp-5'] as const;
const PRIVATE_AS = 65533;
const MAX_AS = 0xffffffff;

interface Options {
  readonly words: string[] | undefined;
  readonly 'local-as': number;
  readonly 'peer-as': number;
  readonly asn4: boolean;
  readonly 'path-information': boolean;
  readonly 'group-updates': boolean;
  readonly dialect: (typeof DIALECTS)[number];
}

export const command: CommandModule<object, Options> = {
  command: 'encode [words..]',
  describe: 'print the UPDATE messages of a command as hexadecimal',
  builder: (args) =>
    args
      .positional('words', {
        type: 'string',
        array: true,
        describe: 'a command of the process API; - reads one a line from standard input',
      })
      .option('local-as', { type: 'number', default: PRIVATE_AS, describe: 'our AS number' })
      .option('peer-as', { type: 'number', default: PRIVATE_AS, describe: "the peer's AS number" })
      .option('asn4', { type: 'boolean', default: true, describe: 'four-octet AS numbers (--no-asn4: two octets)' })
      .option('path-information', { type: 'boolean', default: false, describe: 'ADD-PATH was negotiated' })
      .option('group-updates', {
        type: 'boolean',
        default: true,
        describe: 'routes share messages (--no-group-updates: one each)',
      })
      .option('dialect', {
        choices: DIALECTS,
        default: 'exabgp-5' as const,
        describe: 'exabgp-4 keeps communities in their order, exabgp-5 sorts them',
      })
      .check((given) => {
        if ((given.words ?? []).length === 0 && !asksForInput()) return 'a command is expected, or -';
        for (const as of [given['local-as'], given['peer-as']]) {
          if (!Number.isInteger(as) || Number(as) < 0 || Number(as) > MAX_AS) return `AS numbers are 0 to ${MAX_AS}`;
        }
        return true;
      })
      .example('crier encode announce route 192.0.2.1/32 next-hop 10.0.0.1', ''),
  async handler(options) {
    const { encodeCommand, refusalOf } = await import('../encode-line.js');
    const { toHex } = await import('../../util/bytes.js');
    const session = {
      localAs: options['local-as'],
      peerAs: options['peer-as'],
      asn4: options.asn4,
      pathInformation: options['path-information'],
      groupUpdates: options['group-updates'],
      dialect: options.dialect,
    };
    // JSON commands need zod, which text does not wait for.
    const textsOf = async (line: string): Promise<readonly string[]> => {
      if (!line.trimStart().startsWith('{')) return [line];
      const { readJsonCommand } = await import('../../api/json-command.js');
      return readJsonCommand(line, () => undefined).lines;
    };
    const encode = async (line: string, separator: string): Promise<string> =>
      (await textsOf(line))
        .flatMap((text) => encodeCommand(text, session))
        .map((message) => toHex(message).toUpperCase())
        .join(separator);
    const line = (options.words ?? []).join(' ');
    if (line === '') {
      await eachInputLine(async (each) => {
        try {
          return `${await encode(each, ' ')}\n`;
        } catch (error) {
          return `error: ${refusalOf(error)}\n`;
        }
      });
      return;
    }
    try {
      process.stdout.write(`${await encode(line, '\n')}\n`);
    } catch (error) {
      throw new Failure(refusalOf(error));
    }
  },
};
