import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { clock } from '../../../../src/cli/clock.ts';
import { makeCli } from '../../../../src/cli/context.ts';
import { learnOnPage } from '../../../../src/cli/web/learn-on-page.ts';
import { planOf } from '../../../../src/learn/plan.ts';
import { stateAt } from '../../../../src/learn/state.ts';
import { numberedIds } from '../../../../src/platform/ids.ts';
import { type EngineAnswer, fakeEngine } from '../../../helpers/fake-engine.ts';
import { folder } from '../../../helpers/folder.ts';

/** Live mode on a page, in this process: how it ends when something goes wrong. */

const [stack = '', spec] = Object.entries(composeScale.stacks)[0] ?? [];
if (!spec) throw new Error('the tutorial has no stack');
const plan = planOf(composeScale, stack);
const first = stateAt(plan, plan[0]?.key ?? '', {});

/** Starts the page, on an engine that answers so; `joining` is called when the page is open, before the session starts. */
async function started(answer: (request: string) => EngineAnswer, joining: () => void) {
  const stop = new AbortController();
  const { engine, close } = await fakeEngine(answer);
  const [state, dir] = [folder(), realpathSync(folder())];
  const printed: string[] = [];
  const base = makeCli({}, 'en', stop.signal);
  const screen = { ...base.out, write: (text: string) => void printed.push(text) };
  const cli = { ...base, out: screen, err: screen, homes: { cache: state, state }, env: { PATH: process.env.PATH } };
  const unhandled: unknown[] = [];
  const seen = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', seen);
  const own = { stack, spec, dir, project: 'learn', imageOf: async () => '' };
  const learning = { engine, own, tutorial: composeScale, clock, signal: stop.signal, env: {}, nonce: numberedIds(6) };
  const ended = learnOnPage(cli, learning, first, { open: false }, async () => {
    joining();
    return undefined;
  }).finally(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', seen);
    await close();
  });
  return { ended, stop, unhandled, printed, dir, records: () => readdirSync(join(state, 'web')) };
}

const nothing = () => ({ lines: [{}] });

test('an interrupt while the page starts ends the server and releases its address', async () => {
  const interrupt = new Error('interrupt');
  const page = await started(nothing, () => page.stop.abort(interrupt));
  const error = await page.ended.catch((thrown: unknown) => thrown);
  assert.equal([error, page.unhandled], [interrupt, []]);
  assert.equal(page.records(), []);
});

test.run();
