import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exceededBy } from '../../../../src/grade/sandbox/disk-quota.ts';

test('files and images share a limit, unless builds can install packages', () => {
  const used = { files: 150e6, images: 60e6 };
  assert.is(exceededBy(used, { diskMb: 200 }), 200);
  assert.is(exceededBy(used, { diskMb: 210 }), undefined);
  assert.is(exceededBy(used, { diskMb: 200, imageMb: 60 }), undefined);
  assert.is(exceededBy(used, { diskMb: 200, imageMb: 59 }), 59);
  assert.is(exceededBy(used, { diskMb: 100, imageMb: 1000 }), 100);
});

test.run();
