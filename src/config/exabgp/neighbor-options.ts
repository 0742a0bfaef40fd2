/** The options of a neighbor or template: keyword -> what it becomes. One entry each; sections are in neighbor-section.ts. */
import { draftOf, ObjectDraft } from './draft.js';
import type { Facts } from './facts.js';
import { isKnown } from './family-names.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import type { Values } from './values.js';

/** Families whose routes ExaBGP packs into one UPDATE when it groups; all others get one each. */
export const GROUPED_FAMILIES: readonly string[] = ['ipv4 unicast', 'ipv4 mcast-vpn', 'ipv6 mcast-vpn'].filter(isKnown);

/** Writes the option into the draft, or into facts that are written later. */
type Option = (values: Values, draft: ObjectDraft, context: MigrationContext) => Facts | undefined;

const MAX_PORT = 65535;
const MAX_DESCRIPTION = 255;

/** Sets one member to what is read. */
function member(key: string, read: (values: Values) => unknown): Option {
  return (values, draft) => {
    draft.set(key, draftOf(read(values), values.statement.at), values.statement.comments);
    return undefined;
  };
}

/** A truth value; `bare` is what the keyword alone means, which is not always true. */
const flag = (key: string, bare: boolean): Option => member(key, (values) => values.bool(bare));

/** A member of an object. */
function inside(object: string, key: string, read: (values: Values) => unknown): Option {
  return (values, draft) => {
    const { at, comments } = values.statement;
    draft.part(object, ObjectDraft, at).set(key, draftOf(read(values), at), comments);
    return undefined;
  };
}

/** A fact; the comments stay with the neighbor. */
function fact(read: (values: Values) => Facts): Option {
  return (values, draft) => {
    draft.end.push(...values.statement.comments);
    return read(values);
  };
}

/** A number where it is one; the text of "auto" and of asdot stays. */
function asNumber(values: Values): string | number {
  const text = values.only('an AS number');
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

const ttl = (values: Values): number => values.number(1, 255);

const OPTIONS: Readonly<Record<string, Option>> = {
  description: (values, draft, context) => {
    const { at, comments } = values.statement;
    const text = values.text('a text');
    if (text.length > MAX_DESCRIPTION) context.findings.warn(`a description has ${MAX_DESCRIPTION} characters`, at);
    draft.set('description', draftOf(text.slice(0, MAX_DESCRIPTION), at), comments);
    return undefined;
  },
  'peer-address': member('remoteAddress', (values) => values.only('an address')),
  'local-address': (values, draft, context) => {
    member('localAddress', (each) => each.only('an address'))(values, draft, context);
    return { localAddress: String(draft.scalar('localAddress')) };
  },
  'local-as': member('localAs', asNumber),
  'peer-as': member('peerAs', asNumber),
  'router-id': member('routerId', (values) => values.only('an IPv4 address')),
  'host-name': (values, draft, context) => {
    member('hostName', (each) => each.only('a name'))(values, draft, context);
    return { hasHostName: true };
  },
  'domain-name': (values, draft, context) => {
    member('domainName', (each) => each.only('a name'))(values, draft, context);
    return { hasHostName: true };
  },
  'hold-time': (values, draft, context) => {
    member('holdTime', (each) => each.number(0, 65535))(values, draft, context);
    return { holdTimeSeconds: Number(draft.scalar('holdTime')) };
  },
  'rate-limit': member('rateLimit', (values) =>
    values.peek() === 'disable' || values.peek() === 'disabled' ? Number(values.bool(false)) : values.number(0, 1e6),
  ),
  passive: (values, draft, context) => {
    flag('passive', true)(values, draft, context);
    return { passive: draft.scalar('passive') === true };
  },
  connect: member('remotePort', (values) => values.number(1, MAX_PORT)),
  'outgoing-ttl': inside('ttl', 'outgoing', ttl),
  'incoming-ttl': inside('ttl', 'minimum', ttl),
  'md5-password': fact((values) => ({ md5Password: values.text('a password') })),
  'md5-base64': fact((values) => (values.peek() === 'auto' ? {} : { md5Base64: values.bool(false) })),
  'md5-ip': fact((values) => ({ md5Ip: values.only('an address') })),
  'group-updates': member('groupUpdates', (values) => (values.bool(true) ? GROUPED_FAMILIES : false)),
  'auto-flush': flag('autoFlush', true),
  'adj-rib-in': flag('adjRibIn', false),
  'adj-rib-out': flag('adjRibOut', false),
  'manual-eor': flag('manualEor', false),
  'source-interface': member('sourceInterface', (values) => values.only('the name of a network device')),
  'local-link-local': inside('nextHopSelf', 'linkLocal', (values) => values.only('a link-local address')),
};

/** Words of OPTIONS, and those that neighbor-section.ts reads itself. */
export const OPTION_KEYWORDS: readonly string[] = [...Object.keys(OPTIONS), 'inherit', 'listen'];

/** @throws Mistake when there is no such option, or its value is none */
export function readOption(values: Values, draft: ObjectDraft, context: MigrationContext): Facts {
  const option = OPTIONS[values.keyword];
  if (option === undefined) throw new Mistake(`"${values.keyword}" is no option of a neighbor`, values.statement.at);
  return option(values, draft, context) ?? {};
}
