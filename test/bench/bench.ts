/**
 * The benchmark that anyone can run: `npm run bench -- --help`. crier and every installed peer do the same works in turn
 * over loopback; a run counts only if the peer holds exactly what was asked for. Prints a table, writes JSON.
 */
import { writeFileSync } from 'node:fs';
import { type BenchOptions, readOptions, USAGE, UsageError } from './options.js';
import { table } from './results.js';
import { Bench } from './run-bench.js';

async function main(options: BenchOptions): Promise<number> {
  const bench = new Bench(options);
  for (const [name, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(name, () => void bench.close().then(() => process.exit(status)));
  let hasFailed = false;
  try {
    const report = await bench.run((work, daemon, round, run) => {
      const isFailed = 'error' in run;
      hasFailed ||= isFailed;
      const outcome = isFailed ? `failed: ${run.error}` : `${run.seconds.toFixed(4)} s`;
      process.stderr.write(`${work.name} ${daemon.name} ${round}/${options.rounds}: ${outcome}\n`);
    });
    const { machine, versions } = report;
    console.log(`${machine.cores} × ${machine.cpu}, ${machine.memoryMb} MB, ${machine.system}, Node ${machine.node}`);
    console.log(`${Object.values(versions).join(', ')}; ${options.rounds} round(s)\n`);
    console.log(table(report.results));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 1)}\n`);
  } finally {
    await bench.close();
  }
  return hasFailed ? 1 : 0;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') console.log(options);
  else process.exitCode = await main(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
