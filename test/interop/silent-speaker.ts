/**
 * A BGP speaker with nothing to say, for timing: accepts one session at an address, answers the OPEN, sends KEEPALIVEs
 * and prints the arrival time of every message as a line of JSON `{type, ms}`, on a monotonic clock.
 * Run as `node silent-speaker.js ADDRESS PORT AS HOLD_SECONDS`.
 */
import { createServer } from 'node:net';

const [address = '', port = '', as = '', hold = ''] = process.argv.slice(2);
const HEADER_LENGTH = 19;

function message(type: number, body: readonly number[] = []): Buffer {
  const length = HEADER_LENGTH + body.length;
  return Buffer.from([...new Array<number>(16).fill(0xff), length >> 8, length & 0xff, type, ...body]);
}

const open = message(1, [4, Number(as) >> 8, Number(as) & 0xff, 0, Number(hold), 10, 0, 0, 200, 0]);
const keepalive = message(4);

createServer((socket) => {
  socket.setNoDelay(true);
  let unread: Buffer = Buffer.alloc(0);
  const timer = setInterval(() => socket.write(keepalive), (Number(hold) * 1000) / 4);
  socket.on('data', (chunk) => {
    const ms = performance.now();
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= HEADER_LENGTH && unread.length >= unread.readUInt16BE(16)) {
      const type = unread[18] ?? 0;
      process.stdout.write(`${JSON.stringify({ type, ms })}\n`);
      if (type === 1) socket.write(Buffer.concat([open, keepalive]));
      unread = unread.subarray(unread.readUInt16BE(16));
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => clearInterval(timer));
}).listen(Number(port), address);
