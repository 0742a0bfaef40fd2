import { exabgp } from './peer-exabgp.js';
import { interopSuite } from './suite.js';

interopSuite(exabgp);
