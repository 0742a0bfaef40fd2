import { frr } from './family-peer-frr.js';
import { familySuite } from './family-suite.js';

familySuite(frr);
