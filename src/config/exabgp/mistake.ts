/** Mistakes and warnings of one ExaBGP file while it is migrated: told by place, collected, and never holding a secret. */
import type { ConfigSource } from '../config-node.js';
import type { ConfigProblem } from '../errors.js';

/** Something that ExaBGP would refuse, too, or that must not be guessed. Ends the statement it stands in. */
export class Mistake extends Error {
  /** @param at offset in the text */
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
    this.name = 'Mistake';
  }
}

/** Where mistakes and warnings of one text go. */
export class Findings {
  readonly mistakes: ConfigProblem[] = [];
  readonly warnings: ConfigProblem[] = [];

  constructor(private readonly source: ConfigSource) {}

  /** What is left out or means something else here. */
  warn(message: string, at: number): void {
    this.warnings.push(this.problem(message, at));
  }

  mistake(message: string, at: number): void {
    this.mistakes.push(this.problem(message, at));
  }

  /** Runs one step; a Mistake in it is kept, and what comes after is read all the same. */
  attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      this.mistake(error.message, error.at);
    }
  }

  private problem(message: string, at: number): ConfigProblem {
    return { file: this.source.file, ...this.source.position(at), path: '', message };
  }
}
