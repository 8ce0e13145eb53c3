// time limit: 900 s
import { besideBystander } from '../helpers/bystander.ts';
import { killAtRandom } from '../helpers/kill.ts';

const test = besideBystander('killed at twenty moments');

test('SIGKILL at twenty random moments: `lab clean` removes it all', ({ engine }) => killAtRandom(engine, 20, 10_000));

test.run();
