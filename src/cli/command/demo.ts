/** `crier demo`: the main job on this machine alone, live in the terminal. */
import type { CommandModule } from 'yargs';

export const command: CommandModule = {
  command: 'demo',
  describe: 'show a service address announced, withdrawn when its check fails, and announced again',
  async handler() {
    const { runDemo } = await import('../demo/run-demo.js');
    process.exitCode = await runDemo();
  },
};
