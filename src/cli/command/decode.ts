/** `crier decode`: what events say of messages, an UPDATE's body or NLRI given as hexadecimal. */
import { hostname } from 'node:os';
import type { CommandModule } from 'yargs';
import { Failure } from '../failure.js';
import { asksForInput, eachInputLine } from '../lines.js';

const DIALECTS = ['exabgp-4', 'exabgp-5'] as const;

interface Options {
  readonly hex: string[] | undefined;
  readonly dialect: (typeof DIALECTS)[number];
  readonly text: boolean;
  readonly command: boolean;
  readonly asn4: boolean;
  readonly 'path-information': boolean;
  readonly nlri: boolean;
  readonly family: string | undefined;
}

export const command: CommandModule<object, Options> = {
  command: 'decode [hex..]',
  describe: 'print the event of a message given as hexadecimal',
  builder: (args) =>
    args
      .positional('hex', {
        type: 'string',
        array: true,
        describe: 'a message or the body of an UPDATE; - reads one a line from standard input',
      })
      .option('dialect', { choices: DIALECTS, default: 'exabgp-4' as const, describe: 'form of the event' })
      .option('text', { type: 'boolean', default: false, describe: 'as the text encoder writes it' })
      .option('command', { type: 'boolean', default: false, describe: 'as commands of the process API' })
      .option('asn4', { type: 'boolean', default: true, describe: 'four-octet AS numbers (--no-asn4: two octets)' })
      .option('path-information', { type: 'boolean', default: false, describe: 'ADD-PATH was negotiated' })
      .option('nlri', {
        type: 'boolean',
        default: false,
        describe: 'the octets are NLRI of --family',
      })
      .option('family', { type: 'string', describe: "of the NLRI: 'ipv4 unicast'" })
      .check(({ hex, nlri, family, text, command: asCommands }) => {
        if ((hex ?? []).length === 0 && !asksForInput()) return 'hexadecimal is expected, or -';
        if (nlri !== (family !== undefined)) return '--nlri and --family go together';
        if (asCommands && (text || nlri)) return '--command goes with neither --text nor --nlri';
        return true;
      })
      .example('crier decode --text 001602000000', ''),
  async handler(options) {
    const { decodeNlri, decodeToCommands, decodeToEvents } = await import('../../api/offline-decoder.js');
    const { fromHex } = await import('../../util/bytes.js');
    const { NotificationError } = await import('../../wire/errors.js');
    const { familyByName, families } = await import('../../wire/family/index.js');
    const context = { asn4: options.asn4, addPath: options['path-information'] };
    const form = {
      encoder: options.text ? 'text' : 'json',
      dialect: options.dialect,
      daemon: { host: hostname(), pid: process.pid, ppid: process.ppid },
      timeSeconds: Date.now() / 1000,
    } as const;
    const family = options.family === undefined ? undefined : familyByName(options.family);
    if (options.nlri && family === undefined) {
      const names = families.map(({ name }) => name).join(', ');
      throw new Failure(`"${options.family}" is no address family: expected ${names}`);
    }
    /** Blanks, colons and a leading 0x mean nothing. */
    const decode = (text: string): string => {
      const octets = fromHex(text.replace(/[\s:]/g, '').replace(/^0x/i, ''));
      if (octets === undefined) throw new Failure('hexadecimal expected: an even number of digits');
      if (octets.length === 0) throw new Failure('nothing to decode');
      try {
        if (options.command) return linesOf(decodeToCommands(octets, context));
        if (family === undefined) return decodeToEvents(octets, context, form);
        const parts = decodeNlri(octets, family, context, form);
        return options.text || parts.length === 1 ? linesOf(parts) : `[ ${parts.join(', ')} ]\n`;
      } catch (error) {
        if (!(error instanceof NotificationError)) throw error;
        throw new Failure(`malformed, a session would end with ${error.code}/${error.subcode}: ${error.message}`);
      }
    };
    const text = (options.hex ?? []).join('');
    if (text !== '') {
      process.stdout.write(decode(text));
      return;
    }
    await eachInputLine((line) => {
      try {
        return decode(line);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return `error: ${error.message}\n`;
      }
    });
  },
};

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
