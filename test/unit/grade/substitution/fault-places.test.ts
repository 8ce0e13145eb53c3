import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultPlaces } from '../../../../src/grade/substitution/fault-places.ts';
import { project } from '../../../fixtures/substitution.ts';

const handedIn = {
  composeFile: 'compose.yaml',
  composeText: 'services:\n  web:\n    build: app\n  cache:\n    image: redis:8.0\n  lb:\n    image: nginx\n',
  built: { web: ['Dockerfile', 'README.md', 'main.py', 'wait.sh'] },
};
const placesOf = faultPlaces(project, handedIn);

test('parts: the configuration, the programs of a built service, the entry of one that is not built', () => {
  assert.equal(placesOf({ parts: ['conf'], roles: [] }), [{ file: 'proxy/site.conf' }]);
  assert.equal(placesOf({ parts: ['flask'], roles: [] }), [{ file: 'app/main.py' }, { file: 'app/wait.sh' }]);
  assert.equal(placesOf({ parts: ['conf', 'nginx'], roles: [] }), [
    { file: 'proxy/site.conf' },
    { file: 'compose.yaml', line: 6 },
  ]);
});

test('without parts: the entries of the roles in the Compose file, or that file', () => {
  assert.equal(placesOf({ roles: ['flask', 'redis', 'flask'] }), [
    { file: 'compose.yaml', line: 2 },
    { file: 'compose.yaml', line: 4 },
  ]);
  assert.equal(placesOf({ roles: [] }), [{ file: 'compose.yaml' }]);
});

test('a service without a program beside its Dockerfile: the Dockerfile; at most four places', () => {
  const built = (web: readonly string[]) =>
    faultPlaces(project, { ...handedIn, built: { web } })({ parts: ['flask'], roles: [] });
  assert.equal(built(['Dockerfile']), [{ file: 'app/Dockerfile' }]);
  assert.is(built(['a.py', 'b.py', 'c.py', 'd.py', 'e.py']).length, 4);
});

test.run();
