/** `help`: every command of the registry in ExaBGP's layout. Told also where answers are off. */
import { commands } from './index.js';
import { defineCommand } from './types.js';

const TITLE = 'available API commands are listed here:';

export const help = defineCommand<void>({
  words: ['help', 'system help'],
  usage: '',
  help: 'Lists the commands.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run(_, { line }) {
    line('');
    line(TITLE);
    line('='.repeat(TITLE.length));
    line('filter can be: [local-ip <ip>][local-as <asn>][peer-as <asn>][router-id <router-id>]');
    const lines = commands.flatMap(({ words, usage, selector }) => {
      const front = selector === 'none' ? '' : '[neighbor <ip> [filters]] ';
      return words.map((spelling) => `${front}${spelling}${usage === '' ? '' : ` ${usage}`}`);
    });
    for (const text of lines.sort()) line(text);
    line('');
    return 'always';
  },
});
