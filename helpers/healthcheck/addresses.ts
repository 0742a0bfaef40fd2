/**
 * Service addresses on interfaces, by ip(8): which there are, add, remove. Removed are only addresses that this process
 * added, or with --label those that carry it.
 */
import { spawnSync } from 'node:child_process';
import { addressesOf, isLoopback, type Network, parseNetwork, printNetwork } from './networks.js';

export interface AddressOptions {
  readonly sudo: boolean;
  readonly label: string | undefined;
  readonly isLabelExact: boolean;
}

/** A network and the interface its addresses are on. */
export interface Placed {
  readonly network: Network;
  readonly interfaceName: string;
}

const LOOPBACK = process.platform === 'linux' ? 'lo' : 'lo0';
/** ip(8) says so when the address is there already. */
const EXISTS = 2;

export class Addresses {
  private readonly added = new Set<string>();

  /** @param onFailed told what ip(8) could not do */
  constructor(
    private readonly options: AddressOptions,
    private readonly onFailed: (message: string) => void,
  ) {}

  static readonly loopback = LOOPBACK;

  /** Addresses of the interface as networks, loopback addresses and (with --label) others left out. */
  list(interfaceName = LOOPBACK): Network[] {
    const { label, isLabelExact } = this.options;
    const { stdout = '', status } = this.ip(['-o', 'address', 'show', 'dev', interfaceName]);
    if (status !== 0) return [];
    return stdout.split('\n').flatMap((line) => {
      const [, text] = /\binet6? ([0-9a-fA-F.:]+)(?:\/\d+)?\s/.exec(line) ?? [];
      if (text === undefined || /\bscope link\b/.test(line)) return [];
      const own = new RegExp(`\\s${interfaceName}:(\\S+)`).exec(line.slice(line.indexOf('inet')))?.[1];
      if (label !== undefined && !(isLabelExact ? own === label : own?.startsWith(label))) return [];
      const network = parseNetwork(text);
      return isLoopback(network) ? [] : [network];
    });
  }

  /** Adds each address that is missing. */
  add(placed: readonly Placed[]): void {
    for (const { network, interfaceName } of hosts(placed)) {
      const text = printNetwork(network);
      const { label } = this.options;
      const words = ['address', 'add', text, 'dev', interfaceName];
      // Labels are IPv4's.
      if (label !== undefined && network.bits === 32) words.push('label', `${interfaceName}:${label}`);
      const { status, stderr } = this.ip(words);
      if (status === 0) this.added.add(`${text}%${interfaceName}`);
      else if (status !== EXISTS) this.onFailed(`ip ${words.join(' ')}: ${(stderr ?? '').trim() || 'failed'}`);
    }
  }

  remove(placed: readonly Placed[]): void {
    const labelled =
      this.options.label === undefined ? [] : this.list().map((one) => `${printNetwork(one)}%${LOOPBACK}`);
    for (const { network, interfaceName } of hosts(placed)) {
      const text = printNetwork(network);
      if (!this.added.delete(`${text}%${interfaceName}`) && !labelled.includes(`${text}%${interfaceName}`)) continue;
      const { status, stderr } = this.ip(['address', 'delete', text, 'dev', interfaceName]);
      if (status !== 0) this.onFailed(`ip address delete ${text}: ${(stderr ?? '').trim() || 'failed'}`);
    }
  }

  private ip(words: readonly string[]) {
    const [program = 'ip', ...rest] = [...(this.options.sudo ? ['sudo'] : []), 'ip', ...words];
    return spawnSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

function hosts(placed: readonly Placed[]): Placed[] {
  return placed.flatMap(({ network, interfaceName }) =>
    addressesOf(network).map((address) => ({ network: address, interfaceName })),
  );
}
