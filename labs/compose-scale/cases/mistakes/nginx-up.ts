import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { labels } from '../helpers.ts';
import { addToNginx, ended, replaced, site, up, upWith } from '../nginx-helpers.ts';

const at = 'nginx/up';

/** Mistakes in networks and published ports. */
const networks: readonly Mistake[] = [
  {
    id: 'redis-on-the-frontend',
    at,
    what: text('put redis-server on the frontend too', '把 redis-server 也放到 frontend'),
    make: upWith(replaced('networks: [backend]', 'networks: [backend, frontend]')),
    caughtBy: 'networks-are-as-drawn',
    message:
      /redis-server on backend; .* \| redis-server on backend, frontend; compose\.yaml:14 puts redis-server on backend, frontend \| correct compose\.yaml:14/,
  },
  {
    id: 'nginx-on-the-backend',
    at,
    what: text('put nginx on the backend too', '把 nginx 也放到 backend'),
    make: upWith(replaced('networks: [frontend]', 'networks: [frontend, backend]')),
    caughtBy: 'networks-are-as-drawn',
    message:
      /nginx on frontend \| nginx on backend, frontend; compose\.yaml:24 puts nginx on frontend, backend \| correct compose\.yaml:24/,
  },
  {
    id: 'flask-on-one-network',
    at,
    what: text('left flask on the frontend alone', '只把 flask 放在 frontend'),
    make: upWith(replaced('networks: [backend, frontend]', 'networks: [frontend]')),
    caughtBy: 'networks-are-as-drawn',
    message: /\| flask on frontend; compose\.yaml:9 puts flask on frontend \|/,
  },
  {
    id: 'all-on-the-default-network',
    at,
    what: text('named no networks: all services are on the default one', '沒有寫 networks，所有服務都在預設網路上'),
    make: async (hands) => {
      await upWith(
        replaced(/^ {4}networks: .*\n/gm, ''),
        replaced('  backend:\n  frontend:', `  default:\n    labels: ${labels(hands)}`),
      )(hands);
    },
    caughtBy: 'networks-are-as-drawn',
    message: /\| flask on default; redis-server on default; nginx on default; compose\.yaml:\d+ puts flask on default, .*/,
  },
  {
    id: 'a-third-network',
    at,
    what: text('gave flask and redis-server a third network', '另外給 flask 和 redis-server 第三個網路'),
    make: async (hands) => {
      await upWith(
        replaced('[backend, frontend]', '[backend, frontend, data]'),
        replaced('networks: [backend]', 'networks: [data]'),
        replaced('  backend:\n', `  data:\n    labels: ${labels(hands)}\n  backend:\n`),
      )(hands);
    },
    caughtBy: 'networks-are-as-drawn',
    message:
      /\| flask on backend, data, frontend; redis-server on data; compose\.yaml:9 puts flask on .*data.*, compose\.yaml:14 puts redis-server on data \|/,
  },
  {
    id: 'flask-taken-off-the-frontend',
    at,
    what: text('disconnected flask from the frontend by hand', '手動讓 flask 離開 frontend'),
    make: async (hands) => {
      await up(hands);
      const [flask] = await hands.replicas('flask');
      const frontend = Object.keys(flask?.networks ?? {}).find((name) => name.endsWith('frontend')) ?? '';
      await hands.sh`docker network disconnect ${frontend} ${flask?.id ?? ''}`;
    },
    caughtBy: 'networks-are-as-drawn',
    message:
      /\| flask on backend; compose\.yaml:9 is right: the container was disconnected from frontend by hand .* \| .*--force-recreate/,
  },
  {
    id: 'port-only-exposed',
    at,
    what: text('wrote `expose` in place of `ports`', '寫成 `expose`，而不是 `ports`'),
    make: upWith(replaced(/ {4}ports:\n.*\n/, '    expose: ["80"]\n')),
    caughtBy: 'nginx-publishes-its-port',
    message: /port 80 of nginx published \| nothing is published \| .*`ports:`/,
  },
  {
    id: 'another-container-port',
    at,
    what: text('published port 8080 of nginx, which listens on 80', '發佈了 nginx 的 8080 埠，但它聽的是 80'),
    make: upWith(replaced(/:80"/, ':8080"')),
    caughtBy: 'nginx-publishes-its-port',
    message:
      /port 80 of nginx published \| \S+→8080; nginx listens on port 80 \(nginx\/nginx\.conf:2\), but compose\.yaml:19 publishes port 8080 of it \| publish port 80 in compose\.yaml:19/,
  },
  {
    id: 'flask-published',
    at,
    what: text('published a port of flask as well', '也發佈了 flask 的連接埠'),
    make: upWith(replaced('    environment:', '    ports: ["5000"]\n    environment:')),
    caughtBy: 'only-nginx-is-published',
    message: /\| flask \S+→5000 \| .*`ports:`/,
  },
  {
    id: 'redis-published',
    at,
    what: text('published the port of redis-server', '發佈了 redis-server 的連接埠'),
    make: upWith(replaced('    image: redis:8.0\n', '    image: redis:8.0\n    ports: ["6379"]\n')),
    caughtBy: 'only-nginx-is-published',
    message: /\| redis-server \S+→6379 \| .*`ports:`/,
  },
];

/** Mistakes in the start order, and services that do not keep running. */
const starts: readonly Mistake[] = [
  {
    id: 'nginx-before-flask',
    at,
    what: text(
      'started nginx first, without `depends_on`: it does not find flask',
      '沒有 `depends_on` 就先啟動 nginx，它找不到 flask',
    ),
    make: async (hands) => {
      await hands.edit('compose.yaml', replaced(/ {4}depends_on:.*\n/, ''));
      await hands.compose`up -d nginx`;
      await ended(hands, 'nginx');
      await hands.compose`up -d flask redis-server`;
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /exited with code 1; nginx started when no flask was running, .*: nginx \(compose\.yaml:16\) has no `depends_on: \[flask\]` \| add `depends_on: \[flask\]` to nginx \(compose\.yaml:16\)/,
  },
  {
    id: 'nginx-first-with-a-resolver',
    at,
    what: text('nginx looks flask up at each request, and was started first', 'nginx 每次請求才查 flask，而且先啟動'),
    make: async (hands) => {
      await hands.write(
        'nginx/nginx.conf',
        site('http://$app:5000', { inside: 'resolver 127.0.0.11 valid=1s;\n    set $app flask;' }),
      );
      await hands.edit('compose.yaml', replaced(/ {4}depends_on:.*\n/, ''));
      await hands.compose`up -d nginx`;
      await up(hands);
    },
    caughtBy: 'flask-started-before-nginx',
    message:
      /nginx at \S+, flask at \S+; nginx \(compose\.yaml:16\) has no `depends_on: \[flask\]`, and was started first \| add `depends_on: \[flask\]`/,
  },
  {
    id: 'flask-restarted-afterwards',
    at,
    what: text('started flask again after nginx', '在 nginx 之後又重新啟動 flask'),
    make: async (hands) => {
      await up(hands);
      await hands.compose`restart flask`;
    },
    caughtBy: 'flask-started-before-nginx',
    message: /nginx at \S+, flask at \S+; flask was started again after nginx, .* \| .*docker compose restart nginx/,
  },
  {
    id: 'flask-crashes',
    at,
    what: text('FLASK_APP names a file that is not there', 'FLASK_APP 指到不存在的檔案'),
    make: async (hands) => {
      await upWith(replaced('REDIS_HOST: redis-server', 'REDIS_HOST: redis-server\n      FLASK_APP: main.py'))(hands);
      await ended(hands, 'flask');
    },
    caughtBy: 'flask-has-1-replica',
    message: /0 running, \w+ exited with code [1-9]\d* \| .*docker compose logs flask \| .*main/,
  },
  {
    id: 'nginx-starts-on-and-on',
    at,
    what: text(
      'nginx.conf names a host that is not there; `restart: always`',
      'nginx.conf 寫了不存在的主機，又設定 `restart: always`',
    ),
    make: async (hands) => {
      await hands.edit('nginx/nginx.conf', replaced('flask:5000', 'flask-app:5000'));
      await upWith(addToNginx('    restart: always\n'))(hands);
      const again = 'until [ "$(docker inspect -f "{{.RestartCount}}" "$0")" -gt 0 ]; do sleep 0.1; done';
      await hands.sh`timeout 20 sh -c ${again} ${(await hands.replicas('nginx')).map(({ id }) => id)}`;
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /(Docker starts it again|only just been started again) \(restarts so far: \d+\); nginx\/nginx\.conf:5: no service has the name `flask-app`; the app is `flask` \| correct nginx\/nginx\.conf:5/,
  },
  {
    id: 'nginx-with-no-command',
    at,
    what: text('gave nginx another command, which ends at once', '給 nginx 別的 command，馬上就結束'),
    make: async (hands) => {
      await upWith(addToNginx('    command: nginx\n'))(hands);
      await ended(hands, 'nginx');
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /0 running, \w+ exited with code 0; its command `nginx` \(compose\.yaml:24\) ended with exit code 0 \| correct or remove the command in compose\.yaml:24/,
  },
];

export const upMistakes: readonly Mistake[] = [...networks, ...starts];
