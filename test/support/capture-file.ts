/**
 * A capture file for an independent decoder, written from messages alone: each message is one packet of a TCP connection
 * of its own to port 179, so that nothing said in one matters for another. The file format is libpcap's, of raw IP packets.
 */
const LINKTYPE_RAW = 101;
const MAGIC = 0xa1b2c3d4;
const SNAP_LENGTH = 0xffff;
const IP_HEADER = 20;
const TCP_HEADER = 20;
const TCP = 6;
const BGP_PORT = 179;
const PUSH_ACK = 0x18;

/**
 * The octets of a capture file.
 * @param messages BGP messages with their markers; packet `n` of the file (from 1) has the one at `n - 1`
 */
export function captureFile(messages: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAP_LENGTH, 16);
  head.writeUInt32LE(LINKTYPE_RAW, 20);
  const parts = [head];
  for (const [index, message] of messages.entries()) {
    const length = IP_HEADER + TCP_HEADER + message.length;
    const record = Buffer.alloc(16);
    record.writeUInt32LE(index, 0);
    record.writeUInt32LE(length, 8);
    record.writeUInt32LE(length, 12);
    const packet = Buffer.alloc(IP_HEADER + TCP_HEADER);
    packet[0] = 0x45;
    packet.writeUInt16BE(length, 2);
    packet[8] = 64;
    packet[9] = TCP;
    packet.set([192, 0, 2, 1, 192, 0, 2, 2], 12);
    packet.writeUInt16BE(20_000 + index, IP_HEADER);
    packet.writeUInt16BE(BGP_PORT, IP_HEADER + 2);
    packet.writeUInt32BE(1, IP_HEADER + 4);
    packet.writeUInt32BE(1, IP_HEADER + 8);
    packet[IP_HEADER + 12] = (TCP_HEADER / 4) << 4;
    packet[IP_HEADER + 13] = PUSH_ACK;
    packet.writeUInt16BE(0xffff, IP_HEADER + 14);
    parts.push(record, packet, Buffer.from(message));
  }
  return Buffer.concat(parts);
}
