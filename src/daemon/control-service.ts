import type { ApiContext } from '../api/context.js';
import type { CrierConfig } from '../config/root.js';
import type { Logger } from '../util/log.js';

export class ControlService {
  constructor(_context: ApiContext, _config: CrierConfig['control'], _log: Logger) {}
  async open(): Promise<void> {}
  async close(): Promise<void> {}
}
