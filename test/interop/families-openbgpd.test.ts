import { openbgpd } from './family-peer-openbgpd.js';
import { familySuite } from './family-suite.js';

familySuite(openbgpd);
