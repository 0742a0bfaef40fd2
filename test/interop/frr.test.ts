import { frr } from './peer-frr.js';
import { interopSuite } from './suite.js';

interopSuite(frr);
