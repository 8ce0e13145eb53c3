import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ComposePlaces } from '../../../src/formats/compose-places.ts';

const places = new ComposePlaces(
  'services:\n  web:\n    image: a:1\n    ports:\n      - "80:80"\n      - 81:80\n    environment:\n      A: b\n',
);

test('values have the line of their key; items have their own', () => {
  assert.equal(places.at('services', 'web', 'image'), { line: 3, value: 'a:1' });
  assert.is(places.at('services', 'web')?.line, 2);
  assert.equal(places.itemsAt('services', 'web', 'ports'), [
    { line: 5, value: '80:80' },
    { line: 6, value: '81:80' },
  ]);
  assert.equal(places.itemsAt('services', 'web', 'environment'), [{ line: 8, value: ['A', 'b'] }]);
});

test('what is not there, or is not YAML, has no place', () => {
  assert.is(places.at('services', 'db'), undefined);
  assert.equal(places.itemsAt('services', 'web', 'image'), []);
  assert.is(new ComposePlaces('a: [').at('services', 'web'), undefined);
});

test.run();
