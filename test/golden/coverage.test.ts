/**
 * Nothing is without a golden triple: every entry of a registry (families, attributes, kinds of communities, route types,
 * components of flow rules, TLVs) stands in one. A new entry fails here until it has its own.
 */
import test from 'ava';
import { COMMUNITY_NAMES } from '../../src/wire/attribute/extended-community-text.js';
import { attributeByCode, attributes } from '../../src/wire/attribute/index.js';
import { IPV6_COMMUNITY_NAMES } from '../../src/wire/attribute/ipv6-extended-community-text.js';
import { eachPrefixSidTlv, PrefixSidTlv } from '../../src/wire/attribute/prefix-sid-tlv.js';
import { SEGMENT_WORDS } from '../../src/wire/attribute/segment-list.js';
import { SUB_TLV_WORDS } from '../../src/wire/attribute/tunnel-sub-tlv.js';
import { eachSubTlv, eachTunnel, SR_POLICY_TUNNEL, TUNNEL_TYPES } from '../../src/wire/attribute/tunnel-tlv.js';
import { findTlv } from '../../src/wire/attribute-set.js';
import { AttributeCode } from '../../src/wire/codes.js';
import { EvpnType } from '../../src/wire/family/evpn-route.js';
import { FLOW_ACTIONS, FLOW_SCOPES } from '../../src/wire/family/flow-action.js';
import { COMPONENTS } from '../../src/wire/family/flow-component.js';
import { families } from '../../src/wire/family/index.js';
import { MupType } from '../../src/wire/family/mup-route.js';
import { LS_ATTRIBUTE_TLVS } from '../../src/wire/link-state/attribute-json.js';
import { DescriptorTlv } from '../../src/wire/link-state/descriptors.js';
import { LsNlriType } from '../../src/wire/link-state/nlri-json.js';
import { eachLsTlv } from '../../src/wire/link-state/tlv.js';
import { bodyOf } from '../../src/wire/message.js';
import { eachNlri } from '../../src/wire/nlri.js';
import type { DecodedUpdate } from '../../src/wire/update.js';
import { decodeUpdate } from '../../src/wire/update-decoder.js';
import { messageOf, triples } from '../support/golden.js';
import { makeNegotiated } from '../support/negotiated.js';

const ALL = families.map(() => true);
const NEGOTIATED = makeNegotiated({ isExternal: false, aigp: true, extendedNextHop: ALL, multipleLabels: ALL });
const UPDATE = '02';

/** The messages as their receivers see them. */
const updates: readonly DecodedUpdate[] = triples
  .filter(({ hex }) => hex.slice(4, 6) === UPDATE)
  .map((triple) => decodeUpdate(bodyOf(messageOf(triple)), NEGOTIATED, 'verbatim'));
const commands = triples.map(({ command }) => command);

/** Names of what is expected and not found. */
function missing<Item>(expected: Iterable<Item>, isFound: (item: Item) => boolean): Item[] {
  return [...expected].filter((item) => !isFound(item));
}

/** Every NLRI of a family, announced or withdrawn. */
function nlriOf(name: string): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (const { announced, withdrawn } of updates) {
    for (const run of [...announced, ...withdrawn]) {
      if (run.family.name === name) eachNlri(run, (source, start, end) => out.push(source.slice(start, end)));
    }
  }
  return out;
}

function valuesOf(code: number): Uint8Array[] {
  return updates.flatMap(({ attributes: tlvs }) => (tlvs === undefined ? [] : (findTlv(tlvs, code) ?? [])));
}

/** The keyword, with a value behind it, somewhere. */
const isSaid = (word: string): boolean => commands.some((command) => ` ${command} `.includes(` ${word} `));

for (const kind of ['announced', 'withdrawn'] as const) {
  test(`every family is ${kind}`, (t) => {
    const seen = new Set(updates.flatMap((update) => update[kind].map(({ family }) => family.name)));
    t.deepEqual(
      missing(families, ({ name }) => seen.has(name)).map(({ name }) => name),
      [],
    );
  });
}

test('every attribute is there, and one that nobody knows', (t) => {
  /** Those of peers with two-octet AS numbers; NEXT_HOP and MP_* are no part of what is kept of a message. */
  const elsewhere: readonly number[] = [
    AttributeCode.as4Path,
    AttributeCode.as4Aggregator,
    AttributeCode.nextHop,
    AttributeCode.mpReachNlri,
    AttributeCode.mpUnreachNlri,
  ];
  const absent = missing(attributes, ({ code }) => elsewhere.includes(code) || valuesOf(code).length > 0);
  t.deepEqual(
    absent.map(({ rfcName }) => rfcName),
    [],
  );
  t.is(attributeByCode(0xf0), undefined);
  t.is(valuesOf(0xf0).length, 1);
});

test('every name of an extended community is said', (t) => {
  const isNamed = (name: string): boolean =>
    commands.some((command) => command.split(/[\s;]+/).some((word) => word === name || word.startsWith(`${name}:`)));
  t.deepEqual(missing(COMMUNITY_NAMES, isNamed), []);
  t.deepEqual(missing(IPV6_COMMUNITY_NAMES, isNamed), []);
});

test('every component, action and scope of flow rules is said, in both address families', (t) => {
  for (const afi of [1, 2] as const) {
    const rules = commands.filter((command) => command.startsWith(`announce ipv${afi === 1 ? 4 : 6} flow `));
    const names = COMPONENTS[afi].flatMap((component) => component?.name ?? []);
    t.deepEqual(
      missing(names, (name) => rules.some((rule) => rule.includes(` ${name} `))),
      [],
    );
  }
  t.deepEqual(
    missing([...FLOW_ACTIONS.keys(), ...FLOW_SCOPES.keys()], (word) =>
      commands.some((command) => command.split(/[\s;]+/).includes(word)),
    ),
    [],
  );
});

test('every route type of EVPN and of mobile user planes is there', (t) => {
  const evpn = new Set(nlriOf('l2vpn evpn').map((nlri) => nlri[0]!));
  t.deepEqual(
    missing(Object.values(EvpnType), (type) => evpn.has(type)),
    [],
  );
  const mup = new Set([...nlriOf('ipv4 mup'), ...nlriOf('ipv6 mup')].map((nlri) => nlri[2]!));
  t.deepEqual(
    missing(Object.values(MupType), (type) => mup.has(type)),
    [],
  );
});

test('every segment type, sub-TLV and some tunnel types are said', (t) => {
  t.deepEqual(missing(SEGMENT_WORDS, isSaid), []);
  t.deepEqual(missing(SUB_TLV_WORDS, isSaid), []);
  const tunnels = new Set<number>();
  const subTlvs = new Set<number>();
  for (const value of valuesOf(AttributeCode.tunnelEncapsulation)) {
    eachTunnel(value, (type, start, end) => {
      tunnels.add(type);
      eachSubTlv(value, start, end, (subType) => subTlvs.add(subType));
    });
  }
  t.true(tunnels.has(SR_POLICY_TUNNEL));
  t.true(tunnels.has(TUNNEL_TYPES.vxlan!));
  t.true(subTlvs.has(128));
});

test('every TLV of a prefix SID is there', (t) => {
  const types = new Set<number>();
  for (const value of valuesOf(AttributeCode.prefixSid)) {
    eachPrefixSidTlv(value, 0, value.length, (type) => types.add(type));
  }
  t.deepEqual(
    missing(Object.values(PrefixSidTlv), (type) => types.has(type)),
    [],
  );
});

test('every NLRI type, descriptor and TLV of link state is there', (t) => {
  const nlriTypes = new Set<number>();
  const descriptors = new Set<number>();
  for (const nlri of nlriOf('bgp-ls bgp-ls')) {
    nlriTypes.add((nlri[0]! << 8) | nlri[1]!);
    eachLsTlv(nlri, 4 + 9, nlri.length, (type) => descriptors.add(type));
  }
  const tlvs = new Set<number>();
  for (const value of valuesOf(AttributeCode.bgpLs)) eachLsTlv(value, 0, value.length, (type) => tlvs.add(type));
  t.deepEqual(
    missing(Object.values(LsNlriType), (type) => nlriTypes.has(type)),
    [],
  );
  t.deepEqual(
    missing(Object.values(DescriptorTlv), (type) => descriptors.has(type)),
    [],
  );
  t.deepEqual(
    missing(LS_ATTRIBUTE_TLVS, (type) => tlvs.has(type)),
    [],
  );
});
