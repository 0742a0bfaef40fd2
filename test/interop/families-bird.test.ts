import { bird } from './family-peer-bird.js';
import { familySuite } from './family-suite.js';

familySuite(bird);
