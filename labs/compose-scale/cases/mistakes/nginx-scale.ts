import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { addToFlask, asked, replaced, scale, scaled } from '../nginx-helpers.ts';

const at = 'nginx/scale';

export const scaleMistakes: readonly Mistake[] = [
  {
    id: 'nginx-restarted-too-early',
    at,
    what: text('scaled, and restarted nginx at once', '擴展之後馬上重新啟動 nginx'),
    given: asked,
    make: async (hands) => {
      await scale(hands);
      await hands.compose`restart nginx`;
    },
    caughtBy: 'nginx-was-not-restarted',
    message: /nginx started at \S+, the youngest flask at \S+ \| .*--scale flask=1.*--scale flask=3/,
  },
  {
    id: 'nginx-restarted-before',
    at,
    what: text('restarted nginx first, then scaled', '先重新啟動 nginx，再擴展'),
    given: asked,
    make: async (hands) => {
      await hands.compose`restart nginx`;
      await scale(hands);
    },
    caughtBy: 'nginx-is-untouched',
    message: /the same container, started again \| .*leave nginx alone/,
  },
  {
    id: 'nginx-reloaded-too-early',
    at,
    what: text('scaled, and had nginx reload', '擴展之後讓 nginx 重新載入'),
    given: asked,
    make: async (hands) => {
      await scaled(hands);
      await hands.compose`exec nginx nginx -s reload`;
    },
    caughtBy: 'nginx-still-reaches-one',
    message:
      /3 flask replicas run, nginx reaches [23]; `nginx -s reload` in nginx made it look the name up again \| .*--scale flask=1.*restart nginx.*--scale flask=3/,
  },
  {
    id: 'all-made-anew',
    at,
    what: text('scaled with `--force-recreate`', '擴展時加上 `--force-recreate`'),
    given: asked,
    make: async (hands) => {
      await hands.compose`up -d --force-recreate --scale flask=3`;
    },
    caughtBy: 'nginx-is-untouched',
    message: /nginx: (\w+), running on \| (?!\1)\w+: all containers of the project are new \| leave nginx alone/,
  },
  {
    id: 'scaled-to-two-behind-nginx',
    at,
    what: text('scaled flask to two', '把 flask 擴展成兩個'),
    given: asked,
    make: async (hands) => {
      await hands.compose`up -d --scale flask=2`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /3 replicas of flask, running \| 2 running \| .*--scale flask=3/,
  },
  {
    id: 'one-off-containers',
    at,
    what: text('ran two more with `run` in place of scaling', '用 `run` 多跑兩個，而不是擴展'),
    given: asked,
    make: async (hands) => {
      for (const _ of 'ab')
        await hands.compose`run -d --no-deps ${'--label'} ${hands.mark[1] ?? ''} ${'--label'} ${hands.mark[3] ?? ''} flask`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /\| 1 running; \S+, \S+ were started with `docker compose run`: .* \| .*docker rm -f .*--scale flask=3/,
  },
  {
    id: 'one-hostname-behind-nginx',
    at,
    what: text('gave all replicas one `hostname:`', '所有副本共用一個 `hostname:`'),
    given: async (hands) => {
      await hands.edit('compose.yaml', addToFlask('    hostname: web\n'));
      await asked(hands);
    },
    make: scale,
    caughtBy: 'each-flask-answers',
    message: /\| .*web.* \| .*`hostname:`/,
  },
  {
    id: 'a-replica-off-the-frontend',
    at,
    what: text('took a replica off the frontend', '讓一個副本離開 frontend'),
    given: asked,
    make: async (hands) => {
      await scale(hands);
      const youngest = (await hands.replicas('flask')).at(-1);
      const frontend = Object.keys(youngest?.networks ?? {}).find((name) => name.endsWith('frontend')) ?? '';
      await hands.sh`docker network disconnect ${frontend} ${youngest?.id ?? ''}`;
    },
    caughtBy: 'dns-knows-3-flask',
    message: /those of its running replicas \| .* \| \S+ .*--force-recreate/,
  },
  {
    id: 'a-stranger-by-the-name',
    at,
    what: text('another container goes by the name flask', '另一個容器也用 flask 這個名稱'),
    given: asked,
    make: async (hands) => {
      await scale(hands);
      const [flask] = await hands.replicas('flask');
      const frontend = Object.keys(flask?.networks ?? {}).find((name) => name.endsWith('frontend')) ?? '';
      await hands.sh`docker run -d --init ${hands.mark} --name ${`${hands.project}-stranger`} --network ${frontend} --network-alias flask ${flask?.image ?? ''}`;
    },
    caughtBy: 'dns-knows-3-flask',
    message: /; the container (\S+-stranger), started with `docker run`, has the alias `flask` .* \| stop it: docker stop \1/,
  },
  {
    id: 'one-replica-paused',
    at,
    what: text('paused one of the replicas', '暫停了其中一個副本'),
    given: asked,
    make: async (hands) => {
      await scale(hands);
      await hands.sh`docker pause ${(await hands.replicas('flask')).at(-1)?.id ?? ''}`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /2 running, \w+ is paused \| .*unpause flask/,
  },
  {
    id: 'nginx-made-anew',
    at,
    what: text("changed nginx's part of compose.yaml before scaling", '擴展之前改了 compose.yaml 裡的 nginx'),
    given: asked,
    make: async (hands) => {
      await hands.edit('compose.yaml', replaced('image: nginx:1.26\n', 'image: nginx:1.26\n    init: true\n'));
      await hands.compose`up -d --scale flask=3`;
    },
    caughtBy: 'nginx-is-untouched',
    message: /\w+: only nginx is new \| leave nginx alone: .*its part of compose\.yaml has changed/,
  },
];
