import { gobgp } from './family-peer-gobgp.js';
import { familySuite } from './family-suite.js';

familySuite(gobgp);
