// time limit: 1800 s
// alone
import { suite } from 'uvu';
import type { GenerationName } from '../fixtures/generations.ts';
import { onGeneration } from '../helpers/generation.ts';
import { passesGate } from '../helpers/whole-gate.ts';

/** The whole gate on older and newer engines, each brought up beside the usual one. */
const test = suite('the gate on other generations');

for (const name of ['20.10', '28'] satisfies GenerationName[]) {
  test(`Engine ${name}: every mistake is caught, every other right way passes`, () =>
    onGeneration(name, ({ env }) => passesGate(env)));
}

test.run();
