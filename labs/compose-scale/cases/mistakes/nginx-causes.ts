import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { refused } from '../helpers.ts';
import { addToFlask, ask, asked, askedWith, replaced, scaled, site, up } from '../nginx-helpers.ts';

const conf = 'nginx/nginx.conf';

/** Mistakes on the stack with nginx whose cause is in a file or on the machine, not where the failure shows. */
export const causeMistakes: readonly Mistake[] = [
  {
    id: 'port-in-use',
    at: 'nginx/up',
    what: text('another container uses the port', '另一個容器佔用了連接埠'),
    make: async (hands) => {
      await hands.sh`sh -c ${'docker run -d --init "$@" -p "127.0.0.1:$NGINX_PORT:6379" redis:8.0'} - ${hands.mark} --name ${`${hands.project}-squatter`}`;
      await refused(up(hands));
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /port \d+ of this machine \(compose\.yaml:19\) is in use by the container \S+-squatter, which is of no project \| stop it: docker stop \S+-squatter, or publish another port in compose\.yaml:19/,
  },
  {
    id: 'conf-absent',
    at: 'nginx/up',
    what: text('nginx.conf does not exist: Docker creates a folder', 'nginx.conf 不存在，Docker 建立了同名的資料夾'),
    make: async (hands) => {
      await hands.sh`mv nginx/nginx.conf nginx/site.conf`;
      await refused(up(hands));
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /nginx\/nginx\.conf \(compose\.yaml:22\) is a folder: no such file existed, so Docker created a folder of that name \| .*rmdir nginx\/nginx\.conf/,
  },
  {
    id: 'health-never-passes',
    at: 'nginx/up',
    what: text('nginx waits for a health check that never passes', 'nginx 等待的健康檢查一直沒有通過'),
    make: async (hands) => {
      await hands.edit(
        'compose.yaml',
        addToFlask('    healthcheck: { test: "wget -qO- localhost:5000/health", interval: 1s, retries: 2, start_period: 0s }\n'),
      );
      await hands.edit('compose.yaml', replaced('depends_on: [flask]', 'depends_on: { flask: { condition: service_healthy } }'));
      await refused(up(hands));
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /nginx waits for flask, whose health check \(`wget -qO- localhost:5000\/health`, compose\.yaml:7\) has not passed: .*wget.*not found.* \| correct the `test:` of compose\.yaml:7/,
  },
  {
    id: 'no-network-in-common',
    at: 'nginx/up',
    what: text('nginx and flask share no network', 'nginx 和 flask 沒有共用的網路'),
    make: async (hands) => {
      await hands.edit('compose.yaml', replaced('networks: [backend, frontend]', 'networks: [backend]'));
      await up(hands);
      await hands.sh`docker wait ${(await hands.replicas('nginx')).map(({ id }) => id)}`;
    },
    caughtBy: 'nginx-has-1-replica',
    message: /nginx and flask share no network \(compose\.yaml:24\), .* \| put both on one network/,
  },
  {
    id: 'nginx-listens-elsewhere',
    at: 'nginx/single',
    what: text('nginx listens on 8080, and 80 is published', 'nginx 在 8080 上監聽，發佈的卻是 80'),
    make: async (hands) => {
      await hands.edit(conf, replaced('listen 80;', 'listen 8080;'));
      await up(hands);
    },
    caughtBy: 'hostname-is-the-replicas',
    message:
      /nginx listens on port 8080 \(nginx\/nginx\.conf:2\), but compose\.yaml:19 publishes port 80 of it \| write `listen 80;` in nginx\/nginx\.conf:2, then docker compose restart nginx/,
  },
  {
    id: 'nginx-passes-to-itself',
    at: 'nginx/single',
    what: text('nginx passes requests to itself', 'nginx 把請求轉送給自己'),
    make: askedWith(site('http://localhost:5000')),
    caughtBy: 'hostname-is-the-replicas',
    message:
      /nginx\/nginx\.conf:6: `localhost` is the container of nginx itself; the app is `flask` \| correct nginx\/nginx\.conf:6/,
  },
  {
    id: 'conf-corrected-and-not-read',
    at: 'nginx/single',
    what: text('corrected nginx.conf, and did not restart nginx', '修正了 nginx.conf，但沒有重新啟動 nginx'),
    given: async (hands) => {
      await hands.edit(conf, replaced('flask:5000', 'flask:8000'));
      await up(hands);
      await ask(hands);
    },
    make: async (hands) => {
      await hands.sh`sleep 2`;
      await hands.edit(conf, replaced('flask:8000', 'flask:5000'));
      await hands.curl(3);
    },
    caughtBy: 'hostname-is-the-replicas',
    message: /nginx\/nginx\.conf was changed after nginx read it \| .*docker compose restart nginx/,
  },
  {
    id: 'conf-replaced-and-reloaded',
    at: 'nginx/single',
    what: text(
      'an editor replaced nginx.conf, and a reload reads the old one',
      '編輯器用新檔案取代了 nginx.conf，重新載入讀到的仍是舊檔案',
    ),
    given: async (hands) => {
      await hands.edit(conf, replaced('flask:5000', 'flask:8000'));
      await up(hands);
      await ask(hands);
    },
    make: async (hands) => {
      await hands.write(conf, site('http://flask:5000'));
      await hands.compose`exec nginx nginx -s reload`;
      await hands.curl(3);
    },
    caughtBy: 'hostname-is-the-replicas',
    message: /nginx still has an earlier nginx\/nginx\.conf: an editor replaced the file .* \| .*docker compose restart nginx/,
  },
  {
    id: 'flask-has-another-address',
    at: 'nginx/single',
    what: text('recreated flask, and nginx keeps its earlier address', '重新建立了 flask，nginx 卻保留先前的位址'),
    given: asked,
    make: async (hands) => {
      const [flask] = await hands.replicas('flask');
      const [frontend = ''] = Object.keys(flask?.networks ?? {}).filter((name) => name.endsWith('frontend'));
      await hands.compose`stop flask`;
      await hands.sh`docker run -d --init ${hands.mark} --name ${`${hands.project}-other`} --network ${frontend} redis:8.0`;
      await hands.compose`up -d --no-deps --force-recreate flask`;
      await hands.curl(3);
    },
    caughtBy: 'hostname-is-the-replicas',
    message:
      /flask was started again after nginx, which still uses the address that flask had before \| .*docker compose restart nginx/,
  },
  {
    id: 'another-service-scaled',
    at: 'nginx/scale',
    what: text('scaled redis-server in place of flask', '擴展了 redis-server，而不是 flask'),
    given: asked,
    make: async (hands) => {
      await hands.compose`up -d --scale redis-server=3`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /redis-server was scaled to 3; the service to scale is flask \| .*docker compose up -d --scale flask=3/,
  },
  {
    id: 'conf-with-one-port-wrong-after-scaling',
    at: 'nginx/restart',
    what: text('changed the port in nginx.conf, then restarted nginx', '改了 nginx.conf 裡的連接埠，再重新啟動 nginx'),
    given: scaled,
    make: async (hands) => {
      await hands.edit(conf, replaced('flask:5000', 'flask:5001'));
      await hands.compose`restart nginx`;
      await hands.curl(3);
    },
    caughtBy: 'nginx-reaches-all-three',
    message:
      /nginx\/nginx\.conf:5: flask does not listen on port 5001, but on 5000 \| correct nginx\/nginx\.conf:5, then docker compose restart nginx/,
  },
];
