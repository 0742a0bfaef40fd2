/** All works in the order in which they are done. */
import { collectWorks } from './collect.js';
import { injectWorks } from './inject.js';
import { latencyWorks } from './latency.js';
import { processWorks } from './process.js';
import { tableWorks } from './table.js';
import type { Work } from './types.js';

export const works: readonly Work[] = [
  ...injectWorks,
  ...collectWorks,
  ...latencyWorks,
  ...tableWorks,
  ...processWorks,
];
