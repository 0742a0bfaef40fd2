/** A command did not do what it was asked for. The message goes to stderr; the exit status is 1. */
export class Failure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Failure';
  }
}
