import type { Equivalent } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { changesApp, curlTenTimes, flasks, gives, three, threeReady, up } from '../helpers.ts';
import { ownServer } from './apps.ts';

/** Alternative ways to scale, balance the load and clean up. */
export const scaleEquivalents: readonly Equivalent[] = [
  {
    id: 'scale-command',
    at: 'scale/out',
    what: text('used `docker compose scale`', '使用 `docker compose scale`'),
    given: up,
    make: async (hands) => {
      await hands.compose`scale flask=3`;
    },
  },
  {
    id: 'replicas-in-the-file',
    at: 'scale/out',
    what: text('`deploy.replicas: 3` in compose.yaml', '在 compose.yaml 寫 `deploy.replicas: 3`'),
    given: up,
    make: async (hands) => {
      await gives(hands, 'flask', 'deploy: { replicas: 3 }');
      await up(hands);
    },
  },
  {
    id: 'scale-in-the-file',
    at: 'scale/out',
    what: text('`scale: 3` in compose.yaml', '在 compose.yaml 寫 `scale: 3`'),
    given: up,
    make: async (hands) => {
      await gives(hands, 'flask', 'scale: 3');
      await up(hands);
    },
  },
  {
    id: 'out-in-two-goes',
    at: 'scale/out',
    what: text('to five, and back to three, with --no-recreate', '先到五個，再回到三個，並加上 --no-recreate'),
    given: up,
    make: async (hands) => {
      await hands.compose`up -d --no-recreate --scale flask=5`;
      await hands.compose`up -d --no-recreate --scale flask=3 flask`;
    },
  },
  {
    id: 'in-by-up',
    at: 'scale/in',
    what: text('`up -d` alone: the file asks for one', '只用 `up -d`：檔案裡就是一個'),
    given: three,
    make: up,
  },
  {
    id: 'in-by-hand',
    at: 'scale/in',
    what: text('removed two by `docker rm -f`, the first among them', '用 `docker rm -f` 移除兩個，包括最先的那個'),
    given: three,
    make: async (hands) => {
      await hands.sh`docker rm -f ${(await flasks(hands)).slice(0, 2)}`;
    },
  },
  {
    id: 'one-by-one',
    at: 'balance/ping',
    what: text('one ping for each replica, by its address', '用每個副本的位址各 ping 一次'),
    given: three,
    make: async (hands) => {
      await hands.compose`exec client bash -c ${'for a in $(dig +short flask); do ping -c 1 $a; done'}`;
    },
  },
  {
    id: 'server-of-their-own',
    at: 'balance/curl',
    what: text('another web server, that answers JSON and logs no request', '換成另一個網頁伺服器：回應 JSON，也不記錄請求'),
    builds: true,
    make: async (hands) => {
      await hands.write('flask/app.py', ownServer);
      await hands.edit('flask/Dockerfile', (file) => file.replace(/CMD .*/, 'CMD ["python", "app.py"]'));
      await threeReady(hands);
      await hands.compose`exec client bash -c ${'for i in {1..10}; do curl -s http://flask:5000/; done'}`;
    },
  },
  {
    id: 'app-of-their-own',
    at: 'balance/curl',
    what: text(
      '`python app.py`, which asks Redis for a pipeline and answers another sentence',
      '用 `python app.py` 執行，以 pipeline 計數，回應另一句話',
    ),
    builds: true,
    make: async (hands) => {
      await changesApp(
        hands,
        ['redis.incr("hits")', 'redis.pipeline().incr("visits").expire("visits", 3600).execute()[0]'],
        ['Hello Container World! I have been seen {count} times and my hostname is {name}.', '#{count} {name}'],
      );
      await hands.edit('flask/app.py', (app) => `${app}\n\napp.run("0.0.0.0", 5000)\n`);
      await hands.edit('flask/Dockerfile', (file) => file.replace(/CMD .*/, 'CMD ["python", "app.py"]'));
      await threeReady(hands);
      await curlTenTimes(hands);
    },
  },
  {
    id: 'stopped-in-two-goes',
    at: 'cleanup/stop',
    what: text('stopped flask first, then the others', '先停止 flask，再停止其他服務'),
    given: three,
    make: async (hands) => {
      await hands.compose`stop flask`;
      await hands.compose`stop -t 2 redis-server client`;
    },
  },
  {
    id: 'killed',
    at: 'cleanup/stop',
    what: text('`kill` in place of `stop`', '用 `kill` 而不是 `stop`'),
    given: up,
    make: async (hands) => {
      await hands.compose`kill`;
    },
  },
  {
    id: 'stopped-and-removed-at-once',
    at: 'cleanup/rm',
    what: text('`rm -sf`: stops, then removes', '`rm -sf`：先停止再移除'),
    given: three,
    make: async (hands) => {
      await hands.compose`rm -s -f -v`;
    },
  },
];
