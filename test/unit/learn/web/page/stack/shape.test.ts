import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnsOf } from '../../../../../../src/learn/web/page/stack/columns.ts';
import { shapeOf } from '../../../../../../src/learn/web/page/stack/shape.ts';
import type { Picture } from '../../../../../../src/learn/web/picture/picture.ts';
import { pictures } from '../../../../../fixtures/page-states.ts';

const whole: Picture = pictures.three;
const order = (picture: Picture, before?: Picture) =>
  columnsOf(picture, shapeOf(picture, before && shapeOf(before))).map((column) => column.map(({ name }) => name));

/** As the engine lists it while the containers of the proxy do not run: nothing is published, and nothing is known of the proxy. */
function withoutProxy({ proxy, ...picture }: Picture, removed: boolean): Picture {
  const services = picture.services.map((service) => {
    if (service.name !== proxy?.service) return service;
    const { published: _, ...rest } = service;
    return {
      ...rest,
      replicas: removed ? [] : rest.replicas.map((one) => ({ ...one, state: 'exited' as const, addresses: {} })),
    };
  });
  return { ...picture, services };
}

test('services keep their places while the proxy is restarted, and when it is removed', () => {
  assert.ok(whole.proxy);
  assert.equal(order(whole)[0], [whole.proxy?.service]);
  for (const removed of [false, true]) {
    const down = withoutProxy(whole, removed);
    assert.not.equal(order(down), order(whole));
    assert.equal(order(down, whole), order(whole));
    assert.equal(shapeOf(down, shapeOf(whole)), shapeOf(whole));
  }
});

test('what is known to be otherwise is not kept', () => {
  const { proxy: _, ...rest } = whole;
  const unpublished = { ...rest, services: rest.services.map(({ published: __, ...service }) => service) };
  assert.equal(shapeOf(unpublished, shapeOf(whole)), { published: [] });
  assert.equal(shapeOf(pictures.empty, shapeOf(whole)), { published: [] });
});

test.run();
