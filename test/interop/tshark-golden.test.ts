/**
 * Every golden message, announce and withdraw, seen by an independent decoder: tshark must find nothing malformed and
 * nothing to warn of, and must show the values that our own events have. What tshark cannot is in tshark-exceptions.ts.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { captureFile } from '../support/capture-file.js';
import { messageOf, type Triple, triples } from '../support/golden.js';
import { whenInstalled } from './availability.js';
import { tsharkExceptions } from './tshark-exceptions.js';

type Value = string | number | boolean | null | readonly Value[] | { readonly [member: string]: Value };
type Members = { readonly [member: string]: Value };
/** Something that must be in what tshark prints: where it comes from in the event, and how it may look. */
interface Wanted {
  readonly member: string;
  readonly looks: readonly string[];
}

/** Values of a flow component that are looked for: tshark cuts long lines. */
const MOST_ALTERNATIVES = 10;
const LABEL_BITS = 24;
const RD_BITS = 64;
/** What stands for the label of a withdrawal (RFC 8277 section 2.4). */
const WITHDRAWN_LABEL = 0x80000;

/** How tshark may print members of an NLRI; members that are not here are not looked for. */
const NLRI: Record<string, (value: Value, nlri: Members) => readonly string[]> = {
  nlri: (value, nlri) => {
    const [address = '', length = ''] = String(value).split('/');
    const labels = (nlri.label as readonly Value[] | undefined)?.length ?? 0;
    const bits = Number(length) + labels * LABEL_BITS + (nlri.rd === undefined ? 0 : RD_BITS);
    return [`${value}\n`, `Prefix Length: ${bits}\n(.*\n)*?.*prefix: ${address}\n`];
  },
  rd: (value) => {
    const [, administrator = '', number = ''] = /^(.*):(.*)$/.exec(String(value)) ?? [];
    return [
      `Route Distinguisher: ${value}\n`,
      `Route Distinguisher: [0-9a-f]{16} \\(${value}\\)\n`,
      `RD: ${value}\n`,
      `RD=${value}[ ,]`,
      `Administrator Subfield: ${administrator}\n *Assigned Number Subfield: (0x[0-9a-f]+ \\()?${number}\\)?\n`,
    ];
  },
  label: (value) => {
    const labels = (value as readonly (readonly number[])[]).filter(([label]) => label !== WITHDRAWN_LABEL);
    const stack = labels.map(([label]) => label).join(',');
    if (labels.length === 0) return ['\\(withdrawn\\)'];
    return [
      `Label Stack[:=] ?${stack} ?(\\(bottom\\)|,)`,
      ...labels.map(([label]) => `MPLS Label \\d: ${label}\n`),
      `VNI: ${labels[0]?.[1]}\n`,
    ];
  },
  esi: (value) => [`ESI: ${value === '-' ? '00(:00){9}' : value}\n`],
  'ethernet-tag': (value) => [`Ethernet Tag ID: ${value}\n`],
  mac: (value) => [`MAC Address: ${String(value).toLowerCase()}\n`],
  ip: (value) => [`IPv[46] address: ${value}\n`],
  iplen: (value) => [`IP prefix length: ${value}\n`],
  gateway: (value) => [`Gateway address: ${value}\n`],
  endpoint: (value) => [`CE-ID: ${value}\n`, `Endpoint: ${value}\n`],
  base: (value) => [`Label Block Base: ${value} `],
  offset: (value) => [`Label Block Offset: ${value}\n`],
  size: (value) => [`Label Block Size: ${value}\n`],
  distinguisher: (value) => [`Distinguisher: ${hex(value)}\n`],
  color: (value) => [`color: ${hex(value)}\n`],
  'source-as': (value) => [`Source AS: ${value}\n`],
  source: (value) => [`Source Address: ${value}\n`],
  group: (value) => [`Group Address: ${value}\n`],
  origin: (value) => [`Originating AS: ${value}\n`, 'Wildcard route target'],
  'route-target': (value) => [`Community Prefix: ${String(value).replace('target:', '')}\n`, 'Wildcard route target'],
  prefix_ip: (value) => [`${value}\n`],
  endpoint_ip: (value) => [`${value}\n`],
  'destination-ipv4': (value) => [`Destination prefix filter \\(${value}\\)`],
  'source-ipv4': (value) => [`Source prefix filter \\(${value}\\)`],
  'destination-ipv6': (value) => [`Destination prefix filter \\(${String(value).replace(/\/0$/, '')}\\)`],
  'source-ipv6': (value) => [`Source prefix filter \\(${String(value).replace(/\/0$/, '')}\\)`],
  port: (value) => [` Port filter \\(${filter(value)}`],
  'destination-port': (value) => [`Destination port filter \\(${filter(value)}`],
  'source-port': (value) => [`Source port filter \\(${filter(value)}`],
  'packet-length': (value) => [`Packet Length filter \\(${filter(value)}`],
};

/** How tshark may print attributes, by the text that the event has of each value. */
const ATTRIBUTES: Record<string, (value: Value) => readonly Wanted[]> = {
  origin: (value) => one('origin', `ORIGIN: ${String(value).toUpperCase()}\n`),
  med: (value) => one('med', `MULTI_EXIT_DISC: ${value}\n`),
  'local-preference': (value) => one('local-preference', `LOCAL_PREF: ${value}\n`),
  aggregator: (value) => one('aggregator', `AGGREGATOR: AS: ${String(value).replace(':', ' origin: ')}\n`),
  'originator-id': (value) => one('originator-id', `Originator identifier: ${value}\n`),
  'cluster-list': (value) => one('cluster-list', `CLUSTER_LIST: ${(value as string[]).join(' ')}\n`),
  aigp: (value) => one('aigp', `Accumulated IGP Metric: ${Number(value)}\n`),
  community: (value) =>
    (value as number[][]).flatMap(([high = 0, low = 0]) =>
      high === 0xffff ? [] : one('community', `Community: ${high}:${low} \n`),
    ),
  'large-community': (value) =>
    (value as number[][]).flatMap((parts) => one('large-community', `Large communities: ${parts.join(':')}\n`)),
  'as-path': (value) =>
    Object.values(value as Record<string, { value: number[] }>).flatMap((segment) =>
      one('as-path', `AS Path segment: [({[]?${segment.value.join(',? ')}[)}\\]]?\n`),
    ),
  'extended-community': (value) =>
    (value as { string: string }[]).flatMap(({ string }) => {
      const [, name = '', rest = ''] = /^([a-z-]+)[: ](.*)$/.exec(string) ?? [];
      return EXTENDED[name] === undefined ? [] : [{ member: name, looks: EXTENDED[name](rest) }];
    }),
  'bgp-prefix-sid': (value) => {
    const index = (value as Members)['sr-label-index'];
    return index === undefined ? [] : one('sr-label-index', `Label-Index: ${index} `);
  },
};

const EXTENDED: Record<string, (rest: string) => readonly string[]> = {
  // A 4-octet AS number is shown as `1.4464(70000)`.
  target: (rest) => [`Route Target: ${rest} `, `Route Target: \\d+\\.\\d+\\(${rest.replace(':', '\\):')} `],
  origin: (rest) => [`Route Origin: ${rest.replace(/:0\.0\.\d+\.\d+$/, '')}[: ]`],
  redirect: (rest) => [`redirect .*: RT ${rest} `],
  'mac-mobility': (rest) => [`Sequence number: ${rest}\n`],
  encap: (rest) => [`Encapsulation: ${rest} `],
  'rate-limit': (rest) => [`Rate shaper: ${rest}\n`],
  mup: () => ['\\bMUP\\b'],
};

function one(member: string, ...looks: string[]): readonly Wanted[] {
  return [{ member, looks }];
}

function hex(value: Value): string {
  return Number(value).toString(16).padStart(8, '0');
}

/** Values of a flow component: `[ ">1&<5", "=7" ]` is `>1 && <5 || =7`. */
function filter(value: Value): string {
  const alternatives = (value as string[])
    .slice(0, MOST_ALTERNATIVES)
    .map((all) => all.replaceAll('!=', '><').replaceAll('&', ' && '));
  return alternatives.join(' || ').replaceAll('|', '\\|');
}

/** What tshark must show of an event. */
function wantedOf(triple: Triple): Wanted[] {
  const { update } = JSON.parse(triple['exabgp-5']) as { update?: Record<string, Members> };
  if (update === undefined || triple.command.includes(' bgp-ls ')) return [];
  const wanted = Object.entries(update.attribute ?? {}).flatMap(([name, value]) => ATTRIBUTES[name]?.(value) ?? []);
  const ofNlri = (nlri: Members): void => {
    for (const [member, value] of Object.entries(nlri)) {
      const looks = NLRI[member];
      if (looks !== undefined) wanted.push({ member, looks: looks(value, nlri) });
    }
  };
  for (const hops of Object.values(update.announce ?? {})) {
    for (const [hop, nlris] of Object.entries(hops as Record<string, readonly Members[]>)) {
      if (hop !== 'no-nexthop') wanted.push(...one('next-hop', `Next hop: .*${hop}\n`));
      for (const nlri of nlris) ofNlri(nlri);
    }
  }
  for (const nlris of Object.values(update.withdraw ?? {}))
    for (const nlri of nlris as readonly Members[]) ofNlri(nlri);
  return wanted;
}

/** What is wrong with what tshark printed of one message, and how many values it showed. */
function check(triple: Triple, text: string, complaints: readonly string[]): { faults: string[]; shown: number } {
  const exceptions = tsharkExceptions.filter(({ commands }) => commands.test(triple.command));
  const faults = complaints.filter((complaint) => !exceptions.some(({ says }) => says?.test(complaint)));
  if (!text.includes('Border Gateway Protocol - ')) faults.push('no BGP message');
  const wanted = wantedOf(triple).filter(({ member }) => !exceptions.some(({ hides }) => hides?.includes(member)));
  for (const { member, looks } of wanted) {
    if (!looks.some((look) => new RegExp(look).test(text))) faults.push(`${member}: no ${looks.join(' or ')}`);
  }
  return { faults, shown: wanted.length };
}

whenInstalled('tshark on golden messages', ['tshark'], () => {
  test('tshark decodes all golden messages and shows their values', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'crier-golden-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'golden.pcap');
    writeFileSync(path, captureFile(triples.map(messageOf)));
    const tshark = async (...options: string[]): Promise<string> => {
      const argv = ['-n', '-r', path, ...options];
      return (await promisify(execFile)('tshark', argv, { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 })).stdout;
    };
    const complaints = new Map<number, string[]>();
    // Warnings and errors: a note is of what a message leaves out, which it may.
    const expert = ['_ws.expert.severity', '_ws.expert.message'].flatMap((field) => ['-e', field]);
    const options = ['-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=;', '-e', 'frame.number', ...expert];
    for (const line of (await tshark(...options)).trimEnd().split('\n')) {
      const [frame = '', severities = '', messages = ''] = line.split('\t');
      const said = messages.split(';');
      const bad = severities
        .split(';')
        .flatMap((severity, at) => (Number(severity) >= PI_WARN ? [said[at] ?? ''] : []));
      complaints.set(Number(frame), bad);
    }
    t.is(complaints.size, triples.length);
    const texts = (await tshark('-V')).split(/^(?=Frame \d+:)/m);
    t.is(texts.length, triples.length);
    const faults: string[] = [];
    let shown = 0;
    for (const [at, triple] of triples.entries()) {
      const text = texts[at] ?? '';
      const result = check(triple, text, complaints.get(at + 1) ?? []);
      shown += result.shown;
      if (result.faults.length === 0) continue;
      faults.push(triple.command, ...result.faults);
      t.log(text.slice(text.indexOf('Border Gateway Protocol')));
    }
    t.deepEqual(faults, []);
    t.log(`${triples.length} messages, ${shown} values`);
  });
});

/** `PI_WARN` of Wireshark's expert information; `PI_ERROR` is above. */
const PI_WARN = 0x600000;

for (const [at, { commands, reason }] of tsharkExceptions.entries()) {
  test(`exception ${at} for tshark is about some golden message: ${commands}`, (t) => {
    t.log(reason);
    t.true(triples.some(({ command }) => commands.test(command)));
  });
}
