import type { Equivalent } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { changesApp, curl, gives, labels, ping, ready, up } from '../helpers.ts';
import { page } from './apps.ts';

/** Alternative ways to build, start and send requests. */
export const setupEquivalents: readonly Equivalent[] = [
  {
    id: 'dockerfile-of-their-own',
    at: 'setup/build',
    what: text('a Dockerfile in two stages, with other instructions', '分成兩個階段、用其他指令寫的 Dockerfile'),
    builds: true,
    make: async (hands) => {
      await hands.write(
        'flask/Dockerfile',
        [
          '# 兩個階段，同一個應用程式',
          'FROM python:3.13-slim AS base',
          'ARG FLASK=3',
          'RUN pip install \\',
          '      "flask>=$FLASK" \\',
          '      redis',
          '',
          'from base',
          'LABEL course="docker tips"',
          'ENV FLASK_APP app',
          'WORKDIR /srv/flask',
          'ADD --chown=nobody:nogroup . .',
          'USER nobody',
          'ENTRYPOINT ["flask", "run"]',
          'CMD [ "--host=0.0.0.0" ]',
          '',
        ].join('\n'),
      );
      await hands.compose`build`;
    },
  },
  {
    id: 'built-by-up',
    at: 'setup/build',
    what: text('`up` built the image', '由 `up` 建置映像檔'),
    builds: true,
    make: async (hands) => {
      await hands.compose`up -d --build`;
    },
  },
  {
    id: 'written-out',
    at: 'setup/up',
    what: text(
      'the long syntax of build and environment, the default network spelled out',
      '用完整語法寫 build 和 environment，並寫明預設網路',
    ),
    builds: true,
    make: async (hands) => {
      await hands.edit('compose.yaml', (file) =>
        file
          .replace('build: ./flask', 'build:\n      context: ./flask\n      dockerfile: Dockerfile')
          .replace('      REDIS_HOST: redis-server', '      - REDIS_HOST=redis-server'),
      );
      await hands.edit('compose.yaml', (file) => `${file}\nnetworks:\n  default:\n    driver: bridge\n`);
      await up(hands);
    },
  },
  {
    id: 'more-settings',
    at: 'setup/up',
    what: text(
      'a healthcheck that others wait for, `expose:`, a name for client, comments in Chinese',
      '其他服務會等待的健康檢查、`expose:`、client 的固定名稱，以及中文註解',
    ),
    make: async (hands) => {
      const asks = 'import urllib.request as ask; ask.urlopen("http://127.0.0.1:5000/health")';
      await gives(
        hands,
        'flask',
        '# 每秒檢查一次',
        'expose: ["5000"]',
        'stop_grace_period: 1s',
        'depends_on: [redis-server]',
        `healthcheck: { test: ['CMD', 'python', '-c', '${asks}'], interval: 1s, timeout: 5s, retries: 10 }`,
      );
      await gives(
        hands,
        'client',
        `container_name: ${hands.project}-my-client`,
        'depends_on: { flask: { condition: service_healthy } }',
      );
      await up(hands);
    },
  },
  {
    id: 'one-service-more',
    at: 'setup/up',
    what: text('a service more, with a page for Redis', '多一個顯示 Redis 的網頁服務'),
    make: async (hands) => {
      await hands.edit('compose.yaml', (file) =>
        [file.trimEnd(), '', '  pages:', '    image: nginx:1.26', '    ports: ["80"]', `    labels: ${labels(hands)}`, ''].join(
          '\n',
        ),
      );
      await up(hands);
    },
  },
  {
    id: 'by-docker-exec',
    at: 'setup/talk',
    what: text(
      '`docker exec`, the address in place of the name, and Python in place of curl',
      '用 `docker exec`、用位址而不是名稱、用 Python 而不是 curl',
    ),
    given: up,
    make: async (hands) => {
      await ready(hands);
      const [client, flask] = [(await hands.replicas('client'))[0], (await hands.replicas('flask'))[0]];
      const address = Object.values(flask?.networks ?? {})[0]?.address ?? '';
      await hands.sh`docker exec ${client?.id ?? ''} ping -c 2 ${address}`;
      await hands.sh`docker exec ${flask?.id ?? ''} python -c ${'import urllib.request as ask; ask.urlopen("http://flask:5000/").read()'}`;
    },
  },
  {
    id: 'in-a-shell',
    at: 'setup/talk',
    what: text('typed in a shell inside client', '在 client 的 shell 裡輸入'),
    given: up,
    make: async (hands) => {
      await ready(hands);
      const [client] = await hands.replicas('client');
      await hands.sh`printf 'ping -c 1 flask\ncurl -sS flask:5000\n' | docker exec -i ${client?.id ?? ''} bash`;
    },
  },
  {
    id: 'another-page',
    at: 'setup/talk',
    what: text('the answer is a page of HTML, in Chinese, with other numbers', '回應是中文的 HTML 網頁，還有其他數字'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ...page);
      await up(hands);
      await ready(hands);
      await ping(hands);
      await curl(hands);
    },
  },
];
