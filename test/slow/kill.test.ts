// time limit: 900 s
// only with test:full
import { besideBystander } from '../helpers/bystander.ts';
import { killAtRandom } from '../helpers/kill.ts';

const test = besideBystander('killed at random moments');

test('SIGKILL at random moments: `lab clean` removes everything', ({ engine }) => killAtRandom(engine, 20, 10_000));

test.run();
