/** The daemons of the benchmark, crier first: the others are compared with it. */
import { bird } from './bird.js';
import { crier } from './crier.js';
import { exabgp } from './exabgp.js';
import { gobgp } from './gobgp.js';
import type { Daemon } from './types.js';

export const daemons: readonly Daemon[] = [crier, exabgp, gobgp, bird];
