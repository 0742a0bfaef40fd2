/** `capability { … }` -> `capabilities`, and the facts that only the whole neighbor can be written from. */
import { draftOf, ObjectDraft } from './draft.js';
import type { Facts } from './facts.js';
import type { MigrationContext } from './migration-context.js';
import { Mistake } from './mistake.js';
import type { Block, Statement } from './statements.js';
import { Values } from './values.js';

/** Capabilities that are on or off here as there: keyword -> members of `capabilities`. */
const SWITCHES: Readonly<Record<string, { readonly keys: readonly string[]; readonly bare: boolean }>> = {
  asn4: { keys: ['asn4'], bare: true },
  'extended-message': { keys: ['extendedMessage'], bare: true },
  'route-refresh': { keys: ['routeRefresh', 'enhancedRouteRefresh'], bare: true },
  aigp: { keys: ['aigp'], bare: true },
  'software-version': { keys: ['softwareVersion'], bare: false },
  'multi-session': { keys: ['multisession'], bare: true },
  operational: { keys: ['operational'], bare: true },
  'link-local-nexthop': { keys: ['linkLocalNextHop'], bare: true },
};
/** Those that do not exist here, with what that means. */
const MISSING: Readonly<Record<string, string>> = {
  'link-local-prefer': 'next hops are told as they were received, and nothing is forwarded',
};
const MAX_RESTART_SECONDS = 4095;

/** @param draft of the neighbor or template */
export function readCapabilities(
  section: Statement & { readonly block: Block },
  draft: ObjectDraft,
  context: MigrationContext,
): Facts {
  const capabilities = draft.part('capabilities', ObjectDraft, section.at, section.comments);
  let facts: Facts = {};
  for (const option of section.block.statements) {
    context.findings.attempt(() => {
      facts = { ...facts, ...readCapability(option, capabilities, context) };
    });
  }
  capabilities.end.push(...section.block.comments);
  if (capabilities.members.size === 0 && capabilities.end.length === 0) {
    draft.members.delete('capabilities');
    draft.end.push(...section.comments);
  }
  return facts;
}

function readCapability(option: Statement, draft: ObjectDraft, context: MigrationContext): Facts {
  const values = new Values(option);
  const { keyword, at, comments } = option;
  const known = SWITCHES[keyword];
  if (known !== undefined) {
    const isOn = values.bool(known.bare);
    known.keys.forEach((key, i) => {
      draft.set(key, draftOf(isOn, at), i === 0 ? comments : []);
    });
    if (keyword === 'multi-session' && isOn) {
      context.findings.warn('multi-session is offered, but one session carries all families', at);
    }
    return keyword === 'operational' ? { operational: isOn } : {};
  }
  const missing = MISSING[keyword];
  if (missing !== undefined) {
    if (values.bool(true)) context.findings.warn(`there is no capability "${keyword}" here: ${missing}`, at);
    draft.end.push(...comments);
    return {};
  }
  switch (keyword) {
    case 'graceful-restart':
      return readGracefulRestart(values, draft, context);
    case 'add-path': {
      const mode = values.choice(['disable', 'disabled', 'receive', 'send', 'send/receive']);
      draft.end.push(...comments);
      return { addPath: mode === 'disable' || mode === 'disabled' ? 'off' : mode };
    }
    case 'nexthop':
      draft.end.push(...comments);
      return { nextHop: values.bool(true) };
    default:
      throw new Mistake(`"${keyword}" is no capability`, at);
  }
}

/** Nothing and 0 stand for the hold time, which may be given elsewhere. */
function readGracefulRestart(values: Values, draft: ObjectDraft, context: MigrationContext): Facts {
  const { at, comments } = values.statement;
  if (values.isBare || values.peek() === '0') {
    draft.end.push(...comments);
    return { gracefulRestart: 'hold-time' };
  }
  if (/^\d/.test(values.peek() ?? '')) {
    const seconds = values.number(0, 65535);
    draft.set('gracefulRestart', draftOf({ time: restartSeconds(seconds, at, context) }, at), comments);
    return { gracefulRestart: seconds };
  }
  const isOn = values.bool(true);
  if (isOn) return { gracefulRestart: 'hold-time' };
  draft.set('gracefulRestart', draftOf(false, at), comments);
  return { gracefulRestart: 'off' };
}

/** The time has 12 bits (RFC 4724 section 3). */
export function restartSeconds(seconds: number, at: number, context: MigrationContext): number {
  if (seconds <= MAX_RESTART_SECONDS) return seconds;
  context.findings.warn(`a restart time has at most ${MAX_RESTART_SECONDS} seconds: ${MAX_RESTART_SECONDS} it is`, at);
  return MAX_RESTART_SECONDS;
}
