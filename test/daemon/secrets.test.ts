import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { courseOf, pairOf, until } from './lab.js';

const SECRETS = ['Tr0ub4dor', 'correct-horse', 'battery-staple', 'aHVzaC1odXNo', 'hush-hush'];

const ALL = [
  'neighbor-changes',
  'negotiated',
  'fsm',
  'signal',
  'parsed',
  'packets',
  'consolidate',
  'open',
  'update',
  'notification',
  'keepalive',
  'refresh',
];
const ALL_SENT = ['parsed', 'packets', 'open', 'update', 'notification', 'keepalive', 'refresh'];

test.serial('keys are in no log line, listing, event, answer or error', async (t) => {
  const [key, second, third, base64, plain] = SECRETS as [string, string, string, string, string];
  const md5 = { md5: { password: key } };
  const { speaker, listener, helper, configuration } = await pairOf(
    t,
    {
      neighbor: { ...md5, api: [{ processes: ['record'], receive: ALL, send: ALL_SENT }] },
      top: { log: { level: 'debug' } },
    },
    { neighbor: md5, top: { log: { level: 'debug' } } },
  );
  if (/native sockets are missing/.test(speaker.log)) {
    t.pass('no MD5 here');
    return;
  }
  await until('up', () => courseOf(listener.told()).includes('up'));
  const answers: string[] = [];
  const ask = async (line: string): Promise<void> => {
    const { lines, reason } = await speaker.ask(line);
    answers.push(...lines, reason);
  };
  const file = join(speaker.folder, 'key');
  writeFileSync(file, `${second}\n`);
  const [neighbor] = configuration.neighbors;
  const other = { localAs: 65000, peerAs: 65001, routerId: '1.1.1.1' };
  // A key that is wrong from now on, one in a file, one in base64, and entries with mistakes beside their keys.
  speaker.configure({
    ...configuration,
    neighbors: [
      { ...neighbor, md5: { password: third } },
      { ...other, remoteAddress: '127.9.0.1', md5: { passwordFile: file } },
      { ...other, remoteAddress: '127.9.0.2', md5: { password: base64, base64: true } },
    ],
  });
  await ask('reload');
  await ask(
    `neighbor add ${JSON.stringify({ ...other, remoteAddress: '127.9.0.3', md5: { password: key }, holdTime: 'x' })}`,
  );
  await ask(
    `neighbor add ${JSON.stringify({ ...other, remoteAddress: '127.9.0.3', md5: { password: key, colour: 1 } })}`,
  );
  await ask(`neighbor add ${JSON.stringify({ ...other, remoteAddress: '127.9.0.3', md5: { password: key } })}`);
  await ask(`neighbor add {"remoteAddress": "127.9.0.4", "md5": {"password": "${key}"`);
  for (const layout of ['summary', 'extensive', 'configuration', 'json']) await ask(`show neighbor ${layout}`);
  for (const line of ['show neighbor', 'show helpers', 'show adj-rib out extensive', 'help', 'status']) await ask(line);
  const wrong = JSON.stringify({ ...other, remoteAddress: '127.9.0.5', md5: { password: plain, colour: 1 } });
  helper.say(`neighbor add ${wrong}`, `neighbor create ${wrong}`, `{"command": "neighbor add", "neighbor": ${wrong}}`);
  helper.say('show neighbor configuration', 'show neighbor extensive');
  speaker.configure({
    ...configuration,
    neighbors: [{ ...neighbor, md5: { password: second, base64: 'x' }, holdTime: -1 }],
  });
  await ask('reload');
  await until('answers', () => helper.answers.length >= 4);
  const everything = [speaker.log, listener.log, ...answers, ...helper.told, ...listener.told()].join('\n');
  t.true(answers.length > 20);
  for (const secret of [key, second, third, base64, plain]) {
    for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]) {
      t.false(
        everything.toLowerCase().includes(form.toLowerCase()),
        everything.split('\n').find((line) => line.includes(form)),
      );
    }
  }
});
