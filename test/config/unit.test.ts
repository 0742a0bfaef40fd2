/** The systemd unit: what the daemon relies on stands in it. */
import { readFileSync } from 'node:fs';
import test from 'ava';

const lines = readFileSync('etc/crier.service', 'utf8').split('\n');

const says = test.macro((t, line: string) => {
  t.true(lines.includes(line), line);
});
test('readiness is told', says, 'Type=notify');
test('a reload is SIGHUP', says, 'ExecReload=/bin/kill -HUP $MAINPID');
test('runs the daemon in the foreground', says, 'ExecStart=/usr/bin/crier run /etc/crier/crier.json5');
test('helpers are ended by the daemon', says, 'KillMode=mixed');
test('the folder of the control socket', says, 'RuntimeDirectory=crier');
test('port 179, MD5 and devices', says, 'AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_ADMIN');
test('starts again', says, 'Restart=always');
test('no key twice, no value missing', (t) => {
  const settings = lines.filter((line) => line !== '' && !/^[#[]/.test(line));
  const keys = settings.map((line) => /^([A-Za-z]+)=\S/.exec(line)?.[1]);
  t.false(keys.includes(undefined));
  t.is(new Set(keys).size, keys.length);
});
