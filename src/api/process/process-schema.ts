/** The options of a helper process as a user writes them, with their defaults. Manual: man/crier.json5.5. */
import { z } from 'zod';
import { integer, strict } from '../../session/schema.js';
import type { ProcessConfig } from './process-config.js';
import { findProgram, splitWords } from './program.js';

export const processSchema = strict({
  run: z
    .union([z.string().min(1), z.array(z.string()).min(1)], {
      error: 'expected a command: a string, or a list of words',
    })
    .describe('program and arguments; no shell'),
  encoder: z.enum(['json', 'text']).default('json').describe('form of events'),
  dialect: z.enum(['exabgp-4', 'exabgp-5']).default('exabgp-4').describe('whose events and answers'),
  ack: z
    .union([z.boolean(), z.literal('reasons')], { error: 'expected true, false or "reasons"' })
    .default(true)
    .describe('answer commands with done or error; "reasons": error: WHY'),
  respawn: z.boolean().default(true).describe('start it again when it ended'),
  strict: z.boolean().default(false).describe('error when all neighbors of a command are skipped'),
  onExit: z
    .union(
      [
        z.enum(['keep', 'withdraw']),
        strict({
          withdraw: strict({
            afterSeconds: integer(0, 86400).default(5).describe('what the next life announces until then stays'),
          }),
        }),
      ],
      { error: 'expected "keep" or {withdraw: {afterSeconds: 5}}' },
    )
    .default('keep')
    .describe('what becomes of its routes when it ends'),
  queue: strict({
    bytes: integer(4096, 1073741824).default(67108864).describe('octets of events that wait for it'),
    stallSeconds: integer(1, 86400).default(60).describe('events are dropped when it reads nothing for so long'),
  }).prefault({}),
  cwd: z.string().min(1).optional().describe("working directory; default: the daemon's"),
  env: z
    .record(z.string().regex(/^[^=\0]+$/, 'is no name of a variable'), z.string())
    .default({})
    .describe("variables on top of the daemon's"),
});
export type ProcessOptions = z.output<typeof processSchema>;

/** Seconds of `onExit: "withdraw"`. */
const DEFAULT_WITHDRAW_SECONDS = 5;

/** What a process takes from its surroundings. */
export interface ProcessOptionContext {
  /** Folder of the file that the option stands in: programs and paths are looked for there. */
  folderOf(option: readonly PropertyKey[]): string;
  resolveFile(option: readonly PropertyKey[], name: string): string;
  report(option: readonly PropertyKey[], message: string): void;
}

/** @returns the helper's configuration; meaningless when something was reported */
export function toProcessConfig(name: string, options: ProcessOptions, context: ProcessOptionContext): ProcessConfig {
  const { run, onExit } = options;
  let argv: readonly string[] = [];
  try {
    argv = typeof run === 'string' ? splitWords(run) : run;
    argv = findProgram(argv, context.folderOf(['run']));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    context.report(['run'], error.message);
  }
  return {
    name,
    argv,
    encoder: options.encoder,
    dialect: options.dialect,
    ack: options.ack,
    respawn: options.respawn,
    strict: options.strict,
    onExit:
      onExit === 'keep'
        ? 'keep'
        : {
            withdrawAfterSeconds: onExit === 'withdraw' ? DEFAULT_WITHDRAW_SECONDS : onExit.withdraw.afterSeconds,
          },
    queue: options.queue,
    cwd: options.cwd === undefined ? process.cwd() : context.resolveFile(['cwd'], options.cwd),
    env: options.env,
  };
}
