import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadRoles } from '../../../../src/grade/roles/roles-file.ts';
import { folder } from '../../../helpers/folder.ts';
import { rejection } from '../../../helpers/rejection.ts';

const roles = ['flask', 'redis'];
const load = (written: string) => loadRoles(join(folder({ 'roles.csv': written }), 'roles.csv'), roles);

test('the services that the teacher assigned, by student and role', async () => {
  const found = await load('\ufeffrole,student,service,note\nflask,ann,web,x\r\nredis,ann,cache,\nflask,__proto__,api,\n');
  assert.equal(
    [...found],
    [
      ['ann', { flask: 'web', redis: 'cache' }],
      ['__proto__', { flask: 'api' }],
    ],
  );
  assert.is((await loadRoles(join(folder(), 'roles.csv'), roles)).size, 0);
});

test('what is wrong in it is reported with its line', async () => {
  for (const [written, message] of [
    ['student,role\nann,flask\n', /roles\.csv:1: there is no column service$/],
    ['student,role,service\nann,app,web\n', /roles\.csv:2: no role app; the roles are flask, redis$/],
    ['student,role,service\n,flask,web\n', /roles\.csv:2: no student or no service$/],
    ['student,role,service\nann,flask,web\nann,flask,api\n', /roles\.csv:3: another line is about the same role already$/],
    ['student,role,service\nann,"flask,web\n', /roles\.csv:\d+: no CSV: /],
  ] as const) {
    const error = await rejection(load(written));
    assert.is(error.code, 'E_SUBMISSION');
    assert.match(error.text.en, message);
  }
});

test.run();
