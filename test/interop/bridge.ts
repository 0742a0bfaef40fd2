/**
 * A helper process for the tests: joins its standard input and output to a Unix socket, so that the test itself says
 * and reads the lines. Run as `node bridge.js SOCKET`; ends when either side ends.
 */
import { connect } from 'node:net';

const socket = connect(process.argv[2] ?? '');
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
process.stdin.on('end', () => socket.end());
process.stdin.pipe(socket, { end: false });
socket.pipe(process.stdout);
