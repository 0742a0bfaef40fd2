/**
 * Whether the programs and rights that an interop test needs are here. Where they are not, its tests are skipped and the
 * report says why; with CRIER_REQUIRE_PEERS=1 that is a failure.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import test from 'ava';
import { whyNoNetwork } from './network.js';

const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];

function isInstalled(program: string): boolean {
  const candidates = isAbsolute(program) ? [program] : PLACES.map((folder) => join(folder, program));
  return candidates.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Why tests that need these programs cannot run here, or undefined. */
function whyNotInstalled(programs: readonly string[]): string | undefined {
  const missing = programs.filter((program) => !isInstalled(program));
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : undefined;
}

/** Why tests that need these programs and a network of their own cannot run here, or undefined. */
export function whyUnavailable(programs: readonly string[]): string | undefined {
  const missing = whyNotInstalled(programs);
  if (missing !== undefined) return missing;
  if (process.getuid?.() !== 0) return 'needs root';
  return whyNoNetwork();
}

/**
 * Declares a file's tests when they can run; otherwise one test that is skipped, or fails when peers are required.
 * @param name what is tested, for the report
 */
export function whenAvailable(name: string, programs: readonly string[], declare: () => void): void {
  declareUnless(whyUnavailable(['ip', 'unshare', 'nsenter', 'setpriv', ...programs]), name, declare);
}

/** The same for tests that need installed programs, but no network. */
export function whenInstalled(name: string, programs: readonly string[], declare: () => void): void {
  declareUnless(whyNotInstalled(programs), name, declare);
}

function declareUnless(reason: string | undefined, name: string, declare: () => void): void {
  if (reason === undefined) {
    // Test processes inherit the path: the daemons live in places that are not in every user's.
    process.env.PATH = [...new Set(PLACES)].join(delimiter);
    declare();
  } else if (process.env.CRIER_REQUIRE_PEERS === '1') {
    test(`${name} is available`, (t) => t.fail(reason));
  } else {
    test.skip(`SKIPPED ${name}: ${reason}`, (t) => t.pass());
  }
}
