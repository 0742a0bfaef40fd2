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
      .parserConfiguration({ 'parse-positional-numbers': false, 'unknown-options-as-args': true })
      .example('crier ctl show neighbor summary', 'one command')
      .example('crier ctl - < routes.txt', 'many commands, a line each') as never,
  async handler({ words, socket, json }) {
    const { runControl } = await import('../control-session.js');
    process.exitCode = await runControl(words ?? [], { socket, json });
  },
};
