import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { changesApp, flasks, gives, ready, refused, three, threeReady, up } from '../helpers.ts';

/** Mistakes in scaling out and in. */
export const scaleMistakes: readonly Mistake[] = [
  {
    id: 'scaled-the-wrong-service',
    at: 'scale/out',
    what: text('scaled redis-server in place of flask', '把 redis-server 擴展了，而不是 flask'),
    given: up,
    make: async (hands) => {
      await hands.compose`up -d --scale redis-server=3`;
    },
    caughtBy: 'flask-has-3-replicas',
    message:
      /3 replicas of flask, running \| 1 running; redis-server was scaled to 3; the service to scale is flask \| .*--scale flask=3/,
  },
  {
    id: 'two-in-place-of-three',
    at: 'scale/out',
    what: text('asked for two replicas: two more, it was thought', '指定了兩個：以為是再加兩個'),
    given: up,
    make: async (hands) => {
      await hands.compose`up -d --scale flask=2`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /\| 2 running \| .*--scale flask=3/,
  },
  {
    id: 'scaled-to-four',
    at: 'scale/out',
    what: text('asked for four replicas', '指定了四個副本'),
    given: up,
    make: async (hands) => {
      await hands.compose`up -d --scale flask=4`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /\| 4 running \| .*--scale flask=3/,
  },
  {
    id: 'scaled-another-project',
    at: 'scale/out',
    what: text('scaled a second project', '擴展的是另一個專案'),
    given: up,
    make: async (hands) => {
      await hands.compose`-p ${hands.other} up -d --scale flask=3`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /\| 1 running; 3 replicas of flask run in another project of this folder, (\S+) \(`-p \1`\) \| .*--scale flask=3/,
  },
  {
    id: 'ran-more-by-hand',
    at: 'scale/out',
    what: text('ran two more by `docker run`, with the alias `flask`', '用 `docker run` 另外執行兩個，別名是 `flask`'),
    given: up,
    make: async (hands) => {
      for (const n of [2, 3])
        await hands.sh`docker run -d ${hands.mark} --name ${`${hands.project}-flask-${n}`} --network ${`${hands.project}_default`} --network-alias flask -e REDIS_HOST=redis-server "$FLASK_IMAGE"`;
    },
    caughtBy: 'flask-has-3-replicas',
    message:
      /\| 1 running; \S+-flask-2, \S+-flask-3 run the same image, but were started with `docker run`.* \| .*docker rm -f .*--scale flask=3/,
  },
  {
    id: 'name-in-the-way',
    at: 'scale/out',
    what: text('a fixed container_name stands in the way', '固定的 container_name 讓它無法擴展'),
    given: async (hands) => {
      await gives(hands, 'flask', `container_name: ${hands.project}-web`);
      await up(hands);
    },
    make: async (hands) => {
      await refused(hands.compose`up -d --scale flask=3`);
    },
    caughtBy: 'flask-has-3-replicas',
    message:
      /\| 1 running; `container_name: \S+-web` \(compose\.yaml:4\) allows one container of flask only, .* \| remove that line from compose\.yaml:4, then docker compose up -d --scale flask=3/,
  },
  {
    id: 'one-is-paused',
    at: 'scale/out',
    what: text('one of the three is paused', '三個中有一個被暫停'),
    given: up,
    make: async (hands) => {
      await threeReady(hands);
      await hands.sh`docker pause ${(await flasks(hands))[1] ?? ''}`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /2 running, \w+ is paused.*unpause flask/,
  },
  {
    id: 'one-was-killed',
    at: 'scale/out',
    what: text('one of the three was killed', '三個中有一個被強制結束'),
    given: up,
    make: async (hands) => {
      await three(hands);
      await hands.sh`docker kill ${(await flasks(hands))[0] ?? ''}`;
    },
    caughtBy: 'flask-has-3-replicas',
    message:
      /2 running, \w+ exited with code 137; \w+ was killed from outside \(exit code 137\), as by `docker kill` \| start it again: docker compose up -d --scale flask=3/,
  },
  {
    id: 'one-is-off-the-network',
    at: 'scale/out',
    what: text('one of the three was disconnected from the network', '三個中有一個從網路中斷開'),
    given: up,
    make: async (hands) => {
      await three(hands);
      await hands.sh`docker network disconnect ${`${hands.project}_default`} ${(await flasks(hands))[2] ?? ''}`;
    },
    caughtBy: 'flask-has-3-addresses',
    message: /3 different addresses \| 2: .*on no network.*--force-recreate/,
  },
  {
    id: 'fixed-hostname',
    at: 'scale/out',
    what: text('all three have the same `hostname:`', '三個副本的 `hostname:` 都一樣'),
    given: async (hands) => {
      await gives(hands, 'flask', 'hostname: web');
      await up(hands);
    },
    make: threeReady,
    caughtBy: 'each-flask-answers',
    message: /3 have the hostname web .*remove `hostname:`/,
  },
  {
    id: 'all-answer-for-the-first',
    at: 'scale/out',
    what: text(
      'the app keeps the first hostname in Redis, and all answer with it',
      '應用程式把第一個主機名稱存進 Redis，全部都用它回應',
    ),
    builds: true,
    given: async (hands) => {
      await changesApp(hands, [
        'name = socket.gethostname()',
        'redis.setnx("name", socket.gethostname())\n    name = redis.get("name").decode()',
      ]);
      await up(hands);
      await ready(hands);
    },
    make: threeReady,
    caughtBy: 'each-flask-answers',
    message: /not from \w+.*: \w+ answered with the name \w+ \| .*its own hostname: socket\.gethostname\(\)/,
  },
  {
    id: 'client-made-anew',
    at: 'scale/out',
    what: text('changed client in compose.yaml before scaling', '擴展前改了 compose.yaml 裡的 client'),
    given: up,
    make: async (hands) => {
      await hands.edit('compose.yaml', (file) => file.replace('sleep infinity', 'sleep 3600'));
      await three(hands);
    },
    caughtBy: 'client-is-untouched',
    message: /client: \w+, running on \| \w+: only client is new \| .*`up` recreates a container/,
  },
  {
    id: 'restarted-redis',
    at: 'scale/out',
    what: text('restarted redis-server too', '連 redis-server 也重新啟動'),
    given: up,
    make: async (hands) => {
      await three(hands);
      await hands.compose`restart redis-server`;
    },
    caughtBy: 'redis-is-untouched',
    message: /the same container, started again.*leave redis-server alone/,
  },
  {
    id: 'scaled-in-to-two',
    at: 'scale/in',
    what: text('scaled in to two', '縮減為兩個'),
    given: three,
    make: async (hands) => {
      await hands.compose`up -d --scale flask=2`;
    },
    caughtBy: 'flask-has-1-replica',
    message: /\| 2 running \| .*--scale flask=1/,
  },
  {
    id: 'scaled-in-to-none',
    at: 'scale/in',
    what: text('scaled in to none', '縮減為零個'),
    given: three,
    make: async (hands) => {
      await hands.compose`up -d --scale flask=0`;
    },
    caughtBy: 'flask-has-1-replica',
    message:
      /no container of flask.*(removed at .*`--scale flask=0`|only client, redis-server was started).*docker compose up -d/,
  },
  {
    id: 'stopped-two',
    at: 'scale/in',
    what: text('stopped two, and removed none', '停止了兩個，但沒有移除'),
    given: three,
    make: async (hands) => {
      await hands.sh`docker stop ${(await flasks(hands)).slice(1)}`;
    },
    caughtBy: 'flask-has-1-replica',
    message: /1 running, \w+ exited with code .*--scale flask=1/,
  },
  {
    id: 'scaled-in-by-new-ones',
    at: 'scale/in',
    what: text('scaled in with --force-recreate: the one left is new', '縮減時加了 --force-recreate：留下的是新容器'),
    given: three,
    make: async (hands) => {
      await hands.compose`up -d --no-deps --force-recreate --scale flask=1 flask`;
    },
    caughtBy: 'flask-others-are-gone',
    message: /0 of them left, 1 in all: the flask that is left is new \| .*without.*--force-recreate/,
  },
  {
    id: 'down-and-up-again',
    at: 'scale/in',
    what: text('took all down, and started again', '用 `down` 全部移除再重新啟動'),
    given: three,
    make: async (hands) => {
      await hands.compose`down`;
      await hands.compose`up -d`;
    },
    caughtBy: 'redis-is-untouched',
    message: /redis-server: \w+, running on \| \w+: all containers of the project are new \| leave redis-server alone/,
  },
];
