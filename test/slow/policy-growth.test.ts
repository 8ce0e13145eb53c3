// time limit: 600 s
// without an engine
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgePolicy } from '../../src/grade/policy/policy.ts';
import { fragments } from '../fixtures/hostile-fragments.ts';
import { rules } from '../fixtures/submission.ts';
import { folder } from '../helpers/folder.ts';
import { assertNotQuadratic } from '../helpers/growth.ts';

test('the time to judge a file that repeats one fragment does not grow quadratically', async () => {
  const dir = folder({ 'compose.yaml': '' });
  for (const fragment of fragments) {
    for (const textOf of [
      (share: number) => fragment.repeat(Math.floor((60_000 * share) / fragment.length)),
      (share: number) => `services: {web: {image: "${fragment.repeat(3000 * share)}"}}`,
    ]) {
      await assertNotQuadratic(async (share) => {
        writeFileSync(join(dir, 'compose.yaml'), textOf(share));
        assert.is((await judgePolicy(dir, 'compose.yaml', rules)).ok, false, fragment);
      }, JSON.stringify(fragment));
    }
  }
});

test.run();
