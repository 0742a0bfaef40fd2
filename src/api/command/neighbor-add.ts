/** `neighbor add {JSON}`, `peer create …`: a neighbor that the configuration does not have, until the daemon ends. */
import { CommandError, type Tokens } from '../../util/tokens.js';
import { CommandFailure, defineCommand, type LaterAnswer } from './types.js';

export const neighborAdd = defineCommand<unknown>({
  words: ['neighbor add'],
  usage: '<JSON: an entry of neighbors>',
  help: 'Adds a neighbor; it survives reloads, and the file wins for one that it names.',
  selector: 'none',
  parse(tokens) {
    const text = tokens.text.slice(tokens.offset);
    if (text.trim() === '') throw new CommandError('the JSON object of a neighbor expected', tokens.text.length + 1);
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const at = Number(/position (\d+)/.exec(error.message)?.[1] ?? text.length);
      throw new CommandError('the neighbor is not JSON', tokens.offset + at + 1);
    }
  },
  run: (json, { context }) => adding(() => context.addNeighbor(json)),
});

export const peerCreate = defineCommand<unknown>({
  words: ['peer create', 'create neighbor', 'neighbor create'],
  usage:
    '<ip> local-address <ip> local-as <asn> peer-as <asn> [router-id <ip>] [family-allowed <afi-safi/…>] ' +
    '[graceful-restart <seconds>] [group-updates true|false] [api <process>] …',
  help: 'Adds a neighbor, in ExaBGP 6 words.',
  selector: 'none',
  parse: (tokens) => parsePeer(tokens),
  run: (json, { context }) => adding(() => context.addNeighbor(json)),
});

function adding(add: () => Promise<void>): LaterAnswer {
  return {
    startsInTurn: false,
    start(completion) {
      void add().then(
        () => completion.done(),
        (error: unknown) => {
          if (!(error instanceof CommandFailure)) throw error;
          completion.fail(error.message);
        },
      );
      return () => undefined;
    },
  };
}

const MAX_AS = 0xffffffff;
const MAX_RESTART_SECONDS = 4095;

/** The words as an entry of `neighbors`. */
function parsePeer(tokens: Tokens): object {
  const peer: Record<string, unknown> = { remoteAddress: tokens.need('the address of the peer') };
  const processes: string[] = [];
  for (let word = tokens.next(); word !== undefined && word !== ';'; word = tokens.next()) {
    switch (word) {
      case 'local-address':
      case 'local-ip':
        peer.localAddress = tokens.need('an address');
        break;
      case 'local-as':
        peer.localAs = tokens.number('an AS number', MAX_AS);
        break;
      case 'peer-as':
        peer.peerAs = tokens.number('an AS number', MAX_AS);
        break;
      case 'router-id':
        peer.routerId = tokens.need('a router id');
        break;
      case 'family-allowed': {
        const value = tokens.need('families');
        if (value !== 'in-open') peer.families = value.split('/').map((family) => family.replace('-', ' '));
        break;
      }
      case 'graceful-restart':
        peer.capabilities = { gracefulRestart: { time: tokens.number('seconds', MAX_RESTART_SECONDS) } };
        break;
      case 'group-updates': {
        const value = tokens.need('true or false');
        if (value !== 'true' && value !== 'false') throw tokens.error(`true or false expected, not "${value}"`);
        peer.groupUpdates = value === 'true';
        break;
      }
      case 'api':
        processes.push(tokens.need('the name of a process'));
        break;
      default:
        throw tokens.error(`"${word}" is no option of a peer`);
    }
  }
  for (const [key, word] of [
    ['localAddress', 'local-address'],
    ['localAs', 'local-as'],
    ['peerAs', 'peer-as'],
  ] as const)
    if (peer[key] === undefined) throw new CommandError(`${word} is missing`, tokens.text.length + 1);
  if (processes.length > 0) peer.api = [{ processes }];
  return peer;
}
