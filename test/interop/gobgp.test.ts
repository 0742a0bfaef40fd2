import { gobgp } from './peer-gobgp.js';
import { interopSuite } from './suite.js';

interopSuite(gobgp);
