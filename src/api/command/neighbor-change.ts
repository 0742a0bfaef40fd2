/** `neighbor delete|enable|disable <selector>`: neighbors at run time. */
import type { ApiContext, Neighbor } from '../context.js';
import { matchesSelector, parseSelectorText, type Selector } from '../selector.js';
import { CommandFailure, defineCommand } from './types.js';

const acts = {
  delete: (context: ApiContext, neighbor: Neighbor) => context.deleteNeighbor(neighbor),
  enable: (context: ApiContext, neighbor: Neighbor) => context.enableNeighbor(neighbor),
  disable: (context: ApiContext, neighbor: Neighbor) => context.disableNeighbor(neighbor),
} as const;

interface ChangeArguments {
  readonly act: keyof typeof acts;
  readonly selector: Selector;
}

export const neighborChange = defineCommand<ChangeArguments>({
  words: [
    'neighbor delete',
    'neighbor enable',
    'neighbor disable',
    'delete neighbor',
    'enable neighbor',
    'disable neighbor',
    'peer delete',
    'peer enable',
    'peer disable',
  ],
  usage: '<ip> [<key> <value> …]',
  help: 'Removes a neighbor, or lets its session come up, or ends it and keeps it down.',
  selector: 'none',
  parse(tokens, spelling) {
    const act = spelling.split(' ').find((word) => Object.hasOwn(acts, word)) as keyof typeof acts;
    return { act, selector: parseSelectorText(tokens) };
  },
  run({ act, selector }, { context, requester }) {
    const { process } = requester;
    const found = context
      .neighbors()
      .filter((neighbor) => process === undefined || neighbor.isReachedBy(process))
      .filter((neighbor) => matchesSelector(selector, neighbor));
    if (found.length === 0) throw new CommandFailure(`no neighbor matches ${selector.text}`);
    for (const neighbor of found) acts[act](context, neighbor);
  },
});
