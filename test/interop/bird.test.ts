import { bird } from './peer-bird.js';
import { interopSuite } from './suite.js';

interopSuite(bird);
