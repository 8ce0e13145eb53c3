import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { clock } from '../../../../src/cli/clock.ts';
import { makeCli } from '../../../../src/cli/context.ts';
import { learnOnPage } from '../../../../src/cli/web/learn-on-page.ts';
import { LabError } from '../../../../src/lab/error.ts';
import { planOf } from '../../../../src/learn/plan.ts';
import { stateAt } from '../../../../src/learn/state.ts';
import { takeAddress } from '../../../../src/learn/web/server/address.ts';
import { numberedIds } from '../../../../src/platform/ids.ts';
import type { Homes } from '../../../../src/platform/state-dirs.ts';
import { type EngineAnswer, fakeEngine } from '../../../helpers/fake-engine.ts';
import { folder } from '../../../helpers/folder.ts';

/** Live mode on a page, in this process: how it ends when something goes wrong. */

const [entry] = Object.entries(composeScale.stacks);
if (!entry) throw new Error('the tutorial has no stack');
const [stack, spec] = entry;
const plan = planOf(composeScale, stack);
const first = stateAt(plan, plan[0]?.key ?? '', {});

interface Opening {
  /** What the engine answers. */
  readonly answer?: (request: string) => EngineAnswer;
  /** Interrupts the program with this when the address was printed, before the session starts. */
  readonly interrupt?: Error;
  /** Joins a class. */
  readonly join?: () => Promise<never>;
  /** Calls this before the page starts. */
  readonly before?: (homes: Pick<Homes, 'state'>, dir: string) => Promise<unknown>;
}

/** Opens the page, and resolves when it has ended: to the error, errors that had no handler, and the secrets that are left in the state folder. */
async function opened({ answer = () => ({ lines: [{}] }), interrupt, join, before }: Opening) {
  const stop = new AbortController();
  const { engine, close } = await fakeEngine(answer);
  const [state, dir] = [folder(), realpathSync(folder())];
  const base = makeCli({}, 'en', stop.signal);
  let printed = '';
  const write = (text: string) => {
    printed += text;
    if (interrupt) stop.abort(interrupt);
  };
  const limit = setTimeout(() => stop.abort(new Error('the page is still open')), 20_000);
  const screen = { ...base.out, write };
  const cli = { ...base, out: screen, err: screen, homes: { cache: state, state }, env: { PATH: process.env.PATH } };
  await before?.(cli.homes, dir);
  const unhandled: unknown[] = [];
  const seen = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', seen);
  const own = { stack, spec, dir, project: 'learn', imageOf: async () => '' };
  const learning = { engine, own, tutorial: composeScale, clock, signal: stop.signal, env: {}, nonce: numberedIds(6) };
  const error = await learnOnPage(cli, learning, first, { open: false }, join).catch((thrown) => thrown);
  clearTimeout(limit);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', seen);
  await close();
  const records = readdirSync(path.join(state, 'web')).map((name) => readFileSync(path.join(state, 'web', name), 'utf8'));
  return { error, unhandled, printed, secrets: records.filter((record) => record.includes('secret')) };
}

test('an interrupt while the page starts is no error: it ends the server and releases its address', async () => {
  const interrupt = new Error('interrupt');
  const { error, unhandled, printed, secrets } = await opened({ interrupt });
  assert.equal([error, unhandled, secrets], [undefined, [], []]);
  assert.match(printed, /^The page has ended; your progress is kept/m);
});

test('an error of the picture that is a bug ends the session at once, and is the error', async () => {
  const answer = (request: string) => ({ lines: [request === 'GET /info' ? (null as unknown as object) : {}] });
  const { error, unhandled, secrets } = await opened({ answer });
  assert.instance(error, TypeError);
  assert.match(error.stack, 'watch-picture');
  assert.equal([unhandled, secrets], [[], []]);
});

test('where another server has the page, a class that is to be joined is an error; else the address is printed', async () => {
  const before = async (homes: Pick<Homes, 'state'>, dir: string) => {
    const address = await takeAddress(homes, dir);
    if ('url' in address) throw new Error('taken');
    await address.listensOn(4000);
  };
  const { error, printed } = await opened({ before });
  assert.is(error, undefined);
  assert.match(printed, 'http://127.0.0.1:4000/?token=');
  const join = () => Promise.reject(new Error('joined'));
  const joining = await opened({ before, join });
  assert.instance(joining.error, LabError);
  assert.is(joining.error.code, 'E_STATE');
  assert.match(joining.error.text['zh-TW'] ?? '', '沒有加入班級');
});

test.run();
