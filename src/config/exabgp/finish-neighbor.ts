/**
 * The last step for each neighbor, when all that it inherits is known: capabilities that depend on families, the key,
 * listeners, and ExaBGP's own defaults where they differ from those of crier (the others stand in one template).
 */

import { restartSeconds } from './capability-section.js';
import { draftOf, ListDraft, ObjectDraft, ScalarDraft } from './draft.js';
import type { Facts, FamilyMention } from './facts.js';
import { allFamilies, isKnown, mayHaveAddPath } from './family-names.js';
import type { MigrationContext } from './migration-context.js';
import { allFacts, type NeighborBody } from './neighbor-section.js';

const DEFAULT_HOLD_SECONDS = 180;

/** The order of members, as the manual has them. */
const ORDER: readonly string[] = [
  'remoteAddress',
  'remotePort',
  'localAddress',
  'localAs',
  'peerAs',
  'routerId',
  'inherit',
  'description',
  'hostName',
  'domainName',
  'enabled',
  'passive',
  'holdTime',
  'openWait',
  'families',
  'capabilities',
  'md5',
  'ttl',
  'sourceInterface',
  'api',
  'adjRibIn',
  'adjRibOut',
  'groupUpdates',
  'autoFlush',
  'manualEor',
  'rateLimit',
  'nextHopSelf',
  'selfFromRouterId',
  'eorHold',
  'routes',
  'operational',
];

/** Writes what a template says by itself, as far as it does not depend on its neighbors. */
export function finishTemplate(body: NeighborBody): void {
  writeKey(body.draft, body.facts, body.at);
  body.draft.order(ORDER);
}

/**
 * @param body the neighbor; its draft is completed
 * @param remote address or range behind the word `neighbor`
 * @param defaults name of the template with ExaBGP's defaults
 */
export function finishNeighbor(body: NeighborBody, remote: string, defaults: string, context: MigrationContext): void {
  const { draft, at } = body;
  const facts = allFacts(body);
  if (!draft.members.has('remoteAddress')) draft.set('remoteAddress', draftOf(remote, at));
  prependInherit(draft, defaults, at);
  const families = facts.families ?? allFamilies();
  if (facts.families === undefined || families.length === 0) writeFamilies(draft, families, at);
  writeAddPath(draft, facts, families, at, context);
  writeNextHops(draft, facts, families, at, context);
  writeOperational(draft, facts, context);
  if (facts.gracefulRestart === 'hold-time') {
    const time = restartSeconds(facts.holdTimeSeconds ?? DEFAULT_HOLD_SECONDS, at, context);
    draft.part('capabilities', ObjectDraft, at).set('gracefulRestart', draftOf({ time }, at));
  }
  if (facts.hasHostName === true) draft.part('capabilities', ObjectDraft, at).set('hostname', draftOf(true, at));
  const isKeyOwn = ['md5Password', 'md5Base64', 'md5Ip'].some((key) => key in body.facts);
  if (isKeyOwn) writeKey(draft, facts, at);
  warnOfKey(facts, at, context);
  if (facts.needsTcpAo === true) draft.set('enabled', draftOf(false, at));
  if (facts.hasApi !== true) draft.set('api', draftOf({ processes: [] }, at));
  const address = String(draft.scalar('remoteAddress'));
  if (address.includes(':')) draft.set('selfFromRouterId', draftOf(true, at));
  writeListener(body, facts, address, context);
  draft.order(ORDER);
}

function prependInherit(draft: ObjectDraft, name: string, at: number): void {
  const own = draft.members.get('inherit');
  const list = new ListDraft(at);
  list.push(new ScalarDraft(name, at));
  if (own?.value instanceof ListDraft) for (const { value } of own.value.items) list.push(value);
  draft.set('inherit', list);
}

/** A neighbor whose families all do not exist here must still be written: it is disabled. */
function writeFamilies(draft: ObjectDraft, families: readonly string[], at: number): void {
  if (families.length === 0) draft.set('enabled', draftOf(false, at));
  draft.set('families', draftOf(families.length === 0 ? ['ipv4 unicast'] : families, at));
}

/** Capability and block together: the mode for the families of the block, else for all of prefixes. */
function writeAddPath(
  draft: ObjectDraft,
  facts: Facts,
  families: readonly string[],
  at: number,
  context: MigrationContext,
): void {
  if (facts.addPath === undefined || facts.addPath === 'off') return;
  const asked: readonly FamilyMention[] =
    facts.addPathFamilies ?? families.filter(mayHaveAddPath).map((name) => ({ name, at }));
  const modes: Record<string, string> = {};
  for (const mention of asked) {
    if (families.includes(mention.name)) modes[mention.name] = facts.addPath;
    else context.findings.warn(`add-path for "${mention.name}", which is not in "family": left out`, mention.at);
  }
  const capabilities = draft.part('capabilities', ObjectDraft, at);
  capabilities.set('addPath', draftOf(modes, at));
  if (facts.addPath === 'send') return;
  const limited = asked.filter(({ name, limit = 0 }) => name in modes && limit > 0);
  if (limited.length === 0) return;
  capabilities.set('pathsLimit', draftOf(Object.fromEntries(limited.map(({ name, limit }) => [name, limit])), at));
}

/** ExaBGP sends the messages of the section to peers that offer the capability, when it is offered to them. */
function writeOperational(draft: ObjectDraft, facts: Facts, context: MigrationContext): void {
  const lines = facts.operationalLines ?? [];
  const [first] = lines;
  if (first === undefined) return;
  if (facts.operational !== true) {
    context.findings.warn('operational messages without the capability "operational" are not sent: left out', first.at);
    return;
  }
  const list = new ListDraft(first.at);
  for (const { text, at } of lines) list.push(new ScalarDraft(text, at));
  draft.set('operational', list);
}

/** On when the block exists, unless the capability says no. */
function writeNextHops(
  draft: ObjectDraft,
  facts: Facts,
  families: readonly string[],
  at: number,
  context: MigrationContext,
): void {
  if (facts.nextHop === false || facts.nextHopFamilies === undefined) return;
  const names = new Set<string>();
  for (const { name, at: place } of facts.nextHopFamilies) {
    if (families.includes(name)) names.add(name);
    else if (isKnown(name)) context.findings.warn(`nexthop for "${name}", which is not in "family": left out`, place);
  }
  if (names.size === 0) return;
  draft.part('capabilities', ObjectDraft, at).set('extendedNextHop', draftOf([...names], at));
}

function writeKey(draft: ObjectDraft, facts: Facts, at: number): void {
  if (facts.md5Password === undefined) return;
  const { md5Password: password, md5Base64, md5Ip: ip } = facts;
  draft.set('md5', draftOf({ password, base64: md5Base64 === true ? true : undefined, ip }, at));
}

/** ExaBGP 4 guesses: what looks like base64 is taken for it when nothing is said. */
function warnOfKey(facts: Facts, at: number, context: MigrationContext): void {
  const { md5Password, md5Base64 } = facts;
  if (md5Password === undefined || md5Base64 !== undefined || md5Password.length % 4 !== 0) return;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(md5Password)) return;
  context.findings.warn(
    'the MD5 password is used as it is written; ExaBGP 4 decodes one like it from base64: then set md5-base64',
    at,
  );
}

/** A listener for `listen`, and for a passive neighbor that could never be reached without one. */
function writeListener(body: NeighborBody, facts: Facts, remote: string, context: MigrationContext): void {
  const wildcard = remote.includes(':') ? '::' : '0.0.0.0';
  const own = facts.localAddress === 'auto' ? undefined : facts.localAddress;
  const ports = [body, ...body.inherited].map(({ listenPort }) => listenPort);
  const port = ports.find((each) => each !== undefined);
  if (port !== undefined) context.listen(own ?? wildcard, port);
  const isPassive = facts.passive ?? context.settings.passive;
  if (!isPassive || context.isListening(remote, own)) return;
  context.findings.warn(
    `a passive neighbor and no listener (tcp.bind): ExaBGP would wait for ever; here ${own ?? wildcard} is listened on`,
    body.at,
  );
  context.listen(own ?? wildcard, context.settings.port);
}
