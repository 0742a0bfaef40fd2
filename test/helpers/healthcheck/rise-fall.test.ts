import test, { type ExecutionContext } from 'ava';
import { advance, BEGINNING, type Finding, type State } from '../../../helpers/healthcheck/rise-fall.js';

const NAMES: Record<string, Finding> = { g: 'good', b: 'bad', x: 'disabled' };

/** @param found g: good, b: bad, x: the disable file is there */
function passes(t: ExecutionContext, found: string, rise: number, fall: number, expected: string): void {
  let now = BEGINNING;
  const states: State[] = [];
  for (const letter of found) {
    now = advance(now, NAMES[letter]!, rise, fall);
    states.push(now.state);
  }
  t.is(states.join(' '), expected);
}

for (const [title, found, rise, fall, expected] of [
  ['three good ones raise it', 'gggg', 3, 3, 'RISING RISING UP UP'],
  ['three bad ones let it fall', 'bbbb', 3, 3, 'FALLING FALLING DOWN DOWN'],
  ['rise 1 skips RISING', 'gg', 1, 3, 'UP UP'],
  ['rise 0 too', 'g', 0, 3, 'UP'],
  ['fall 1 skips FALLING', 'bb', 3, 1, 'DOWN DOWN'],
  ['a bad one on the way up begins the way down', 'ggbbb', 3, 3, 'RISING RISING FALLING FALLING DOWN'],
  ['a good one on the way down begins the way up', 'bbggg', 3, 3, 'FALLING FALLING RISING RISING UP'],
  ['up, down, up', 'ggbbgg', 2, 2, 'RISING UP FALLING DOWN RISING UP'],
  ['a single bad one does not let it fall', 'ggbgg', 2, 2, 'RISING UP FALLING RISING UP'],
  ['down at once and up at once', 'gbgb', 1, 1, 'UP DOWN UP DOWN'],
  ['disabled from anywhere', 'ggxx', 2, 2, 'RISING UP DISABLED DISABLED'],
  ['disabled at the start', 'xgg', 1, 1, 'DISABLED INIT UP'],
  ['enabled again it begins anew', 'gxggg', 2, 2, 'RISING DISABLED INIT RISING UP'],
] as const)
  test(title, passes, found, rise, fall, expected);
