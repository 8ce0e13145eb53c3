// time limit: 900 s
import { besideBystander } from '../helpers/bystander.ts';
import { killAtRandom } from '../helpers/kill.ts';
import { repeats } from '../helpers/repeats.ts';

const test = besideBystander('killed at random moments');

test('SIGKILL at random moments: `lab clean` removes everything', ({ engine }) => killAtRandom(engine, repeats(20, 5), 10_000));

test.run();
