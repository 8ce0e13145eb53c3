// time limit: 1800 s
// alone
// only with test:full
import { suite } from 'uvu';
import { gates } from '../../labs/cases.ts';
import type { GenerationName } from '../fixtures/generations.ts';
import { onGeneration } from '../helpers/generation.ts';
import { assertGatePasses } from '../helpers/whole-gate.ts';

/** Runs the gate on an older and a newer engine, each started beside the usual one: every second case on each, so each case on one of them. */
const test = suite('the gate on other generations');

const gate = await gates['compose-scale']?.();
const cases = [...(gate?.mistakes ?? []), ...(gate?.equivalents ?? [])].map(({ id }) => id);

for (const [place, name] of (['20.10', '28'] satisfies GenerationName[]).entries()) {
  const own = cases.filter((_, at) => at % 2 === place);
  test(`Engine ${name}: every mistake is caught, every alternative solution passes`, () =>
    onGeneration(name, ({ env }) => assertGatePasses(env, own)));
}

test.run();
