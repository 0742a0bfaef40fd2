/** Configurations of tests: a folder of files that goes when the test ends, and what loading it says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { ConfigError } from '../../src/config/errors.js';
import { loadConfig } from '../../src/config/load.js';
import type { CrierConfig } from '../../src/config/root.js';

/** @returns the path of a new folder with these files */
export function folderOf(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'crier-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Loads main.json5. @returns the configuration, or the problems, one a line, without the folder's name */
export function load(
  t: ExecutionContext,
  files: string | Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): CrierConfig | string {
  const folder = folderOf(t, typeof files === 'string' ? { 'main.json5': files } : files);
  try {
    return loadConfig(join(folder, 'main.json5'), { environment });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.replaceAll(`${folder}/`, '');
  }
}

/** Loads what must be good. */
export function loadGood(
  t: ExecutionContext,
  files: string | Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): CrierConfig {
  const result = load(t, files, environment);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

/** A file with one neighbor that has these options beside the required ones. */
export function withNeighbor(options: string, rest = ''): string {
  return `{routerId: "192.0.2.254", ${rest} neighbors: [\n{remoteAddress: "192.0.2.1", localAs: 65000, peerAs: 65001, ${options}}]}`;
}
