import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { commandProbe, httpProbe, type Probe, tcpProbe } from '../../../helpers/healthcheck/probe.js';

const never = new AbortController().signal;

async function isBad(t: ExecutionContext, probe: Probe, reason: RegExp, timeoutMs = 10_000): Promise<void> {
  const result = await probe(timeoutMs, never);
  t.false(result.isGood);
  t.regex(result.reason, reason);
}

test('a command that ends with 0', async (t) => {
  t.true((await commandProbe('test 1 = 1 && true')(10_000, never)).isGood);
});
test('a command that ends otherwise, with what it said', (t) =>
  isBad(t, commandProbe('echo why >&2; exit 3'), /status 3, its output: why/));
test('a command that a signal ends', (t) => isBad(t, commandProbe('kill -9 $$'), /signal SIGKILL/));
test('a command that says very much', (t) => isBad(t, commandProbe('yes | head -c 10000000; exit 1'), /status 1/));
test('a command that takes too long, with its children', async (t) => {
  const begin = Date.now();
  await isBad(t, commandProbe('sleep 60 & sleep 60; true'), /no result within 0.2 s/, 200);
  t.true(Date.now() - begin < 10_000);
});
test('what a command leaves in the background is not waited for', async (t) => {
  const begin = Date.now();
  t.true((await commandProbe('sleep 5 & true')(30_000, never)).isGood);
  t.true(Date.now() - begin < 4500);
});
test('a signal ends a check', async (t) => {
  const stop = new AbortController();
  const result = commandProbe('sleep 60')(0, stop.signal);
  stop.abort();
  t.false((await result).isGood);
});

test('TCP: accepted, refused', async (t) => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  t.true((await tcpProbe('127.0.0.1', port)(10_000, never)).isGood);
  await new Promise((resolve) => server.close(resolve));
  await isBad(t, tcpProbe('127.0.0.1', port), /no TCP connection: .*ECONNREFUSED/);
});

test('HTTP: status wanted, not wanted, none in time, refused', async (t) => {
  const server = createHttpServer((request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(request.url === '/good' ? 204 : 503).end('text');
  });
  t.teardown(() => server.closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const probe = (path: string) => httpProbe(new URL(path, base), (status) => status < 300);
  t.true((await probe('/good')(10_000, never)).isGood);
  await isBad(t, probe('/bad'), /HTTP status 503/);
  await isBad(t, probe('/silent'), /no result within 0.1 s/, 100);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await isBad(t, probe('/good'), /no HTTP answer/);
});
