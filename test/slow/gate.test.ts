// time limit: 900 s
import { suite } from 'uvu';
import { gates } from '../../labs/cases.ts';
import type { Engine } from '../../src/docker/engine.ts';
import { envFor } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { repeats } from '../helpers/repeats.ts';
import { assertGatePasses } from '../helpers/whole-gate.ts';

const test = suite<{ engine: Engine }>('the whole gate');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

/** CI makes every 18th case. test:full makes all, on other engines too (gate-generations.test.ts). */
const gate = await gates['compose-scale']?.();
const cases = [...(gate?.mistakes ?? []), ...(gate?.equivalents ?? [])].map(({ id }) => id);
const own = repeats(0, 1) === 0 ? [] : cases.filter((_, at) => at % 18 === 1);

test('every mistake is caught and every alternative solution passes', ({ engine }) =>
  assertGatePasses(envFor(engine, folder()), own));

test.run();
