/** `crier decode`: what events say of messages, an UPDATE's body or NLRI given as hexadecimal. */
import { hostname } from 'node:os';
import type { CommandModule } from 'yargs';
import { Failure } from '../failure.js';

const DIALECTS = ['exabgp-4', 'exabgp-5'] as const;

interface Options {
  readonly hex: string[];
  readonly dialect: (typeof DIALECTS)[number];
  readonly text: boolean;
  readonly command: boolean;
  readonly asn4: boolean;
  readonly 'path-information': boolean;
  readonly nlri: boolean;
  readonly family: string | undefined;
}

export const command: CommandModule<object, Options> = {
  command: 'decode <hex..>',
  describe: 'print the event of a message given as hexadecimal',
  builder: (args) =>
    args
      .positional('hex', {
        type: 'string',
        array: true,
        demandOption: true,
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
      .check(({ nlri, family, text, command: asCommands }) => {
        if (nlri !== (family !== undefined)) throw new Error('--nlri and --family go together');
        if (asCommands && (text || nlri)) throw new Error('--command goes with neither --text nor --nlri');
        return true;
      })
      .example('crier decode --text 001602000000', ''),
  async handler(options) {
    const { DecodeFailure, decodeMessages, decodeNlri, readHex } = await import('../decode-hex.js');
    const { encoders } = await import('../../api/encoder/index.js');
    const { familyByName, families } = await import('../../wire/family/index.js');
    const { dialect, asn4 } = options;
    const pathInformation = options['path-information'];
    const daemon = { host: hostname(), pid: process.pid, ppid: process.ppid };
    const encoder = encoders[options.text ? 'text' : 'json'](dialect, daemon);
    const how = { asn4, pathInformation, dialect, form: options.command ? 'command' : 'event', encoder } as const;
    const family = options.family === undefined ? undefined : familyByName(options.family);
    if (options.nlri && family === undefined) {
      const names = families.map(({ name }) => name).join(', ');
      throw new Failure(`"${options.family}" is no address family: expected ${names}`);
    }
    const decode = (text: string, warn: (warning: string) => void): string => {
      const octets = readHex(text);
      if (family !== undefined) return decodeNlri(octets, family, how, options.text);
      const decoded = decodeMessages(octets, how);
      decoded.warnings.forEach(warn);
      return decoded.text;
    };
    const text = options.hex.join('');
    if (text === '-') {
      const { eachInputLine } = await import('../lines.js');
      await eachInputLine((line) => {
        try {
          return decode(line, () => undefined);
        } catch (error) {
          if (!(error instanceof DecodeFailure)) throw error;
          return `error: ${error.message}\n`;
        }
      });
      return;
    }
    try {
      process.stdout.write(decode(text, (warning) => process.stderr.write(`crier: ${warning}\n`)));
    } catch (error) {
      if (error instanceof DecodeFailure) throw new Failure(error.message);
      throw error;
    }
  },
};
