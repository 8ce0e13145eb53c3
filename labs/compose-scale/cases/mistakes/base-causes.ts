import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { changesApp, flasks, gives, listens, ping, refused, three, threeReady, up } from '../helpers.ts';

const waitFor = 'for id in "$@"; do docker wait "$id"; done';

/** Mistakes on the base stack whose cause is in a file or on the machine, not where the failure shows. */
export const baseCauses: readonly Mistake[] = [
  {
    id: 'fixed-port',
    at: 'scale/out',
    what: text('a fixed port of the host stands in the way of scaling', '固定的主機連接埠讓它無法擴展'),
    given: async (hands) => {
      await gives(hands, 'flask', 'ports: ["127.0.0.1:5000:5000"]');
      await up(hands);
    },
    make: async (hands) => {
      await refused(three(hands));
    },
    caughtBy: 'flask-has-3-replicas',
    message:
      /compose\.yaml:4 publishes the fixed port 5000 of this machine, which only one container of flask can have \| remove that line of `ports:`, then docker compose up -d --scale flask=3/,
  },
  {
    id: 'one-was-stopped',
    at: 'scale/out',
    what: text('one of the three was stopped with `docker stop`', '三個中有一個被 `docker stop` 停止'),
    given: up,
    make: async (hands) => {
      await threeReady(hands);
      await hands.sh`docker stop ${(await flasks(hands))[1] ?? ''}`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /\w{12} was stopped from outside \(exit code 143\), as by `docker stop` \| .*docker compose up -d --scale flask=3/,
  },
  {
    id: 'all-were-stopped',
    at: 'setup/up',
    what: text('pressed Ctrl-C in `docker compose up`: all have stopped', '在 `docker compose up` 按了 Ctrl-C，全部都停止了'),
    make: async (hands) => {
      await up(hands);
      await hands.compose`stop`;
    },
    caughtBy: 'flask-has-1-replica',
    message: /all containers of the project were stopped, .*Ctrl-C.* \| .*in the background: docker compose up -d$/,
  },
  {
    id: 'out-of-memory',
    at: 'setup/up',
    what: text('the memory limit is too small for the app', '記憶體上限對應用程式來說太小'),
    make: async (hands) => {
      await gives(
        hands,
        'flask',
        'mem_limit: 32m',
        'memswap_limit: 32m',
        'command: python -c "print(len(bytearray(200_000_000)))"',
      );
      await up(hands);
      await hands.sh`sh -c ${waitFor} - ${await flasks(hands)}`;
    },
    caughtBy: 'flask-has-1-replica',
    message:
      /flask used more memory than its limit of 32m \(compose\.yaml:4\), and was killed \| raise or remove the limit in compose\.yaml:4/,
  },
  {
    id: 'wrong-tag',
    at: 'setup/up',
    what: text('the tag of an image does not exist', '映像檔的標籤不存在'),
    make: async (hands) => {
      await hands.edit('compose.yaml', (file) => file.replace('redis:8.0', 'redis:8.00'));
      await hands.compose`up -d --pull never`.catch(() => undefined);
    },
    caughtBy: 'redis-has-1-replica',
    message:
      /the engine has no image redis:8\.00 \(compose\.yaml:11\), but .*redis:8\.0\b.* \| correct the tag in compose\.yaml:11/,
  },
  {
    id: 'edited-and-not-built',
    at: 'setup/up',
    what: text('corrected the app, and did not build again', '修正了應用程式，但沒有重新建置'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['app = Flask(__name__)', 'app = flask(__name__)']);
      await up(hands);
      await hands.sh`sh -c ${waitFor} - ${await flasks(hands)}`;
      await changesApp(hands, ['app = flask(__name__)', 'app = Flask(__name__)']);
      await up(hands);
      await hands.sh`sh -c ${waitFor} - ${await flasks(hands)}`;
    },
    caughtBy: 'flask-has-1-replica',
    message: /flask\/app\.py was changed after the image \S+ was built, .* \| build it again: docker compose up -d --build/,
  },
  {
    id: 'built-and-not-recreated',
    at: 'setup/up',
    what: text('built again, and did not recreate the container', '重新建置了，但沒有重新建立容器'),
    builds: true,
    make: async (hands) => {
      await hands.edit('flask/Dockerfile', (file) => file.replace('"--host", "0.0.0.0"', '"--port", "5000"'));
      await up(hands);
      await hands.edit('flask/Dockerfile', (file) => file.replace('"--port", "5000"', '"--host", "0.0.0.0"'));
      await hands.compose`build`;
    },
    caughtBy: 'flask-is-ready',
    message: /the container of flask still runs an older image than \S+: .* \| recreate it: docker compose up -d/,
  },
  {
    id: 'the-program-listens-on-loopback',
    at: 'setup/up',
    what: text('the Dockerfile makes the app listen on 127.0.0.1', 'Dockerfile 讓應用程式在 127.0.0.1 上監聽'),
    builds: true,
    make: async (hands) => {
      await hands.edit('flask/Dockerfile', (file) => file.replace('"0.0.0.0"', '"127.0.0.1"'));
      await up(hands);
      await listens(hands);
    },
    caughtBy: 'flask-is-ready',
    message:
      /flask listens on 127\.0\.0\.1:5000 only \(flask\/Dockerfile:9\), .* \| .*0\.0\.0\.0 in flask\/Dockerfile:9, then docker compose up -d --build/,
  },
  {
    id: 'client-behind-a-proxy',
    at: 'setup/talk',
    what: text("Docker's configuration sets an HTTP proxy in each container", 'Docker 的設定在每個容器裡設定了 HTTP proxy'),
    make: async (hands) => {
      await gives(hands, 'client', 'environment: { http_proxy: "http://127.0.0.1:9" }');
      await up(hands);
      const health = "until curl -sf --noproxy '*' flask:5000/health; do sleep 0.1; done";
      await hands.compose`exec client timeout 20 sh -c ${health}`;
      await ping(hands);
      await hands.compose`exec client sh -c ${'curl -sS flask:5000; true'}`;
    },
    caughtBy: 'flask-was-asked',
    message:
      /no request arrived \| client sends requests to a proxy \(`http_proxy` in its environment; see `proxies` in Docker's config\.json\): .*--noproxy/,
  },
];
