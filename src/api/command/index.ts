/** The commands of the process API, one line each. */
import { acknowledge } from './acknowledge.js';
import { announce } from './announce.js';
import { clear } from './clear.js';
import { crash } from './crash.js';
import { debug } from './debug.js';
import { endOfRib } from './end-of-rib.js';
import { flush } from './flush.js';
import { groupEnd, groupStart, inlineGroup } from './group.js';
import { help } from './help.js';
import { neighborAdd, peerCreate } from './neighbor-add.js';
import { neighborChange } from './neighbor-change.js';
import { operational } from './operational.js';
import { bye, ping } from './ping.js';
import { ready } from './ready.js';
import { reload } from './reload.js';
import { reset } from './reset.js';
import { restart } from './restart.js';
import { routeRefresh } from './route-refresh.js';
import { routes } from './routes.js';
import { showAdjRib } from './show-adj-rib.js';
import { queueStatus, showHelpers } from './show-helpers.js';
import { peerList, showNeighbor } from './show-neighbor.js';
import { shutdown } from './shutdown.js';
import { status } from './status.js';
import { synchronize } from './synchronize.js';
import { teardown } from './teardown.js';
import type { Command } from './types.js';
import { apiVersion, version } from './version.js';
import { watchdog } from './watchdog.js';
import { withdraw } from './withdraw.js';

/** All commands. A line that begins with # is a comment, an empty one depends on the dialect: dispatch.ts. */
export const commands: readonly Command[] = [
  announce,
  withdraw,
  endOfRib,
  routeRefresh,
  watchdog,
  operational,
  inlineGroup,
  groupStart,
  groupEnd,
  routes,
  teardown,
  flush,
  clear,
  showNeighbor,
  peerList,
  showAdjRib,
  showHelpers,
  queueStatus,
  status,
  version,
  apiVersion,
  help,
  ping,
  bye,
  ready,
  debug,
  acknowledge,
  synchronize,
  reset,
  neighborAdd,
  peerCreate,
  neighborChange,
  reload,
  restart,
  shutdown,
  crash,
];
