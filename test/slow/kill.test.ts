// time limit: 900 s
// alone
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../src/engine/engine.ts';
import { type Bystander, startBystander } from '../helpers/bystander.ts';
import { readyEngine } from '../helpers/engine.ts';
import { killAtRandom } from '../helpers/kill.ts';

const test = suite<{ engine: Engine; bystander: Bystander; calm: string }>('killed at twenty moments');
test.before(async (context) => {
  context.engine = await readyEngine();
  context.bystander = await startBystander(context.engine);
  context.calm = await context.bystander.state();
});
test.after(async ({ engine, bystander, calm }) => {
  const after = await bystander.state();
  await bystander.remove();
  await engine.api.close();
  assert.is(after, calm, 'a bystander project was touched');
});

test('SIGKILL at twenty random moments: `lab clean` removes it all', ({ engine }) => killAtRandom(engine, 20, 10_000));

test.run();
