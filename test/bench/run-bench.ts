/** Works one after the other; within a work the daemons take turns, so that what disturbs the machine disturbs all alike. */
import type { Daemon } from './daemons/types.js';
import { CommandFiles, Lab } from './lab.js';
import type { BenchOptions } from './options.js';
import { type Report, type Result, type Run, reportOf, type Summary, summarize } from './results.js';
import type { Work } from './works/types.js';

/** Told of every run as it ends. */
export type OnRun = (work: Work, daemon: Daemon, round: number, run: Run) => void;

export class Bench {
  private lab: Lab | undefined;
  private readonly files = new CommandFiles();

  constructor(private readonly options: BenchOptions) {}

  async run(onRun: OnRun): Promise<Report> {
    const results: Result[] = [];
    for (const work of this.options.works) results.push(...(await this.runWork(work, onRun)));
    return reportOf(this.options, results);
  }

  private async runWork(work: Work, onRun: OnRun): Promise<Result[]> {
    const { scale, areWorksChosen } = this.options;
    const able = scale.isQuick && !areWorksChosen ? work.quick : work.daemons;
    const daemons = this.options.daemons.filter(({ name }) => able.includes(name));
    const runs = new Map<Daemon, Run[]>(daemons.map((daemon) => [daemon, []]));
    for (let round = 1; round <= this.options.rounds; round++) {
      for (const daemon of daemons) {
        const run = await this.runOnce(work, daemon);
        runs.get(daemon)!.push(run);
        onRun(work, daemon, round, run);
      }
    }
    let crier: Summary | undefined;
    return daemons.map((daemon) => {
      const all = runs.get(daemon)!;
      const summary = summarize(all, daemon.name === 'crier' ? 'itself' : crier);
      if (daemon.name === 'crier') crier = summary;
      const routes = work.routes(this.options.scale, daemon);
      return { work: work.name, about: work.about, goal: work.goal, daemon: daemon.name, routes, runs: all, summary };
    });
  }

  private async runOnce(work: Work, daemon: Daemon): Promise<Run> {
    const lab = new Lab(this.options.scale, this.files);
    this.lab = lab;
    try {
      return await Promise.race([work.run(lab, daemon, work.routes(this.options.scale, daemon)), lab.failure]);
    } catch (error) {
      const diagnosis = await lab.diagnosis();
      return {
        error: `${error instanceof Error ? error.message : String(error)}${diagnosis === '' ? '' : `; ${diagnosis}`}`,
      };
    } finally {
      await lab.end();
      this.lab = undefined;
    }
  }

  /** Ends what runs, removes what was written. */
  async close(): Promise<void> {
    await this.lab?.end();
    this.files.remove();
  }
}
