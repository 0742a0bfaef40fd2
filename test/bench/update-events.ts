/**
 * How fast UPDATEs become lines: `node dist/test/bench/update-events.js [SECONDS]`. UPDATEs of 6 prefixes with 1,000
 * different attribute sets in turn. Rates are of processor time, garbage collection included.
 */

import type { EncoderName } from '../../src/api/encoder/index.js';
import { EncoderPool } from '../../src/api/encoder/pool.js';
import { decodeUpdate } from '../../src/wire/update-decoder.js';
import { negotiatedWith, neighbor, update } from '../api/encoder/samples.js';

const SETS = 1000;
const PREFIXES = 6;
const negotiated = negotiatedWith();
const seconds = Number(process.argv[2] ?? 2);

const messages = Array.from({ length: SETS }, (_, set) => {
  const med = set.toString(16).padStart(8, '0');
  const nlri = Array.from(
    { length: PREFIXES },
    (_, i) => `18${((set * PREFIXES + i) & 0xffffff).toString(16).padStart(6, '0')}`,
  );
  return update(
    '',
    `40010100 40020a 0202 0000fdeb 0000fe4c 4003047f000003 800404${med} c00808 fdeb0064 fdeb00c8`,
    nlri.join(''),
  ).message;
});

for (const name of ['json', 'text'] as const satisfies EncoderName[]) {
  const encoder = new EncoderPool({ host: 'vm', pid: 1, ppid: 1 }).get(name, 'exabgp-4');
  for (const isDecoded of [false, true]) {
    const decoded = messages.map((message) => decodeUpdate(message.subarray(19), negotiated));
    let octets = 0;
    let count = 0;
    const before = process.cpuUsage();
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      for (let i = 0; i < SETS; i++) {
        const one = isDecoded ? decodeUpdate(messages[i]!.subarray(19), negotiated) : decoded[i]!;
        encoder.writeUpdate(neighbor, 'receive', one, undefined);
        octets += encoder.wrapUpdate(count, Date.now() / 1000).length;
        count++;
      }
    }
    const { user, system } = process.cpuUsage(before);
    const rate = (count * PREFIXES) / ((user + system) / 1e6);
    const what = isDecoded ? 'decoded and written' : 'written';
    console.log(
      `${name} ${what}: ${(rate / 1e6).toFixed(2)} M prefixes a CPU second, ${Math.round(octets / count)} octets an UPDATE`,
    );
  }
}
