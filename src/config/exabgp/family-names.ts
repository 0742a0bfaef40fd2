/** Family words of ExaBGP's files -> the registry's names, and which families mean what there. */
import { families as known } from '../../wire/family/index.js';
import { Mistake } from './mistake.js';
import type { Statement } from './statements.js';
import type { Word } from './tokenizer.js';

const SAFIS: Readonly<Record<string, readonly string[]>> = {
  ipv4: ['unicast', 'multicast', 'nlri-mpls', 'mpls-vpn', 'rtc', 'mcast-vpn', 'flow', 'flow-vpn', 'mup', 'sr-policy'],
  ipv6: ['unicast', 'multicast', 'nlri-mpls', 'mpls-vpn', 'mcast-vpn', 'flow', 'flow-vpn', 'mup', 'sr-policy'],
  l2vpn: ['vpls', 'evpn'],
  'bgp-ls': ['bgp-ls', 'bgp-ls-vpn'],
};
const ALIASES: Readonly<Record<string, string>> = { 'labeled-unicast': 'nlri-mpls' };

/** Families that ExaBGP offers ADD-PATH for when it is not told which: those of prefixes. */
const ADD_PATH_SAFIS: readonly string[] = ['unicast', 'multicast', 'nlri-mpls', 'mpls-vpn'];

/** What no `family` block means: every family, of those that exist here, in ExaBGP's order. */
export function allFamilies(): string[] {
  const names = Object.entries(SAFIS).flatMap(([afi, safis]) => safis.map((safi) => `${afi} ${safi}`));
  return names.filter(isKnown);
}

export function isKnown(name: string): boolean {
  return known.some((family) => family.name === name);
}

export function mayHaveAddPath(name: string): boolean {
  const [afi, safi] = name.split(' ');
  return (afi === 'ipv4' || afi === 'ipv6') && ADD_PATH_SAFIS.includes(safi ?? '');
}

/**
 * The family that a statement begins with: its keyword is the AFI.
 * @returns its name, perhaps of a family that does not exist here, and the words behind it
 * @throws Mistake when ExaBGP knows no such family
 */
export function readFamily(statement: Statement): { name: string; rest: readonly Word[] } {
  const safis = SAFIS[statement.keyword];
  if (safis === undefined) {
    throw new Mistake(
      `"${statement.keyword}" is no address family: expected ${Object.keys(SAFIS).join(', ')}`,
      statement.at,
    );
  }
  const [word, ...rest] = statement.words;
  const safi = word === undefined ? '' : (ALIASES[word.text] ?? word.text);
  if (!safis.includes(safi)) {
    throw new Mistake(`"${statement.keyword}" needs one of ${safis.join(', ')} behind it`, word?.at ?? statement.at);
  }
  return { name: `${statement.keyword} ${safi}`, rest };
}
