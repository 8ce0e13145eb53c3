import { defineTutorial } from '../../src/lab/define.ts';
import { text } from '../../src/lab/text.ts';
import { balance } from './balance.ts';
import { cleanup } from './cleanup.ts';
import { nginx } from './nginx.ts';
import { scale } from './scale.ts';
import { setup } from './setup.ts';
import { base, proxied } from './stacks.ts';

/** Horizontal scaling and load balancing with Docker Compose. */
export const composeScale = defineTutorial({
  id: 'compose-scale',
  title: text('Horizontal scaling and load balancing with Docker Compose', '用 Docker Compose 做水平擴展與負載平衡'),
  stacks: { base, nginx: proxied },
  labs: [setup, scale, balance, cleanup, nginx],
  probeImage: 'nicolaka/netshoot:v0.13',
});
