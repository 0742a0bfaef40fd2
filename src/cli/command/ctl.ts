/** `crier ctl`: commands to the running daemon: one, a pipe full of them, or an interactive console. */
import type { CommandModule } from 'yargs';

interface Options {
  readonly words: string[] | undefined;
  readonly socket: string | undefined;
  readonly json: boolean;
}

export const command: CommandModule<object, Options> = {
  command: 'ctl [words..]',
  describe: 'send commands to the running daemon',
  builder: (args) =>
    args
      .positional('words', {
        type: 'string',
        array: true,
        describe: 'the command; "-" reads commands from standard input; without any: a console',
      })
      .option('socket', { type: 'string', describe: 'control socket of the daemon', normalize: true })
      .option('json', { type: 'boolean', default: false, describe: 'print answers as JSON' })
      .example('crier ctl show neighbor summary', 'one command')
      .example('crier ctl - < routes.txt', 'many commands, a line each'),
  async handler({ words, socket, json }) {
    const { runControl } = await import('../control-session.js');
    process.exitCode = await runControl(words ?? [], { socket, json });
  },
};

/**
 * Makes one word of the daemon's command, so that none of its words (`help`, `-1`) means anything to yargs. Options are
 * found wherever they stand: no command has a word that begins with two hyphens.
 */
export function prepareWords(words: readonly string[]): readonly string[] {
  const [name = 'ctl', ...rest] = words;
  const options: string[] = [];
  const line: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    if (word === '-h' || (word.startsWith('--') && word.length > 2)) {
      options.push(word);
      if (word === '--socket' && i + 1 < rest.length) options.push(rest[++i]!);
    } else line.push(word);
  }
  if (line.length === 0) return [name, ...options];
  return [name, ...options, line.length === 1 && line[0] === '-' ? '-' : ` ${line.join(' ')}`];
}
