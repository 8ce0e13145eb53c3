import { defineTutorial } from '../../src/lab/define.ts';
import { text } from '../../src/lab/text.ts';
import { balance } from './balance.ts';
import { cleanup } from './cleanup.ts';
import { nginx } from './nginx.ts';
import { scale } from './scale.ts';
import { setup } from './setup.ts';

/** Horizontal scaling and load balancing with Docker Compose. */
export const composeScale = defineTutorial({
  id: 'compose-scale',
  title: text('Horizontal scaling and load balancing with Docker Compose', '用 Docker Compose 做水平擴展與負載平衡'),
  stacks: {
    base: {
      dir: 'base',
      services: { flask: 'flask', redis: 'redis-server', client: 'client' },
      appPort: 5000,
      builds: { flask: 'flask' },
      probeFrom: 'client',
    },
    nginx: {
      dir: 'nginx',
      services: { flask: 'flask', redis: 'redis-server', nginx: 'nginx' },
      appPort: 5000,
      builds: { flask: 'flask' },
      probeFrom: 'nginx',
      published: { role: 'nginx', containerPort: 80, hostPort: 8000 },
      files: { conf: 'nginx/nginx.conf', logs: 'var/log/nginx', access: 'var/log/nginx/access.log' },
    },
  },
  labs: [setup, scale, balance, cleanup, nginx],
});
