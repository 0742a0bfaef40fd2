export class Supervisor {
  start(): void {}
  async stop(): Promise<void> {}
  restartAll(): void {}
  apply(_: unknown): void {}
}
