/** The state of a service as a pure machine: so many good results in a row raise it, so many bad ones let it fall. */

export type State = 'INIT' | 'RISING' | 'FALLING' | 'UP' | 'DOWN' | 'DISABLED';

/** What a round found. While the disable file exists nothing is checked. */
export type Finding = 'good' | 'bad' | 'disabled';

export interface Standing {
  readonly state: State;
  /** Equal results in a row, while RISING or FALLING. */
  readonly count: number;
}

export const BEGINNING: Standing = { state: 'INIT', count: 0 };

/**
 * @param rise good results in a row that make it UP (0 and 1: at once) @param fall bad ones that make it DOWN
 */
export function advance(now: Standing, finding: Finding, rise: number, fall: number): Standing {
  if (finding === 'disabled') return { state: 'DISABLED', count: 0 };
  // After its time out the service begins anew.
  if (now.state === 'DISABLED') return BEGINNING;
  const isGood = finding === 'good';
  if (now.state === (isGood ? 'UP' : 'DOWN')) return now;
  const onTheWay = isGood ? 'RISING' : 'FALLING';
  const count = now.state === onTheWay ? now.count + 1 : 1;
  if (count >= (isGood ? rise : fall)) return { state: isGood ? 'UP' : 'DOWN', count: 0 };
  return { state: onTheWay, count };
}
