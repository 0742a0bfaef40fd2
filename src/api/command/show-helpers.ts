/** `show helpers [json]`: running helper processes. */
import { defineCommand } from './types.js';

export const showHelpers = defineCommand<boolean>({
  words: ['show helpers'],
  usage: '[json]',
  help: 'Shows the helper processes that run.',
  selector: 'none',
  next: ['json'],
  parse(tokens) {
    const isJson = tokens.accept('json');
    tokens.end();
    return isJson;
  },
  run(isJson, call) {
    const helpers = call.context.helpers();
    if (isJson || call.isJson) {
      const objects = helpers.map(({ name, pid, config, ack }) => ({
        name,
        pid,
        encoder: config.encoder,
        dialect: config.dialect,
        ack,
        command: config.argv,
      }));
      call.data(JSON.stringify(objects));
      return;
    }
    call.line('Helper               Pid      Encoder Dialect    Ack      Command');
    for (const { name, pid, config, ack } of helpers) {
      const answers = ack === true ? 'on' : ack === false ? 'off' : ack;
      call.line(
        `${name.padEnd(20)} ${String(pid).padEnd(8)} ${config.encoder.padEnd(7)} ${config.dialect.padEnd(10)} ` +
          `${answers.padEnd(8)} ${config.argv.join(' ')}`,
      );
    }
  },
});

export const queueStatus = defineCommand<void>({
  words: ['queue-status', 'system queue-status'],
  usage: '',
  help: 'Shows what waits to be read by each helper, as JSON.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run(_, { context, data }) {
    const queues = context.helpers().map((helper) => [helper.name, { bytes: helper.queuedOctets ?? 0 }]);
    data(JSON.stringify(Object.fromEntries(queues)));
  },
});
