/**
 * Golden triples: a command, the message it becomes (without marker) on an internal session, and the message's event in
 * each frozen dialect, octet for octet. A changed line is a changed promise.
 */
import test from 'ava';
import { decodeToCommands, decodeToEvents } from '../../src/api/offline-decoder.js';
import { encodeCommand } from '../../src/cli/encode-line.js';
import { toHex } from '../../src/util/bytes.js';
import { messageOf, triples } from '../support/golden.js';

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
  const { command, hex, member = 'message' } = triple;
  const message = messageOf(triple);
  const encode = (line: string): string[] => encodeCommand(line, session).map((one) => toHex(one).slice(32));

  test(`${command}: the message`, (t) => {
    t.deepEqual(encode(command), [hex]);
  });
  for (const dialect of ['exabgp-4', 'exabgp-5'] as const) {
    test(`${command}: the event of ${dialect}`, (t) => {
      const daemon = { host: 'test', pid: 1, ppid: 2 };
      const event = decodeToEvents(message, context, { encoder: 'json', dialect, daemon, timeSeconds: 1.5 });
      t.true(event.endsWith(`"${member}": ${triple[dialect]} } }\n`), event);
      t.notThrows(() => JSON.parse(event));
    });
  }
  test(`${command}: the commands of the message make its routes again`, (t) => {
    const commands = decodeToCommands(message, context);
    t.true(commands.length > 0);
    if (commands.length === 1) t.deepEqual(encode(commands[0]!), [hex]);
  });
}
