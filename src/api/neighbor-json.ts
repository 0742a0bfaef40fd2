/** Neighbors as JSON: the objects of ExaBGP 6's `peer show` and `peer list`. */
import type { MessageCounters, Neighbor } from './context.js';
import { capabilityTable, familyTable, total } from './neighbor-text.js';

/** The object of one neighbor in `show neighbor json`. */
export function neighborObject(neighbor: Neighbor): object {
  const { config, negotiated } = neighbor;
  const table = capabilityTable(neighbor);
  const families = familyTable(neighbor);
  const addPath = Object.fromEntries(families.map(({ name, addPath: mode }) => [name, mode]));
  const offered = Object.fromEntries(table.map(([name, local]) => [name, local ? 1 : 0]));
  const agreed = Object.fromEntries(table.map(([name, , peer]) => [name, peer === true ? 1 : 0]));
  return {
    name: neighbor.name,
    description: config.description,
    state: neighbor.state === 'ESTABLISHED' ? 'up' : 'down',
    duration: Math.floor(neighbor.upSeconds ?? 0),
    fsm: neighbor.state,
    enabled: config.enabled,
    local: {
      capabilities: offered,
      families: config.families,
      'add-path': config.capabilities.addPath,
      address: neighbor.localAddress ?? null,
      as: neighbor.localAs ?? null,
      id: config.routerId,
      hold: config.holdTimeSeconds,
    },
    peer: {
      capabilities: agreed,
      families: families.filter(({ isUp }) => isUp === true).map(({ name }) => name),
      'add-path': addPath,
      address: neighbor.remoteAddress,
      as: neighbor.peerAs ?? null,
      id: negotiated === undefined ? null : Array.from(negotiated.peerRouterId).join('.'),
      hold: neighbor.peerHoldTimeSeconds ?? null,
    },
    messages: { sent: counted(neighbor.sent), received: counted(neighbor.received) },
    capabilities: table.filter(([, , peer]) => peer === true).map(([name]) => name),
    families: families.filter(({ isUp }) => isUp === true).map(({ name }) => name),
    'add-path': addPath,
    prefixes: { received: neighbor.adjIn?.size ?? null },
  };
}

function counted(counters: MessageCounters): object {
  const { open, notification, keepalive, update, refresh } = counters;
  return { open, notification, keepalive, update, refresh, total: total(counters) };
}

/** The object of one neighbor in `peer list`. */
export function neighborListObject(neighbor: Neighbor): object {
  return { 'peer-address': neighbor.remoteAddress, 'peer-as': neighbor.peerAs ?? null, state: neighbor.state };
}
