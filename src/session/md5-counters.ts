/** What Linux counted of TCP segments with a wrong or missing MD5 signature (RFC 2385): a wrong key is silence otherwise. */
import { readFileSync } from 'node:fs';

const NAMES = ['TCPMD5NotFound', 'TCPMD5Unexpected', 'TCPMD5Failure'];

/**
 * @param netstat content of /proc/net/netstat: pairs of lines, names and values
 * @returns "TCPMD5Failure 3, TCPMD5NotFound 1", without those that are 0; empty when all are or the file is another
 */
export function md5CountersIn(netstat: string): string {
  const lines = netstat.split('\n');
  const at = lines.findIndex((line) => line.startsWith('TcpExt:'));
  const names = lines[at]?.split(' ') ?? [];
  const values = lines[at + 1]?.split(' ') ?? [];
  return NAMES.map((name) => ({ name, value: values[names.indexOf(name)] }))
    .filter(({ value }) => value !== undefined && value !== '0')
    .map(({ name, value }) => `${name} ${value}`)
    .join(', ');
}

/** @returns as `md5CountersIn`, of this machine (all sessions together) */
export function readMd5Counters(): string {
  try {
    return md5CountersIn(readFileSync('/proc/net/netstat', 'utf8'));
  } catch {
    return '';
  }
}
