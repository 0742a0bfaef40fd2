/** `version` in the frozen layouts, `show version` and `system version` with our own; `api version`. */
import { CommandFailure, defineCommand } from './types.js';

/** What a script for that ExaBGP expects to read. */
const FROZEN = { 'exabgp-4': 'exabgp 4.2.21', 'exabgp-5': 'exabgp 5.0.13' } as const;

export const version = defineCommand<string>({
  words: ['version', 'show version', 'system version'],
  usage: '',
  help: 'version: the ExaBGP whose layouts are spoken. show version, system version: our own.',
  selector: 'none',
  parse(tokens, spelling) {
    tokens.end();
    return spelling;
  },
  run(spelling, { context, requester, line, data }) {
    if (spelling === 'version') line(FROZEN[requester.dialect]);
    else if (spelling === 'show version') line(`crier ${context.version}`);
    else data(JSON.stringify({ version: context.version, application: 'crier' }));
  },
});

const API_VERSION = 4;

export const apiVersion = defineCommand<number | undefined>({
  words: ['api version', 'system api version'],
  usage: '[4]',
  help: 'Shows the version of the command language; the dialect is set in the configuration.',
  selector: 'none',
  parse(tokens) {
    const wanted = tokens.isAtEnd() ? undefined : tokens.number('a version', 6);
    tokens.end();
    return wanted;
  },
  run(wanted, { data }) {
    if (wanted !== undefined && wanted !== API_VERSION)
      throw new CommandFailure('the dialect is chosen in the configuration (dialect)');
    data(`{"api_version": ${API_VERSION}, "description": "text answers, JSON on request"}`);
  },
});
