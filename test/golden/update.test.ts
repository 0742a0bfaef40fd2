/**
 * Golden triples: a command, the message it becomes (without marker) on an internal session, and the message's event in
 * each frozen dialect, octet for octet. A changed line is a changed promise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { decodeToCommands, decodeToEvents } from '../../src/api/offline-decoder.js';
import { encodeCommand } from '../../src/cli/encode-line.js';
import { fromHex, toHex } from '../../src/util/bytes.js';
import type { Dialect } from '../../src/wire/family/types.js';

interface Triple extends Readonly<Record<Dialect, string>> {
  readonly command: string;
  readonly hex: string;
}

const FOLDER = 'test/golden';
const triples = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Triple[]);
const MARKER = 'ff'.repeat(16);
const session = {
  localAs: 65533,
  peerAs: 65533,
  asn4: true,
  pathInformation: false,
  groupUpdates: true,
  dialect: 'exabgp-4',
} as const;
const context = { asn4: true, addPath: false };

for (const triple of triples) {
  const { command, hex } = triple;
  const message = fromHex(MARKER + hex)!;
  const encode = (line: string): string[] => encodeCommand(line, session).map((one) => toHex(one).slice(32));

  test(`${command}: the message`, (t) => {
    t.deepEqual(encode(command), [hex]);
  });
  for (const dialect of ['exabgp-4', 'exabgp-5'] as const) {
    test(`${command}: the event of ${dialect}`, (t) => {
      const daemon = { host: 'test', pid: 1, ppid: 2 };
      const event = decodeToEvents(message, context, { encoder: 'json', dialect, daemon, timeSeconds: 1.5 });
      t.true(event.endsWith(`"message": ${triple[dialect]} } }\n`), event);
      t.notThrows(() => JSON.parse(event));
    });
  }
  test(`${command}: the commands of the message make its routes again`, (t) => {
    const commands = decodeToCommands(message, context);
    t.true(commands.length > 0);
    if (commands.length === 1) t.deepEqual(encode(commands[0]!), [hex]);
  });
}
