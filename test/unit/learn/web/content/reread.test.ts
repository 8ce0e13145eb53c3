import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createReread } from '../../../../../src/learn/web/content/reread.ts';
import { content } from '../../../../fixtures/page-states.ts';

test('a change while the content is read is read afterwards, and several such changes once', async () => {
  const shown: string[] = [];
  const ends: (() => void)[] = [];
  let reads = 0;
  const reread = createReread(
    async () => {
      reads += 1;
      const folder = `read ${reads}`;
      await new Promise<void>((resolve) => ends.push(resolve));
      return { ...content, folder };
    },
    ({ folder }) => shown.push(folder),
  );
  const first = reread();
  await Promise.resolve();
  const later = [reread(), reread()];
  assert.equal([reads, shown], [1, []]);
  ends[0]?.();
  await first;
  assert.equal(shown, ['read 1']);
  await Promise.resolve();
  ends[1]?.();
  await Promise.all(later);
  assert.equal([reads, shown], [2, ['read 1', 'read 2']]);
});

test('content that cannot be read rejects', async () => {
  const bug = new TypeError('a bug');
  const error = await createReread(
    () => Promise.reject(bug),
    () => assert.unreachable(),
  )().catch((thrown: unknown) => thrown);
  assert.is(error, bug);
});

test.run();
