// time limit: 900 s
// alone
import { suite } from 'uvu';
import type { Engine } from '../../src/docker/engine.ts';
import { envFor } from '../helpers/bin.ts';
import { readyEngine } from '../helpers/engine.ts';
import { folder } from '../helpers/folder.ts';
import { assertGatePasses } from '../helpers/whole-gate.ts';

const test = suite<{ engine: Engine }>('the whole gate');
test.before(async (context) => {
  context.engine = await readyEngine();
});
test.after(({ engine }) => engine.api.close());

test('every mistake is caught and every alternative solution passes', ({ engine }) => assertGatePasses(envFor(engine, folder())));

test.run();
