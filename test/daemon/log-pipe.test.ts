import { join } from 'node:path';
import test from 'ava';
import { courseOf, pairOf, prefixesOf, until } from './lab.js';

/** Prints as much on stderr as the log takes of one helper in a while, then says so in a file. */
const NOISE = `
  line=$(head -c 1900 /dev/zero | tr '\\0' x)
  i=0
  while [ $i -lt 250 ]; do echo $line >&2; i=$((i+1)); done
  echo end > "$1"
  exec sleep 1000
`;
/** Together more than a pipe and what waits in front of it hold. */
const NOISY = ['a', 'b', 'c', 'd', 'e'];

test.serial('a log that nobody reads blocks nothing, and what is lost is counted', async (t) => {
  const { speaker, listener, helper, configuration } = await pairOf(t, { neighbor: { holdTime: 3 } });
  await until('up', () => courseOf(listener.told()).includes('up'));
  speaker.stopReadingLog();
  const noisy = NOISY.map((name) => [name, { run: ['/bin/sh', '-c', NOISE, 'noise', join(speaker.folder, name)] }]);
  const processes = { record: { run: helper.run }, ...Object.fromEntries(noisy) };
  speaker.configure({ ...configuration, processes });
  t.true((await speaker.ask('reload')).isDone);
  await until('the noise', () => NOISY.every((name) => speaker.told(name).length === 1));
  helper.say('announce route 10.0.0.0/24 next-hop self');
  await until('the route', () => prefixesOf(listener.told()).includes('10.0.0.0/24'));
  // Longer than the hold time.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  t.regex((await speaker.ask('show neighbor summary')).lines.join('\n'), /established/);
  t.true((await speaker.ask('reload')).isDone);
  t.false(courseOf(listener.told()).includes('down'));
  t.is(helper.pids.length, 1);
  speaker.readLog();
  await until('what was lost is told', () => {
    helper.say('nonsense');
    return /"lines":\d+,"msg":"log lines were lost"/.test(speaker.log);
  });
  speaker.stopReadingLog();
  speaker.signal('SIGTERM');
  t.is(await speaker.ended(), 0, 'and it ends all the same');
});
