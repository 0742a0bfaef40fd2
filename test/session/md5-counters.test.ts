import test from 'ava';
import { md5CountersIn } from '../../src/session/md5-counters.js';

test('counters by name, zeros left out', (t) => {
  const text =
    'TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure Other\nTcpExt: 9 2 0 17 5\nIpExt: A\nIpExt: 1\n';
  t.is(md5CountersIn(text), 'TCPMD5NotFound 2, TCPMD5Failure 17');
});

test('a kernel without them, or another file', (t) => {
  t.is(md5CountersIn('TcpExt: A B\nTcpExt: 1 2\n'), '');
  t.is(md5CountersIn(''), '');
});
