/** Communities with names (IANA "BGP Well-known Communities"): text -> value and value -> the name it is printed with. */

interface WellKnown {
  readonly value: number;
  /** The name that is printed first, then others that are read. */
  readonly names: readonly [string, ...string[]];
  /** Printed by name. ExaBGP prints only the names that it reads; scripts look for numbers elsewhere. */
  readonly isPrinted: boolean;
}

const WELL_KNOWN: readonly WellKnown[] = [
  { value: 0xffffff01, names: ['no-export', 'no_export'], isPrinted: true }, // RFC 1997
  { value: 0xffffff02, names: ['no-advertise', 'no_advertise'], isPrinted: true }, // RFC 1997
  { value: 0xffffff03, names: ['no-export-subconfed', 'no_export_subconfed'], isPrinted: true }, // RFC 1997
  { value: 0xffffff04, names: ['no-peer', 'nopeer', 'no_peer'], isPrinted: true }, // RFC 3765
  { value: 0xffff029a, names: ['blackhole'], isPrinted: true }, // RFC 7999
  { value: 0xffff0000, names: ['graceful-shutdown', 'graceful_shutdown', 'gshut'], isPrinted: false }, // RFC 8326
  { value: 0xffff0001, names: ['accept-own', 'accept_own'], isPrinted: false }, // RFC 7611
  { value: 0xffff0002, names: ['route-filter-translated-v4', 'route_filter_translated_v4'], isPrinted: false },
  { value: 0xffff0003, names: ['route-filter-v4', 'route_filter_v4'], isPrinted: false },
  { value: 0xffff0004, names: ['route-filter-translated-v6', 'route_filter_translated_v6'], isPrinted: false },
  { value: 0xffff0005, names: ['route-filter-v6', 'route_filter_v6'], isPrinted: false },
  { value: 0xffff0006, names: ['llgr-stale', 'llgr_stale'], isPrinted: false }, // RFC 9494
  { value: 0xffff0007, names: ['no-llgr', 'no_llgr'], isPrinted: false }, // RFC 9494
  { value: 0xffff0008, names: ['accept-own-nexthop', 'accept_own_nexthop'], isPrinted: false },
  { value: 0xffff0009, names: ['standby-pe', 'standby_pe'], isPrinted: false }, // RFC 9026
];

const valueByName = new Map(WELL_KNOWN.flatMap(({ value, names }) => names.map((name) => [name, value])));
const nameByValue = new Map(
  WELL_KNOWN.flatMap(({ value, names, isPrinted }) => (isPrinted ? [[value, names[0]]] : [])),
);

/** @param name in lower case @returns the community, or undefined */
export function communityByName(name: string): number | undefined {
  return valueByName.get(name);
}

/** @returns the name a community is printed with, or undefined for one that is printed as numbers */
export function communityName(value: number): string | undefined {
  return nameByValue.get(value);
}
