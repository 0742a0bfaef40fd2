import { openbgpd } from './peer-openbgpd.js';
import { interopSuite } from './suite.js';

interopSuite(openbgpd);
