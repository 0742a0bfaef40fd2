/** `status`: the daemon's identity and the state of every session. */
import { neighborTitle } from '../neighbor-text.js';
import { defineCommand } from './types.js';

export const status = defineCommand<void>({
  words: ['status', 'daemon status'],
  usage: '',
  help: 'Shows version, process and session states as JSON.',
  selector: 'none',
  parse: (tokens) => tokens.end(),
  run(_, { context, data }) {
    const peers = context.neighbors().map((neighbor) => [neighborTitle(neighbor), neighbor.state]);
    data(
      JSON.stringify({
        version: context.version,
        uuid: context.uuid,
        pid: context.pid,
        uptime: Math.max(0, Math.round(Date.now() / 1000 - context.startedAt)),
        start_time: context.startedAt,
        peers: Object.fromEntries(peers),
      }),
    );
  },
});
