import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mirrorsFor } from '../../../../src/docker/embedded/registry-mirror.ts';

const mirror = 'http://127.0.0.1:5000';
const settings = (...mirrors: readonly string[]) => ({ builder: {}, 'registry-mirrors': mirrors });

test('a mirror is used in place of others, and undone by the next class without one', () => {
  assert.equal(mirrorsFor({ builder: {} }, undefined, mirror), { mirrors: [mirror], applied: { mirror, before: [] } });
  const applied = { mirror, before: [] };
  assert.equal(mirrorsFor(settings(mirror), applied, mirror), { mirrors: [mirror], applied }, 'the same again');
  const other = 'https://mirror.example';
  assert.equal(mirrorsFor(settings(mirror), applied, other), { mirrors: [other], applied: { mirror: other, before: [] } });
  assert.equal(mirrorsFor(settings(mirror), applied, undefined), { mirrors: [] });
  assert.equal(mirrorsFor({}, undefined, undefined), { mirrors: [] });
});

test("the user's own mirrors come back", () => {
  const own = ['https://own.example'];
  assert.equal(mirrorsFor(settings(...own), undefined, mirror), { mirrors: [mirror], applied: { mirror, before: own } });
  assert.equal(mirrorsFor(settings(mirror), { mirror, before: own }, undefined), { mirrors: own });
  assert.equal(mirrorsFor(settings(...own), undefined, undefined), { mirrors: own });
  // written by the user since, or not yet written when a process was killed
  assert.equal(mirrorsFor(settings(...own), { mirror, before: [] }, undefined), { mirrors: own });
});

test.run();
