/**
 * The health-check helper: announces service addresses while a check succeeds. Runs as `crier healthcheck …` or by itself;
 * speaks only lines, so that it works below any daemon with this interface. Start-up in order: options, log, process id,
 * addresses, privileges, loop.
 */
import { realpathSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Addresses, type Placed } from './addresses.js';
import { Daemon } from './answers.js';
import { HealthCheck } from './health-check.js';
import { Journal } from './journal.js';
import { helpText, type Options, readOptions, UsageError } from './options.js';

/** How long an answer is waited for; the daemon answers at once unless answers are off. */
const ANSWER_TIMEOUT_MS = 3000;

/**
 * @param words the arguments behind `healthcheck`
 * @returns the exit status: 0 ended as asked, 1 failed, 2 wrong usage
 */
export async function main(words: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`crier healthcheck: ${error.message}\nTry --help.\n`);
    return 2;
  }
  if (options.isHelp) {
    process.stdout.write(helpText());
    return 0;
  }
  const journal = new Journal(options);
  try {
    return await runWith(options, journal);
  } catch (error) {
    journal.write('error', (error as Error).message);
    return 1;
  } finally {
    journal.close();
  }
}

async function runWith(options: Options, journal: Journal): Promise<number> {
  if (options.pidFile !== undefined) writeFileSync(options.pidFile, `${process.pid}\n`);
  const addresses = new Addresses(options, (message) => journal.write('error', message));
  const placed: Placed[] = options.networks.map(({ network, interfaceName }) => ({
    network,
    interfaceName: interfaceName ?? Addresses.loopback,
  }));
  if (placed.length === 0)
    for (const network of addresses.list()) placed.push({ network, interfaceName: Addresses.loopback });
  if (placed.length === 0) throw new Error('No IP found');
  if (options.ipSetup) addresses.add(placed);
  if (options.group !== undefined) process.setgid?.(idOrName(options.group));
  if (options.user !== undefined) process.setuid?.(idOrName(options.user));

  const isAwaited = options.isAcknowledged && !process.stdout.isTTY;
  const daemon = new Daemon(
    process.stdin,
    process.stdout,
    { isAwaited, timeoutMs: ANSWER_TIMEOUT_MS },
    (line, answer) => journal.write('warning', `the daemon refused "${line}": ${answer}`),
    () => check.abandon(),
  );
  const check = new HealthCheck(options, placed, addresses, daemon, journal);
  const end = (): void => check.end();
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    await check.run();
    return 0;
  } finally {
    for (const signal of signals) process.off(signal, end);
    if (isAwaited) daemon.close();
  }
}

function idOrName(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href)
  process.exitCode = await main(process.argv.slice(2));
