/** Networks as text and as a number with a length; their addresses. Own to this helper, which imports nothing of crier's. */
import { isIPv4, isIPv6 } from 'node:net';

export interface Network {
  /** First address. */
  readonly base: bigint;
  readonly length: number;
  readonly bits: 32 | 128;
}

/** Addresses of one network that are still announced one by one. */
const ADDRESSES_MAX = 65_536;

/** @param text `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1` … @throws Error with the reason */
export function parseNetwork(text: string): Network {
  const [address = '', lengthText, ...more] = text.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : undefined;
  if (bits === undefined || more.length > 0) throw new Error(`"${text}" is not an address or a network`);
  const length = lengthText === undefined ? bits : /^\d{1,3}$/.test(lengthText) ? Number(lengthText) : -1;
  if (length < 0 || length > bits) throw new Error(`"${text}": the length must be from 0 to ${bits}`);
  const base = bits === 32 ? parse4(address) : parse6(address);
  if (BigInt.asUintN(bits - length, base) !== 0n) throw new Error(`"${text}" has bits set behind its length`);
  return { base, length, bits };
}

function parse4(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parse6(text: string): bigint {
  const [head = '', tail] = canonical6(text).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** Shortest form in lower case, without a dotted quad (as URLs have it). */
function canonical6(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/** The address as text, without length. */
export function printAddress(base: bigint, bits: 32 | 128): string {
  const size = bits === 32 ? 8 : 16;
  const count = bits / size;
  const groups = Array.from({ length: count }, (_, i) =>
    BigInt.asUintN(size, base >> BigInt(size * (count - 1 - i))).toString(bits === 32 ? 10 : 16),
  );
  return bits === 32 ? groups.join('.') : canonical6(groups.join(':'));
}

/** `192.0.2.0/24`; always with length. */
export function printNetwork({ base, length, bits }: Network): string {
  return `${printAddress(base, bits)}/${length}`;
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback({ base, bits }: Network): boolean {
  return bits === 32 ? base >> 24n === 127n : base === 1n;
}

/** Every address as a network of its own, the first and the last too. @throws Error when they are too many */
export function addressesOf(network: Network): Network[] {
  const { base, length, bits } = network;
  if (bits - length > 16) throw new Error(`${printNetwork(network)} has more than ${ADDRESSES_MAX} addresses`);
  return Array.from({ length: 2 ** (bits - length) }, (_, i) => ({ base: base + BigInt(i), length: bits, bits }));
}
