/**
 * Loaded into the measured daemon before its program (`node --import`): notes in a file how long its event loop was busy
 * with one thing, since that is what delays KEEPALIVEs. Of the KEEPALIVEs themselves only the jitter of RFC 4271
 * section 10 can be seen from outside, which is larger. The processor time of the same stretch tells work from waiting
 * for a processor that others use.
 */
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { monotonicMs } from './monotonic.js';

const INTERVAL_MS = 10;
/** What is noted at all. */
const LEAST_MS = 5;

const file = process.env.CRIER_BENCH_LOOP_FILE;
if (file !== undefined && isMainThread) {
  let due = monotonicMs() + INTERVAL_MS;
  let before = process.cpuUsage();
  const timer = setInterval(() => {
    const now = monotonicMs();
    const late = now - due;
    due = now + INTERVAL_MS;
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    if (late >= LEAST_MS)
      appendFileSync(file, `${[now, late, (user + system) / 1000].map((ms) => ms.toFixed(1)).join(' ')}\n`);
  }, INTERVAL_MS);
  timer.unref();
}
