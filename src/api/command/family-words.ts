/** `<afi> <safi>` at the end of a command. */
import type { Tokens } from '../../util/tokens.js';
import { families, familyByName, familyIndex } from '../../wire/family/index.js';

/**
 * Reads the words of a family.
 * @returns its index in the registry
 * @throws CommandError
 */
export function parseFamily(tokens: Tokens): number {
  const afi = tokens.need('an address family, such as "ipv4 unicast"');
  const known = families.map((family) => family.name);
  if (!known.some((name) => name.startsWith(`${afi} `)))
    throw tokens.error(`"${afi}" begins no family: expected one of ${known.join(', ')}`);
  const safi = tokens.need('a SAFI');
  const family = familyByName(`${afi} ${safi}`);
  if (family === undefined) throw tokens.error(`"${afi} ${safi}" is no family: expected one of ${known.join(', ')}`);
  return familyIndex(family);
}
