// time limit: 1800 s
// alone
import { suite } from 'uvu';
import { gates } from '../../labs/cases.ts';
import type { GenerationName } from '../fixtures/generations.ts';
import { onGeneration } from '../helpers/generation.ts';
import { repeats } from '../helpers/repeats.ts';
import { assertGatePasses } from '../helpers/whole-gate.ts';

/** Runs the gate on an older and a newer engine, each started beside the usual one: every 48th case on each, of those that CI's whole gate leaves out (test:full: every second, so each case on one of them). */
const test = suite('the gate on other generations');

const gate = await gates['compose-scale']?.();
const cases = [...(gate?.mistakes ?? []), ...(gate?.equivalents ?? [])].map(({ id }) => id);

for (const [place, name] of (['20.10', '28'] satisfies GenerationName[]).entries()) {
  const own = cases.filter((_, at) => at % repeats(2, 48) === place * repeats(1, 2));
  test(`Engine ${name}: every mistake is caught, every alternative solution passes`, () =>
    onGeneration(name, ({ env }) => assertGatePasses(env, own)));
}

test.run();
