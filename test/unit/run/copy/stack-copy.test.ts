import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copyStack, type StackCopyOptions } from '../../../../src/run/copy/stack-copy.ts';
import { folder } from '../../../helpers/folder.ts';

/** Copies a stack with one built service, so that no engine is needed for its image. */
function copy(over: Partial<StackCopyOptions> = {}) {
  const assets = folder({ 'small/compose.yaml': 'services: {flask: {build: .}}\n' });
  return copyStack({
    api: undefined as never,
    compose: { env: {} } as StackCopyOptions['compose'],
    runId: 'r1',
    name: 'base',
    spec: { id: 'base', dir: 'small', services: { flask: { name: 'flask', imageVariable: 'FLASK_IMAGE' } }, probeFrom: 'flask' },
    assets,
    runDir: folder(),
    env: {},
    port: undefined,
    ...over,
  });
}
const proxies = async (env: StackCopyOptions['env']) => {
  const { no_proxy, NO_PROXY } = (await copy({ env })).env;
  return [no_proxy, NO_PROXY];
};

test('the folder of a run is its real path, as the engine reports it, even if it contains a link', async () => {
  const real = folder();
  const link = join(folder(), 'link');
  symlinkSync(real, link);
  mkdirSync(join(real, 'run'));
  assert.is((await copy({ runDir: join(link, 'run') })).dir, join(realpathSync(real), 'run', 'base'));
});

test('images and the port are in the variables that the stack defines', async () => {
  const published = { role: 'flask', containerPort: 80, hostPort: 8000, variable: 'WEB_PORT' };
  const spec = {
    id: 'base',
    dir: 'small',
    services: { flask: { name: 'flask', imageVariable: 'APP_IMAGE' } },
    probeFrom: 'flask',
    published,
  };
  const own = await copy({ spec, port: 1234 });
  assert.equal(
    [own.env['APP_IMAGE'], own.env['WEB_PORT'], own.images],
    ['labwright-r1-base-flask:lab', '1234', { APP_IMAGE: 'labwright-r1-base-flask:lab' }],
  );
  const shared = await copy({ spec, builtImages: { APP_IMAGE: 'there:1' } });
  assert.equal([shared.env['APP_IMAGE'], shared.env['WEB_PORT']], ['there:1', undefined]);
});

test('commands reach loopback without a proxy, and other proxy settings are kept', async () => {
  const here = '127.0.0.1,localhost';
  assert.equal(await proxies({}), [here, here]);
  assert.equal(await proxies({ no_proxy: 'a.example', NO_PROXY: 'b.example' }), [`a.example,${here}`, `b.example,${here}`]);
  assert.equal(await proxies({ NO_PROXY: 'b.example' }), [`b.example,${here}`, `b.example,${here}`]);
  assert.equal(await proxies({ no_proxy: '*' }), ['*', '*']);
  assert.is((await copy({ env: { http_proxy: 'http://proxy:3128' } })).env['http_proxy'], 'http://proxy:3128');
});

test.run();
