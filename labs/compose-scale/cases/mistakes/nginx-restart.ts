import type { Mistake, Scenario } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { pause } from '../helpers.ts';
import { addToFlask, ended, group, replaced, restartedWith, scaled, site } from '../nginx-helpers.ts';

const at = 'nginx/restart';

const servers = (names: readonly string[], more: readonly string[]): string =>
  group(names.map((name, index) => `  server ${name}:5000${more[index] ?? ''};`).join('\n'));

export const restartMistakes: readonly Mistake[] = [
  {
    id: 'nothing-restarted',
    at,
    what: text('restarted nothing', '沒有重新啟動任何東西'),
    given: scaled,
    make: async (hands) => {
      await hands.curl(10);
    },
    caughtBy: 'nginx-reaches-all-three',
    message: /nginx reaches 3 of 3 flask replicas \| 3 flask replicas run, nginx reaches 1 \| .*docker compose restart nginx/,
  },
  {
    id: 'flask-restarted-instead',
    at,
    what: text('restarted flask in place of nginx', '重新啟動了 flask，而不是 nginx'),
    given: scaled,
    make: async (hands) => {
      await hands.compose`restart flask`;
    },
    caughtBy: 'flask-is-untouched',
    message: /started again \| .*leave flask alone/,
  },
  {
    id: 'up-without-the-scale',
    at,
    what: text('`up -d` again without `--scale`: one flask is left', '再次 `up -d` 卻沒有 `--scale`，只剩一個 flask'),
    given: scaled,
    make: async (hands) => {
      await hands.compose`up -d --force-recreate nginx`;
    },
    caughtBy: 'flask-has-3-replicas',
    message:
      /\| 1 running; 2 replicas were removed at .*: `docker compose up` without `--scale` sets flask back to one \| .*--scale flask=3/,
  },
  {
    id: 'flask-made-anew',
    at,
    what: text('made all containers anew', '把所有容器都重新建立'),
    given: scaled,
    make: async (hands) => {
      await hands.compose`up -d --force-recreate --scale flask=3`;
    },
    caughtBy: 'flask-is-untouched',
    message: /flask: \w+, \w+, \w+, running on \| \w+, \w+, \w+: all containers of the project are new \| leave flask alone/,
  },
  {
    id: 'nginx-points-at-an-address',
    at,
    what: text("put a replica's address into nginx.conf", '在 nginx.conf 寫了某個副本的位址'),
    given: scaled,
    make: async (hands) => {
      const [flask] = await hands.replicas('flask');
      const frontend = Object.entries(flask?.networks ?? {}).find(([name]) => name.endsWith('frontend'))?.[1];
      await restartedWith(() => site(`http://${frontend?.address}:5000`))(hands);
    },
    caughtBy: 'nginx-reaches-all-three',
    message:
      /nginx reaches 1; nginx\/nginx\.conf:\d+: `[\d.]+` is an address, .* \| correct nginx\/nginx\.conf:\d+, then docker compose restart nginx/,
  },
  {
    id: 'nginx-points-at-a-container',
    at,
    what: text('named two of the containers in nginx.conf', '在 nginx.conf 只寫了其中兩個容器的名稱'),
    given: scaled,
    make: restartedWith((names) => servers(names.slice(1), [])),
    caughtBy: 'nginx-reaches-all-three',
    message:
      /nginx reaches 2; nginx\/nginx\.conf:\d+: `\S+` is the name of a single container; write `flask`, .* \| correct nginx\/nginx\.conf:\d+/,
  },
  {
    id: 'ip-hash',
    at,
    what: text('nginx chooses by the address of who asks (`ip_hash`)', 'nginx 依來源位址選擇（`ip_hash`）'),
    given: scaled,
    make: restartedWith(() => group('  ip_hash;\n  server flask:5000;')),
    caughtBy: 'nginx-reaches-all-three',
    message:
      /nginx reaches 1; nginx\/nginx\.conf:\d+: `ip_hash` sends each client to the same replica \| correct nginx\/nginx\.conf:\d+/,
  },
  {
    id: 'map-by-address',
    at,
    what: text('nginx chooses by the address of who asks (`map`)', 'nginx 依來源位址選擇（`map`）'),
    given: scaled,
    make: restartedWith(
      () =>
        `upstream all { server flask:5000; }\nupstream one { ip_hash; server flask:5000; }\nmap $remote_addr $to { "" all; default one; }\n${site('http://$to')}`,
    ),
    caughtBy: 'nginx-reaches-all-three',
    message:
      /nginx reaches 1; nginx\/nginx\.conf:3: `map \$remote_addr \$to` chooses where a request goes by `\$remote_addr` \| correct nginx\/nginx\.conf:3/,
  },
  {
    id: 'hash-of-the-page',
    at,
    what: text('nginx chooses by the page that is asked for (`hash`)', 'nginx 依請求的網址選擇（`hash`）'),
    given: scaled,
    make: restartedWith(() => group('  hash $request_uri;\n  server flask:5000;')),
    caughtBy: 'nginx-reaches-all-three',
    message:
      /nginx reaches [12]; nginx\/nginx\.conf:\d+: `hash \$request_uri` sends equal requests to the same replica \| correct/,
  },
  {
    id: 'two-only-for-backup',
    at,
    what: text('two of the three are `backup`', '三個之中有兩個是 `backup`'),
    given: scaled,
    make: restartedWith((names) => servers(names, ['', ' backup', ' backup'])),
    caughtBy: 'nginx-reaches-all-three',
    message: /nginx reaches 1; nginx\/nginx\.conf:\d+: `backup` keeps requests from this server \| correct/,
  },
  {
    id: 'weights',
    at,
    what: text('one container has five times the weight', '其中一個容器的權重是五倍'),
    given: scaled,
    make: restartedWith((names) => servers(names, [' weight=5', '', ''])),
    caughtBy: 'front-spreads-evenly',
    message:
      /chance allows .* \| \d+ : \d+ : \d+; nginx\/nginx\.conf:\d+: `weight=5` gives this server more requests than others \| correct/,
  },
  {
    id: 'counter-of-each-behind-nginx',
    at,
    what: text('each replica counts in its own memory', '每個副本用自己的記憶體計數'),
    builds: true,
    given: async (hands) => {
      await hands.edit('flask/app.py', replaced('count = redis.incr("hits")', 'app.seen = count = getattr(app, "seen", 0) + 1'));
      await hands.compose`build`;
      await scaled(hands);
    },
    make: async (hands) => {
      await hands.compose`restart nginx`;
    },
    caughtBy: 'counter-is-shared',
    message:
      /numbers that rise.*\d+, then \d+; each replica counts in its own memory: redis-server stores none of these numbers .*one Redis/,
  },
  {
    id: 'all-say-one-hostname',
    at,
    what: text('all replicas have one `hostname:`', '所有副本的 `hostname:` 都一樣'),
    given: async (hands) => {
      await hands.edit('compose.yaml', addToFlask('    hostname: web\n'));
      await scaled(hands);
    },
    make: async (hands) => {
      await hands.compose`restart nginx`;
    },
    caughtBy: 'nginx-reaches-all-three',
    message: /\| .*web.* \| .*`hostname:`/,
  },
  {
    id: 'a-replica-asleep',
    at,
    what: text('a replica is paused while nginx is restarted', '重新啟動 nginx 時有一個副本被暫停'),
    given: scaled,
    make: async (hands) => {
      await pause(hands, (await hands.replicas('flask'))[0]?.id);
      await hands.compose`restart nginx`;
    },
    caughtBy: 'flask-has-3-replicas',
    message: /2 running, \w+ is paused \| .*unpause flask/,
  },
  {
    id: 'nginx-stopped',
    at,
    what: text('stopped nginx and did not start it', '停止了 nginx 卻沒有再啟動'),
    given: scaled,
    make: async (hands) => {
      await hands.compose`stop nginx`;
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /0 running, \w+ exited with code 0; \w+ was stopped from outside \(exit code 0\), as by `docker stop` \| start it again: docker compose up -d/,
  },
  {
    id: 'conf-broken-before-the-restart',
    at,
    what: text('broke nginx.conf, then restarted nginx', '把 nginx.conf 改壞，再重新啟動 nginx'),
    given: scaled,
    make: async (hands: Scenario) => {
      await hands.edit('nginx/nginx.conf', replaced('flask:5000', 'flsk:5000'));
      await hands.compose`restart nginx`;
      await ended(hands, 'nginx');
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /0 running, \w+ exited with code 1; nginx\/nginx\.conf:5: no service has the name `flsk`; the app is `flask` \| correct nginx\/nginx\.conf:5/,
  },
];
