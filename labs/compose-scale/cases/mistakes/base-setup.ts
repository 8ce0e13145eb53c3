import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { changesApp, curl, gives, labels, listens, pause, ping, ready, up } from '../helpers.ts';

/** Mistakes in fetching, building and starting. */
export const setupMistakes: readonly Mistake[] = [
  {
    id: 'pulled-only',
    at: 'setup/build',
    what: text('fetched the images, and built none', '只下載映像檔，沒有建置'),
    builds: true,
    make: (hands) => hands.pull(),
    caughtBy: 'flask-image-is-built',
    message: /no such image \| docker compose build$/,
  },
  {
    id: 'built-another-dockerfile',
    at: 'setup/build',
    what: text('built from another Dockerfile than that of the stack', '用別的 Dockerfile 建置'),
    builds: true,
    make: async (hands) => {
      await hands.write('flask/Dockerfile.mine', 'FROM python:3.13-slim\nCOPY app.py /\nCMD ["python", "/app.py"]\n');
      await hands.edit('compose.yaml', (file) =>
        file.replace('build: ./flask', 'build:\n      context: ./flask\n      dockerfile: Dockerfile.mine'),
      );
      await hands.compose`build`;
    },
    caughtBy: 'flask-image-is-from-its-dockerfile',
    message:
      /not there: RUN pip install.*; compose\.yaml:\d+ builds it from another file, flask\/Dockerfile\.mine \| .*docker compose build flask/,
  },
  {
    id: 'tagged-by-hand',
    at: 'setup/build',
    what: text('gave the name of the image to another one, with `docker tag`', '用 `docker tag` 把別的映像檔改成這個名稱'),
    builds: true,
    make: async (hands) => {
      await hands.write('mine/Dockerfile', 'FROM python:3.13-slim\nENV MINE=1\n');
      await hands.sh`docker build -q ${hands.mark} -t ${`${hands.project}-mine`} mine`;
      await hands.sh`docker tag ${`${hands.project}-mine`} "$FLASK_IMAGE"`;
    },
    caughtBy: 'flask-image-is-from-its-dockerfile',
    message: /is another image, \S+-mine:latest, to which `docker tag` gave this name \| .*docker compose build flask/,
  },
  {
    id: 'edited-after-the-build',
    at: 'setup/build',
    what: text('built, then changed the Dockerfile, and did not build again', '建置後又改了 Dockerfile，沒有重新建置'),
    builds: true,
    make: async (hands) => {
      await hands.compose`build`;
      await hands.edit('flask/Dockerfile', (file) => file.replace('"--host", "0.0.0.0"', '"--host", "0.0.0.0", "--debug"'));
    },
    caughtBy: 'flask-image-is-from-its-dockerfile',
    message:
      /not there: CMD .*--debug.*; flask\/Dockerfile:9 was changed after the image was built \| .*docker compose build flask/,
  },
  {
    id: 'started-one-service',
    at: 'setup/up',
    what: text('started flask alone', '只啟動 flask'),
    make: async (hands) => {
      await hands.compose`up -d flask`;
    },
    caughtBy: 'redis-has-1-replica',
    message:
      /no container of redis-server.*; only flask was started, as by `docker compose up -d flask` \| .*docker compose up -d/,
  },
  {
    id: 'started-another-project',
    at: 'setup/up',
    what: text('started a second project, with `-p`', '用 `-p` 啟動成另一個專案'),
    make: async (hands) => {
      await hands.compose`-p ${hands.other} up -d`;
    },
    caughtBy: 'flask-has-1-replica',
    message: /no container of flask in the project \S+-base.*docker compose up -d/,
  },
  {
    id: 'made-and-not-started',
    at: 'setup/up',
    what: text('made the containers, and did not start them', '只建立容器，沒有啟動'),
    make: async (hands) => {
      await hands.compose`up --no-start`;
    },
    caughtBy: 'client-has-1-replica',
    message: /is created.*docker compose up -d/,
  },
  {
    id: 'app-with-a-mistake',
    at: 'setup/up',
    what: text('the app ends at once, with a Python error', '應用程式有 Python 錯誤，一啟動就結束'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['app = Flask(__name__)', 'app = flask(__name__)']);
      await hands.compose`up -d`;
      for (const one of await hands.replicas('flask')) await hands.sh`docker wait ${one.id}`;
    },
    caughtBy: 'flask-has-1-replica',
    message:
      /exited with code [1-9]\d*; flask\/app\.py:7: NameError: .* \| correct flask\/app\.py:7, then docker compose up -d --build/,
  },
  {
    id: 'crashes-and-restarts',
    at: 'setup/up',
    what: text('the app crashes, and `restart: always` starts it again', '應用程式不斷當掉，又被 `restart: always` 重新啟動'),
    make: async (hands) => {
      await gives(hands, 'flask', 'restart: always', `command: python -c "raise SystemExit('no settings')"`);
      await hands.compose`up -d`;
      const [flask] = await hands.replicas('flask');
      const again = `[ $(docker inspect -f '{{.RestartCount}}' ${flask?.id}) != 0 ]`;
      await hands.sh`timeout 30 sh -c ${`until ${again}; do sleep 0.1; done`}`;
    },
    caughtBy: 'flask-has-1-replica',
    message: /(exited with code 1 and Docker starts it again|only just been started again).*docker compose logs flask/,
  },
  {
    id: 'paused',
    at: 'setup/up',
    what: text('paused flask, and forgot it', '暫停了 flask，忘了恢復'),
    make: async (hands) => {
      await up(hands);
      await ready(hands);
      await pause(hands, (await hands.replicas('flask'))[0]?.id);
    },
    caughtBy: 'flask-has-1-replica',
    message: /is paused.*docker compose unpause flask/,
  },
  {
    id: 'published-a-port',
    at: 'setup/up',
    what: text('published a port of flask', '把 flask 的連接埠發佈到主機'),
    make: async (hands) => {
      await gives(hands, 'flask', 'ports: ["5000"]');
      await hands.compose`up -d`;
    },
    caughtBy: 'no-port-is-published',
    message: /flask 127\.0\.0\.1:\d+→5000.*remove `ports:`/,
  },
  {
    id: 'second-network',
    at: 'setup/up',
    what: text('put redis-server on a second network as well', '讓 redis-server 也接上第二個網路'),
    make: async (hands) => {
      await gives(hands, 'redis-server', 'networks: [default, back]');
      await hands.edit('compose.yaml', (file) => `${file}\nnetworks:\n  back:\n    labels: ${labels(hands)}\n`);
      await hands.compose`up -d`;
    },
    caughtBy: 'all-on-the-default-network',
    message: /redis-server on back, default; compose\.yaml:\d+ puts redis-server on default, back \| correct compose\.yaml:\d+/,
  },
  {
    id: 'network-of-the-host',
    at: 'setup/up',
    what: text('put client on the network of the host', '讓 client 使用主機的網路'),
    make: async (hands) => {
      await gives(hands, 'client', 'network_mode: host');
      await hands.compose`up -d`;
    },
    caughtBy: 'all-on-the-default-network',
    message: /client on host; compose\.yaml:\d+ puts client on host \| correct compose\.yaml:\d+/,
  },
  {
    id: 'listens-on-loopback',
    at: 'setup/up',
    what: text('the app listens on 127.0.0.1 alone', '應用程式只在 127.0.0.1 上監聽'),
    make: async (hands) => {
      await gives(hands, 'flask', 'command: flask run');
      await hands.compose`up -d`;
      await listens(hands);
    },
    caughtBy: 'flask-is-ready',
    message:
      /no connection to \w+; flask listens on 127\.0\.0\.1:5000 only \(compose\.yaml:4\), .* \| make it listen on 0\.0\.0\.0 in compose\.yaml:4, then docker compose up -d/,
  },
  {
    id: 'listens-on-another-port',
    at: 'setup/up',
    what: text('the app listens on port 8080', '應用程式在連接埠 8080 上監聽'),
    make: async (hands) => {
      await gives(hands, 'flask', 'command: flask run --host 0.0.0.0 --port 8080');
      await hands.compose`up -d`;
      await listens(hands);
    },
    caughtBy: 'flask-is-ready',
    message:
      /no connection to \w+; flask listens on port 8080 \(compose\.yaml:4\), not on 5000 \| make it listen on port 5000 in compose\.yaml:4/,
  },
  {
    id: 'takes-a-minute',
    at: 'setup/up',
    what: text('the app takes a minute for an answer', '應用程式要一分鐘才回應'),
    builds: true,
    make: async (hands) => {
      await changesApp(
        hands,
        ['import socket\n', 'import socket\nimport time\n'],
        ['    redis.ping()', '    time.sleep(60)\n    redis.ping()'],
      );
      await hands.compose`up -d`;
    },
    caughtBy: 'flask-is-ready',
    message: /\w+ accepted the request, but did not answer within 2 s .*docker compose logs flask/,
  },
  {
    id: 'wrong-redis-host',
    at: 'setup/up',
    what: text('REDIS_HOST names the app itself', 'REDIS_HOST 指向應用程式自己'),
    make: async (hands) => {
      await hands.edit('compose.yaml', (file) => file.replace('REDIS_HOST: redis-server', 'REDIS_HOST: localhost'));
      await hands.compose`up -d`;
    },
    caughtBy: 'flask-is-ready',
    message:
      /HTTP 500 from \w+; `REDIS_HOST: localhost` \(compose\.yaml:8\) leads to: .*connecting to localhost:6379.* \| correct compose\.yaml:8/,
  },
  {
    id: 'nobody-talked',
    at: 'setup/talk',
    what: text('neither pinged nor asked', '沒有 ping，也沒有送出請求'),
    given: up,
    make: async () => {},
    caughtBy: 'flask-was-pinged',
    message: /none so far \| docker compose exec client ping -c 1 flask/,
  },
  {
    id: 'pinged-another',
    at: 'setup/talk',
    what: text('pinged redis-server in place of flask', 'ping 了 redis-server，而不是 flask'),
    given: up,
    make: async (hands) => {
      await ready(hands);
      await hands.compose`exec client ping -c 1 redis-server`;
      await curl(hands);
    },
    caughtBy: 'flask-was-pinged',
    message: /none so far; in client, `ping -c 1 redis-server` pinged another name \| docker compose exec client ping -c 1 flask/,
  },
  {
    id: 'asked-for-its-health-only',
    at: 'setup/talk',
    what: text('asked for /health, never for the page', '只請求 /health，沒有請求首頁'),
    given: up,
    make: async (hands) => {
      await ready(hands);
      await ping(hands);
      await hands.compose`exec client curl -sS flask:5000/health`;
    },
    caughtBy: 'flask-was-asked',
    message:
      /none so far; in client, `curl -sS flask:5000\/health` asked for `\/health` only, .* \| docker compose exec client curl flask:5000/,
  },
];
