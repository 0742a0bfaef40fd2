/** The commands of a state, word for word as scripts and logs know them. Pure. */
import { type Network, printNetwork } from './networks.js';
import type { State } from './rise-fall.js';

/** What the lines are made of. */
export interface RouteOptions {
  readonly nextHop: string;
  readonly upMetric: number;
  readonly downMetric: number;
  readonly disabledMetric: number;
  readonly increase: number;
  /** Negative: not sent. */
  readonly localPreference: number;
  readonly community: string | undefined;
  readonly disabledCommunity: string | undefined;
  readonly extendedCommunity: string | undefined;
  readonly largeCommunity: string | undefined;
  readonly asPath: string | undefined;
  readonly upAsPath: string | undefined;
  readonly downAsPath: string | undefined;
  readonly disabledAsPath: string | undefined;
  readonly withdrawOnDown: boolean;
  /** 0: none. */
  readonly pathId: number;
  readonly neighbors: readonly string[];
}

/**
 * @param state EXIT: the check ends
 * @param networks in the order of their metrics
 * @returns commands without newline; none for states on the way
 */
export function routeLines(state: State | 'EXIT', networks: readonly Network[], options: RouteOptions): string[] {
  if (state !== 'UP' && state !== 'DOWN' && state !== 'DISABLED' && state !== 'EXIT') return [];
  const isAnnounced = state === 'UP' || (state !== 'EXIT' && !options.withdrawOnDown);
  const selector = options.neighbors.map((neighbor) => `neighbor ${neighbor}`).join(', ');
  const attributes = isAnnounced ? attributesOf(state, options) : undefined;
  return networks.map((network, i) => {
    const words = [
      ...(selector === '' ? [] : [selector]),
      `${isAnnounced ? 'announce' : 'withdraw'} route ${printNetwork(network)} next-hop ${options.nextHop}`,
    ];
    if (attributes !== undefined) words.push(`med ${attributes.metric + i * options.increase}`, ...attributes.words);
    if (options.pathId !== 0) words.push(`path-information ${options.pathId}`);
    return words.join(' ');
  });
}

function attributesOf(state: 'UP' | 'DOWN' | 'DISABLED', options: RouteOptions) {
  const byState = {
    UP: { metric: options.upMetric, asPath: options.upAsPath },
    DOWN: { metric: options.downMetric, asPath: options.downAsPath },
    DISABLED: { metric: options.disabledMetric, asPath: options.disabledAsPath },
  }[state];
  // "disabled-community" also stands in when the service is down.
  const community = state === 'UP' ? options.community : (options.disabledCommunity ?? options.community);
  const words: string[] = [];
  if (options.localPreference >= 0) words.push(`local-preference ${options.localPreference}`);
  const list = (keyword: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') words.push(`${keyword} [ ${value} ]`);
  };
  list('community', community);
  list('extended-community', options.extendedCommunity);
  list('large-community', options.largeCommunity);
  list('as-path', byState.asPath ?? options.asPath);
  return { metric: byState.metric, words };
}
