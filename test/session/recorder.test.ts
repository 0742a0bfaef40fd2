/**
 * Records in test/session/replay/ are played against a peer on a clock that is moved by hand: what came in then comes in
 * now, and the same must go out at the same moment. The peer's options are those of the harness, or of the first line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { PeerConfig } from '../../src/session/peer-config.js';
import { type RecordedEvent, Recorder, readRecord } from '../../src/session/recorder.js';
import { fromHex } from '../../src/util/bytes.js';
import { KEEPALIVE } from '../../src/wire/keepalive.js';
import { bench, MemoryTransport } from './harness.js';

const FOLDER = 'test/session/replay';
const FIELD_MS = 100;

function untimed({ atMs: _, ...rest }: RecordedEvent): object {
  return rest;
}

/** Plays the inputs of a record. @returns what a recorder saw of it */
function replay(record: readonly RecordedEvent[], changes: Partial<PeerConfig>): RecordedEvent[] {
  const seen: string[] = [];
  const transports: MemoryTransport[] = [];
  const b = bench(changes);
  const recorder = new Recorder(b.clock, (line) => void seen.push(line));
  const factory = recorder.recording({
    connect(handler) {
      const transport = new MemoryTransport();
      transport.handler = handler;
      transports.push(transport);
      return transport;
    },
  });
  Object.assign(b.context, { transportsOf: () => factory });
  b.peer.start();
  while (b.scheduler.run());
  for (const line of record) {
    b.clock.advance(line.atMs - b.clock.nowMs());
    const transport = transports[line.connection - 1];
    switch (line.event) {
      case 'accept': {
        const accepted = new MemoryTransport();
        transports.push(accepted);
        b.peer.accept(recorder.accepted(accepted));
        break;
      }
      case 'connected':
        transport?.connected();
        break;
      case 'in':
        transport?.data(fromHex(line.hex)!);
        break;
      case 'closed':
        transport?.fail({ kind: line.kind, text: line.text });
        break;
    }
    while (b.scheduler.run());
  }
  return readRecord(seen.join('\n'));
}

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl'))) {
  test(`replay: ${name}`, (t: ExecutionContext) => {
    const [first = '{}', ...rest] = readFileSync(`${FOLDER}/${name}`, 'utf8').split('\n');
    const record = readRecord(rest.join('\n'));
    t.true(record.length > 0);
    const again = replay(record, JSON.parse(first) as Partial<PeerConfig>);
    t.deepEqual(again.map(untimed), record.map(untimed));
    for (const [index, { atMs }] of record.entries()) {
      // In the field a turn takes time; here it takes none.
      t.true(
        Math.abs(again[index]!.atMs - atMs) <= FIELD_MS,
        `line ${index + 2}: ${again[index]!.atMs} instead of ${atMs}`,
      );
    }
  });
}

test('a session that is recorded plays back as itself', (t) => {
  const lines: string[] = [];
  const b = bench({ holdTimeSeconds: 30 });
  const recorder = new Recorder(b.clock, (line) => void lines.push(line));
  const wires: MemoryTransport[] = [];
  const factory = recorder.recording({
    connect(handler) {
      const transport = new MemoryTransport();
      transport.handler = handler;
      wires.push(transport);
      return transport;
    },
  });
  Object.assign(b.context, { transportsOf: () => factory });
  b.peer.start();
  b.clock.advance(20);
  wires[0]!.connected();
  const open = Uint8Array.from(wires[0]!.take()[0]!);
  open.set([0xfd, 0xe9], 20);
  open[27] = 2;
  const asn4 = Buffer.from(open).indexOf(Buffer.from('4104', 'hex'));
  open.set([0, 0, 0xfd, 0xe9], asn4 + 2);
  wires[0]!.data(open);
  b.clock.advance(5);
  wires[0]!.data(KEEPALIVE);
  b.scheduler.run();
  b.clock.advance(60_000);
  b.scheduler.run();
  const record = readRecord(lines.join('\n'));
  t.true(record.some((line) => line.event === 'out' && line.hex.startsWith(`${'ff'.repeat(16)}0015030400`)));
  t.deepEqual(replay(record, { holdTimeSeconds: 30 }), record);
});
