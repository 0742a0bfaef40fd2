/**
 * The only file that knows koffi: what Node does not offer on Linux. Sockets with MD5 keys (RFC 2385), GTSM (RFC 5082),
 * DSCP and device set before the first packet; real pipes; sd_notify. Descriptors made here are close-on-exec and (the
 * sockets) non-blocking; nothing here waits. Arguments are checked before they reach the system, so that a wrong one is
 * an error and never a crash. Loaded on first use only; connecting, accepting and reading are left to node:net.
 */
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { parseIp } from './ip.js';
import { getSystemErrorMessage, getSystemErrorName } from './system-error.js';

/** Options that must be set before the first packet. */
export interface SocketOptions {
  readonly md5: { readonly key: Uint8Array; readonly address: string; readonly prefixLength?: number } | undefined;
  readonly ttlOutgoing: number | undefined;
  readonly ttlMinimum: number | undefined;
  readonly dscp: number | undefined;
  readonly device: string | undefined;
}

/** What the kernel says of a socket. */
export interface SocketState {
  readonly ttlOutgoing: number;
  /** 0: none asked for. */
  readonly ttlMinimum: number;
  readonly dscp: number;
  readonly device: string | undefined;
}

/** A native call failed: which one, and the system's error. */
export class NativeError extends Error {
  /** @param call the system call @param errno the system's number; 0 for an argument refused before the call */
  constructor(
    readonly call: string,
    readonly errno: number,
    message: string,
  ) {
    super(message);
    this.name = 'NativeError';
  }
}

/** Everything throws NativeError. Addresses are text; IPv6 link-local ones may carry a zone (`fe80::1%eth0`). */
export interface Native {
  /** An unconnected TCP socket with all options set. Hand it to `new net.Socket({ fd })` and connect in the same turn. */
  createTcpSocket(parameters: {
    readonly family: 4 | 6;
    readonly bind?: { readonly address: string; readonly port: number; readonly zone?: string } | undefined;
    readonly options: SocketOptions;
  }): number;
  /** A bound socket for `server.listen({ fd })`. Family from the address; IPv6 only on `::`. */
  createListenSocket(parameters: {
    readonly address: string;
    readonly port: number;
    readonly options: SocketOptions;
  }): number;
  /** Sets what is not undefined. */
  setSocketOptions(fd: number, options: SocketOptions): void;
  getSocketState(fd: number): SocketState;
  /** Sets the key for a peer (or a range of peers); undefined takes it away. On listeners too, before the peer connects. */
  setMd5Key(fd: number, peer: { address: string; prefixLength?: number }, key: Uint8Array | undefined): void;
  /** A pipe, of so many octets where the system allows it. Both ends block and are close-on-exec. */
  pipe(octets?: number): { read: number; write: number };
  /** Octets in a pipe that were not read yet; either end will do. */
  unreadOctets(fd: number): number;
  /** The descriptor is not passed to programs started later (or is). */
  setCloseOnExec(fd: number, isClosed?: boolean): void;
  close(fd: number): void;
  /** sd_notify(3): `READY=1` … @returns false when no service manager listens (NOTIFY_SOCKET is not set) */
  notify(state: string): boolean;
}

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const O_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SOL_IP = 0;
const SOL_TCP = 6;
const SOL_IPV6 = 41;
const SO_REUSEADDR = 2;
const SO_BINDTODEVICE = 25;
const SO_DOMAIN = 39;
const IP_TOS = 1;
const IP_TTL = 2;
const IP_MINTTL = 21;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IPV6_UNICAST_HOPS = 16;
const IPV6_V6ONLY = 26;
const IPV6_TCLASS = 67;
const IPV6_MINHOPCOUNT = 73;
const TCP_MD5SIG = 14;
const TCP_MD5SIG_EXT = 32;
const TCP_MD5SIG_FLAG_PREFIX = 1;
const MD5_KEY_MAX = 80;
const FIONREAD = 0x541b;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const F_SETPIPE_SZ = 1031;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const ENOENT = 2;
const ENOMEM = 12;
const DEVICE_NAME_MAX = 15;
const SOCKADDR_STORAGE = 128;
/** Architectures whose system headers hold the numbers above. */
const ARCHITECTURES = ['x64', 'arm64', 'arm', 'ia32', 'riscv64', 'loong64', 's390x', 'ppc64'];

const isLittle = endianness() === 'LE';
const putInt = (buffer: Buffer, value: number, at = 0): number =>
  isLittle ? buffer.writeInt32LE(value, at) : buffer.writeInt32BE(value, at);
const getInt = (buffer: Buffer, at = 0): number => (isLittle ? buffer.readInt32LE(at) : buffer.readInt32BE(at));
const putHost16 = (buffer: Buffer, value: number, at: number): number =>
  isLittle ? buffer.writeUInt16LE(value, at) : buffer.writeUInt16BE(value, at);

type Call = (...values: unknown[]) => number;

let loaded: { native: Native | undefined; why: string } | undefined;

/** @returns the native calls, or undefined where they cannot be had (`nativeMissing` says why) */
export function loadNative(): Native | undefined {
  if (loaded !== undefined) return loaded.native;
  if (process.platform !== 'linux' || !ARCHITECTURES.includes(process.arch)) {
    loaded = { native: undefined, why: `native sockets need Linux, this is ${process.platform} on ${process.arch}` };
  } else {
    try {
      loaded = { native: build(createRequire(import.meta.url)('koffi') as typeof import('koffi')), why: '' };
    } catch (error) {
      loaded = { native: undefined, why: `koffi does not load: ${(error as Error).message}` };
    }
  }
  return loaded.native;
}

/** Why `loadNative` gave nothing, for errors that name what needs it. */
export function nativeMissing(): string {
  loadNative();
  return loaded!.why;
}

function build(koffi: typeof import('koffi')): Native {
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int domain, int type, int protocol)') as Call;
  const bindCall = libc.func('int bind(int fd, const void *address, uint32_t length)') as Call;
  const setsockopt = libc.func(
    'int setsockopt(int fd, int level, int name, const void *value, uint32_t length)',
  ) as Call;
  const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)') as Call;
  const pipe2 = libc.func('int pipe2(void *ends, int flags)') as Call;
  const fcntl = libc.func('int fcntl(int fd, int command, ...)') as Call;
  const ioctl = libc.func('int ioctl(int fd, unsigned long request, ...)') as Call;
  const closeCall = libc.func('int close(int fd)') as Call;
  const ifNameToIndex = libc.func('uint32_t if_nametoindex(str name)') as Call;
  const sendto = libc.func(
    'intptr_t sendto(int fd, const void *data, size_t size, int flags, const void *address, uint32_t length)',
  ) as Call;

  const fail = (call: string, errno = koffi.errno()): NativeError => {
    const hint = errno === ENOMEM && call.includes('TCP_MD5SIG') ? ' (is the sysctl net.core.optmem_max too low?)' : '';
    return new NativeError(
      call,
      errno,
      `${call}: ${getSystemErrorName(errno)}, ${getSystemErrorMessage(errno)}${hint}`,
    );
  };
  const refuse = (call: string, message: string): NativeError => new NativeError(call, 0, `${call}: ${message}`);
  const whole = (call: string, what: string, value: unknown, min: number, max: number): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw refuse(call, `${what} must be a number from ${min} to ${max}`);
  };
  const checkFd = (call: string, fd: unknown): number => whole(call, 'descriptor', fd, 0, 0x7fffffff);
  const setRaw = (fd: number, level: number, name: number, value: Buffer, label: string): void => {
    if (setsockopt(fd, level, name, value, value.length) !== 0) throw fail(`setsockopt ${label}`);
  };
  const setInt = (fd: number, level: number, name: number, value: number, label: string): void => {
    const buffer = Buffer.alloc(4);
    putInt(buffer, value);
    setRaw(fd, level, name, buffer, label);
  };
  const getRaw = (fd: number, level: number, name: number, size: number, label: string): Buffer => {
    const value = Buffer.alloc(size);
    const length = Buffer.alloc(4);
    putInt(length, size);
    if (getsockopt(fd, level, name, value, length) !== 0) throw fail(`getsockopt ${label}`);
    return value.subarray(0, getInt(length));
  };
  const isIpv6Socket = (fd: number): boolean => getInt(getRaw(fd, SOL_SOCKET, SO_DOMAIN, 4, 'SO_DOMAIN')) === AF_INET6;

  const zoneIndex = (call: string, zone: string): number => {
    if (/^\d{1,9}$/.test(zone)) return Number(zone);
    const index = /^[^\0/\s]{1,15}$/.test(zone) ? ifNameToIndex(zone) : 0;
    if (index === 0) throw refuse(call, `no interface "${zone}"`);
    return index;
  };
  /** struct sockaddr_in or sockaddr_in6, in a buffer of the size of sockaddr_storage. */
  const socketAddress = (call: string, text: string, port: number, zone?: string) => {
    const [address = '', ownZone] = String(text).split('%', 2);
    const octets = parseIp(address);
    if (octets === undefined) throw refuse(call, `"${text}" is not an IP address`);
    const buffer = Buffer.alloc(SOCKADDR_STORAGE);
    putHost16(buffer, octets.length === 4 ? AF_INET : AF_INET6, 0);
    buffer.writeUInt16BE(whole(call, 'port', port, 0, 65535), 2);
    buffer.set(octets, octets.length === 4 ? 4 : 8);
    const scope = ownZone ?? zone;
    if (octets.length === 16 && scope !== undefined) putInt(buffer, zoneIndex(call, scope), 24);
    return { buffer, length: octets.length === 4 ? 16 : 28, isIpv6: octets.length === 16 };
  };

  /** Runs `act` on a new descriptor; closes it when that fails. */
  const opened = (fd: number, act: () => void): number => {
    try {
      act();
      return fd;
    } catch (error) {
      closeCall(fd);
      throw error;
    }
  };
  const newTcpSocket = (isIpv6: boolean): number => {
    const fd = socket(isIpv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) throw fail('socket');
    return fd;
  };

  const native: Native = {
    createTcpSocket({ family, bind, options }) {
      if (family !== 4 && family !== 6) throw refuse('socket', 'family must be 4 or 6');
      const local = bind && socketAddress('bind', bind.address, bind.port, bind.zone);
      if (local !== undefined && local.isIpv6 !== (family === 6))
        throw refuse('bind', `"${bind!.address}" is not IPv${family}`);
      const fd = newTcpSocket(family === 6);
      return opened(fd, () => {
        native.setSocketOptions(fd, options);
        if (local === undefined) return;
        if (bind!.port !== 0) setInt(fd, SOL_SOCKET, SO_REUSEADDR, 1, 'SO_REUSEADDR');
        // With no port asked for, one is chosen at connect: ports are then shared between remote addresses.
        else {
          const one = Buffer.alloc(4);
          putInt(one, 1);
          setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, one, 4);
        }
        if (bindCall(fd, local.buffer, local.length) !== 0) throw fail(`bind ${bind!.address}`);
      });
    },

    createListenSocket({ address, port, options }) {
      const local = socketAddress('bind', address, port);
      const fd = newTcpSocket(local.isIpv6);
      return opened(fd, () => {
        setInt(fd, SOL_SOCKET, SO_REUSEADDR, 1, 'SO_REUSEADDR');
        if (local.isIpv6) setInt(fd, SOL_IPV6, IPV6_V6ONLY, 1, 'IPV6_V6ONLY');
        native.setSocketOptions(fd, options);
        if (bindCall(fd, local.buffer, local.length) !== 0) throw fail(`bind ${address} port ${port}`);
      });
    },

    setSocketOptions(fd, options) {
      checkFd('setsockopt', fd);
      const isIpv6 = isIpv6Socket(fd);
      const { md5, ttlOutgoing, ttlMinimum, dscp, device } = options;
      if (device !== undefined) {
        const name = Buffer.from(device);
        if (name.length === 0 || name.length > DEVICE_NAME_MAX || name.includes(0))
          throw refuse('setsockopt SO_BINDTODEVICE', `"${device}" is not the name of an interface`);
        setRaw(fd, SOL_SOCKET, SO_BINDTODEVICE, Buffer.concat([name, Buffer.alloc(1)]), `SO_BINDTODEVICE ${device}`);
      }
      if (md5 !== undefined) native.setMd5Key(fd, md5, md5.key);
      if (ttlOutgoing !== undefined) {
        const value = whole('setsockopt', 'TTL', ttlOutgoing, 1, 255);
        if (isIpv6) setInt(fd, SOL_IPV6, IPV6_UNICAST_HOPS, value, 'IPV6_UNICAST_HOPS');
        else setInt(fd, SOL_IP, IP_TTL, value, 'IP_TTL');
      }
      if (ttlMinimum !== undefined) {
        const value = whole('setsockopt', 'minimum TTL', ttlMinimum, 0, 255);
        if (isIpv6) setInt(fd, SOL_IPV6, IPV6_MINHOPCOUNT, value, 'IPV6_MINHOPCOUNT');
        else setInt(fd, SOL_IP, IP_MINTTL, value, 'IP_MINTTL');
      }
      if (dscp !== undefined) {
        // DSCP is the upper six bits of the octet (RFC 2474, section 3).
        const value = whole('setsockopt', 'DSCP', dscp, 0, 63) << 2;
        if (isIpv6) setInt(fd, SOL_IPV6, IPV6_TCLASS, value, 'IPV6_TCLASS');
        else setInt(fd, SOL_IP, IP_TOS, value, 'IP_TOS');
      }
    },

    getSocketState(fd) {
      checkFd('getsockopt', fd);
      const isIpv6 = isIpv6Socket(fd);
      const int = (v4: number, v6: number, label: string): number =>
        getInt(getRaw(fd, isIpv6 ? SOL_IPV6 : SOL_IP, isIpv6 ? v6 : v4, 4, label));
      const name = getRaw(fd, SOL_SOCKET, SO_BINDTODEVICE, 16, 'SO_BINDTODEVICE');
      const end = name.indexOf(0);
      return {
        ttlOutgoing: int(IP_TTL, IPV6_UNICAST_HOPS, 'IP_TTL'),
        ttlMinimum: int(IP_MINTTL, IPV6_MINHOPCOUNT, 'IP_MINTTL'),
        dscp: int(IP_TOS, IPV6_TCLASS, 'IP_TOS') >>> 2,
        device: end === 0 || name.length === 0 ? undefined : name.toString('utf8', 0, end < 0 ? name.length : end),
      };
    },

    setMd5Key(fd, { address, prefixLength }, key) {
      // struct tcp_md5sig: sockaddr_storage, flags, prefix length, key length (16 bits), interface, key of 80 octets.
      const call = prefixLength === undefined ? 'setsockopt TCP_MD5SIG' : 'setsockopt TCP_MD5SIG_EXT';
      checkFd(call, fd);
      const peer = socketAddress(call, address, 0);
      if (key !== undefined && (key.length < 1 || key.length > MD5_KEY_MAX))
        throw refuse(call, `a key has 1 to ${MD5_KEY_MAX} octets, this one has ${key.length}`);
      const value = Buffer.alloc(SOCKADDR_STORAGE + 8 + MD5_KEY_MAX);
      value.set(peer.buffer);
      if (prefixLength !== undefined) {
        value[SOCKADDR_STORAGE] = TCP_MD5SIG_FLAG_PREFIX;
        value[SOCKADDR_STORAGE + 1] = whole(call, 'prefix length', prefixLength, 0, peer.isIpv6 ? 128 : 32);
      }
      putHost16(value, key?.length ?? 0, SOCKADDR_STORAGE + 2);
      if (key !== undefined) value.set(key, SOCKADDR_STORAGE + 8);
      const result = setsockopt(
        fd,
        SOL_TCP,
        prefixLength === undefined ? TCP_MD5SIG : TCP_MD5SIG_EXT,
        value,
        value.length,
      );
      const errno = koffi.errno();
      value.fill(0);
      // Taking away a key that is not there is fine.
      if (result !== 0 && !(key === undefined && errno === ENOENT)) throw fail(call, errno);
    },

    pipe(octets) {
      const ends = Buffer.alloc(8);
      if (pipe2(ends, O_CLOEXEC) !== 0) throw fail('pipe2');
      const read = getInt(ends, 0);
      const write = getInt(ends, 4);
      // Refused above fs.pipe-max-size or the user's share: the usual 64 KiB does too.
      if (octets !== undefined) fcntl(write, F_SETPIPE_SZ, 'int', whole('fcntl', 'size', octets, 0, 0x7fffffff));
      return { read, write };
    },

    unreadOctets(fd) {
      const count = Buffer.alloc(4);
      if (ioctl(checkFd('ioctl', fd), FIONREAD, 'void *', count) !== 0) throw fail('ioctl FIONREAD');
      return getInt(count);
    },

    setCloseOnExec(fd, isClosed = true) {
      if (fcntl(checkFd('fcntl', fd), F_SETFD, 'int', isClosed ? FD_CLOEXEC : 0) !== 0) throw fail('fcntl F_SETFD');
    },

    close(fd) {
      if (closeCall(checkFd('close', fd)) !== 0) throw fail('close');
    },

    notify(state) {
      const target = process.env.NOTIFY_SOCKET;
      if (target === undefined || target === '') return false;
      const path = Buffer.from(target);
      if ((path[0] !== 0x2f && path[0] !== 0x40) || path.length > 107)
        throw refuse('sendto', 'NOTIFY_SOCKET must be an absolute path or "@" and a name, of 107 octets at most');
      // An abstract name begins with a zero octet and has no end mark; a path has one.
      if (path[0] === 0x40) path[0] = 0;
      const address = Buffer.alloc(2 + path.length + (path[0] === 0 ? 0 : 1));
      putHost16(address, AF_UNIX, 0);
      address.set(path, 2);
      const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      if (fd < 0) throw fail('socket');
      const data = Buffer.from(state);
      const sent = sendto(fd, data, data.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length);
      const errno = koffi.errno();
      closeCall(fd);
      if (sent < 0) throw fail(`sendto ${target}`, errno);
      return true;
    },
  };
  return native;
}
