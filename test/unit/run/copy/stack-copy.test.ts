import { mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { StackSpec } from '../../../../src/lab/stack.ts';
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

/** A copy of a stack with this Compose file, and its two files as parsed. */
async function copied(compose: string, over: Partial<StackSpec>, options: Partial<StackCopyOptions> = {}) {
  const spec = { id: 'base', dir: 'small', services: { web: { name: 'web' } }, probeFrom: 'web', ...over };
  const own = await copy({ spec, assets: folder({ 'small/compose.yaml': compose }), ...options });
  const text = (name: string) => readFileSync(join(own.dir, name), 'utf8');
  return { ...own, compose: text('compose.yaml'), override: parse(text('labwright.yaml')) };
}

test('an image that is built has a name of the run, whatever the file calls it', async () => {
  const { env, override, images, imageOf } = await copied(
    'services: {web: {build: ., image: shop}, a-job: {image: shop, build: .}}\n',
    {},
  );
  assert.equal(images, {
    LABWRIGHT_IMAGE_WEB: 'labwright-r1-base-web:lab',
    LABWRIGHT_IMAGE_A_JOB: 'labwright-r1-base-a-job:lab',
  });
  assert.is(env['LABWRIGHT_IMAGE_A_JOB'], 'labwright-r1-base-a-job:lab');
  assert.equal(
    [override.services.web.image, override.services['a-job'].image],
    [`${'$'}{LABWRIGHT_IMAGE_WEB}`, `${'$'}{LABWRIGHT_IMAGE_A_JOB}`],
  );
  assert.is(await imageOf('a-job'), 'labwright-r1-base-a-job:lab');
});

test('a variable that the stack names is set, and the override leaves the image to it', async () => {
  const services = { web: { name: 'web', imageVariable: 'APP' } };
  const { env, override, images } = await copied(`services: {web: {build: ., image: "${'$'}{APP:-shop}"}}\n`, { services });
  assert.equal(
    [env['APP'], images, override.services.web.image],
    ['labwright-r1-base-web:lab', { APP: 'labwright-r1-base-web:lab' }, undefined],
  );
});

test('a fixed port that is taken is another one in the copy; a free one, or one in a variable, stays as written', async () => {
  const compose = 'services: {web: {build: ., ports: ["127.0.0.1:8080:80"]}} # kept\n';
  const published = { role: 'web', containerPort: 80, hostPort: 8080 };
  const moved = await copied(compose, { published }, { port: 9090 });
  assert.is(moved.compose, compose.replace('8080', '9090'));
  assert.is((await copied(compose, { published }, { port: 8080 })).compose, compose);
  const byVariable = await copied(compose, { published: { ...published, variable: 'PORT' } }, { port: 9090 });
  assert.equal([byVariable.compose, byVariable.env['PORT']], [compose, '9090']);
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
