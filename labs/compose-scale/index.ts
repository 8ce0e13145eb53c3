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
  about: text(
    'Run one service as several replicas, see how one name reaches all of them, and put nginx in front. You see why a service that stores nothing itself can be scaled, and why nginx keeps using one replica until it looks the name up again.',
    '用多個副本執行同一個服務，觀察同一個名稱如何連到所有副本，再以 nginx 作為反向代理。你會看到為什麼本身不儲存資料的服務可以擴展，以及為什麼 nginx 要重新查詢名稱，才會使用新的副本。',
  ),
  source: {
    title: text(
      'Docker Tips, chapter 8-9, “Horizontal scaling and load balancing”',
      'Docker Tips 第 8-9 節「水平擴展和負載均衡」',
    ),
    url: 'https://dockertips.readthedocs.io/en/latest/docker-compose/compose-scale.html',
    licence: 'Apache-2.0',
  },
  stacks: { base, nginx: proxied },
  labs: [setup, scale, balance, cleanup, nginx],
  probeImage: 'nicolaka/netshoot:v0.13',
});
