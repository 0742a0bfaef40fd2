/** `announce|withdraw watchdog [NAME]`: switches the configured routes of a watchdog on or off. */
import { type Call, CommandFailure, defineCommand } from './types.js';

interface WatchdogArguments {
  readonly name: string | undefined;
  readonly isUp: boolean;
}

export const watchdog = defineCommand<WatchdogArguments>({
  words: ['announce watchdog', 'withdraw watchdog'],
  usage: '[<name>]',
  help: "Announces or withdraws a watchdog's routes; the name defaults to the helper's own.",
  selector: 'optional',
  parse(tokens, spelling) {
    const word = tokens.peek();
    const name = word === undefined || word === ';' ? undefined : tokens.next();
    tokens.end();
    return { name, isUp: spelling.startsWith('announce') };
  },
  run({ name, isUp }, call) {
    const { context, requester, selection } = call;
    const watchdogName = name ?? requester.process;
    if (watchdogName === undefined) throw new CommandFailure('the name of a watchdog is missing');
    const members = selection.isAll && requester.process === undefined ? undefined : selection.targets.members;
    if (context.watchdogs.set(watchdogName, isUp, members)) return;
    // A name without routes is no error: they may come with the next reload.
    logUnknown(call, watchdogName);
  },
});

function logUnknown({ context, requester }: Call, name: string): void {
  context.log.warn({ requester: requester.name, watchdog: name }, 'no configured route has this watchdog');
}
