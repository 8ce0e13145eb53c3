import type { Mistake, Scenario } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { changesApp, curlTenTimes, flasks, gives, ping, pingTenTimes, ready, three, threeReady, up } from '../helpers.ts';

const asked = async (hands: Scenario): Promise<void> => {
  await threeReady(hands);
  await curlTenTimes(hands);
};

/** The app forwards requests to the first replica, unless it is the first itself. `and` is the expression that it returns. */
const passesOn = (hands: Scenario, and: string): Promise<void> =>
  changesApp(
    hands,
    ['import os\n', 'import os\nimport re\nimport urllib.request\n'],
    ['import Flask\n', 'import Flask, request\n'],
    [
      '    count = redis.incr("hits")\n',
      [
        '    first = min(one[4][0] for one in socket.getaddrinfo("flask", 5000))',
        '    if first != socket.gethostbyname(socket.gethostname()):',
        '        said = urllib.request.urlopen(f"http://{first}:5000{request.full_path}").read().decode()',
        `        return ${and}`,
        '    count = redis.incr("hits")\n',
      ].join('\n'),
    ],
  );

/** Mistakes in load balancing. */
export const balanceMistakes: readonly Mistake[] = [
  {
    id: 'did-not-scale-again',
    at: 'balance/prepare',
    what: text('went on with one replica', '只用一個副本就繼續'),
    given: up,
    make: async () => {},
    caughtBy: 'flask-has-3-replicas',
    message: /\| 1 running \| .*--scale flask=3/,
  },
  {
    id: 'alias-on-client',
    at: 'balance/prepare',
    what: text('gave client the alias `flask`', '給 client 取了別名 `flask`'),
    make: async (hands) => {
      await gives(hands, 'client', 'networks: { default: { aliases: [flask] } }');
      await three(hands);
    },
    caughtBy: 'dns-knows-3-flask',
    message: /compose\.yaml:\d+ gives client the alias `flask`.* \| remove that alias from compose\.yaml:\d+/,
  },
  {
    id: 'stranger-with-the-alias',
    at: 'balance/prepare',
    what: text('a container of `docker run` has the alias `flask` too', '一個 `docker run` 的容器也用了別名 `flask`'),
    make: async (hands) => {
      await three(hands);
      await hands.sh`docker run -d ${hands.mark} --init --name ${`${hands.project}-mine`} --network ${`${hands.project}_default`} --network-alias flask nicolaka/netshoot:v0.13 sleep infinity`;
    },
    caughtBy: 'dns-knows-3-flask',
    message: /the container (\S+-mine), started with `docker run`, has the alias `flask` .* \| stop it: docker stop \1/,
  },
  {
    id: 'one-on-another-network',
    at: 'balance/prepare',
    what: text('moved one replica to another network', '把一個副本移到別的網路'),
    make: async (hands) => {
      const [one = ''] = await three(hands).then(() => flasks(hands));
      await hands.sh`docker network create ${hands.mark} ${`${hands.project}-mine`}`;
      await hands.sh`docker network disconnect ${`${hands.project}_default`} ${one}`;
      await hands.sh`docker network connect ${`${hands.project}-mine`} ${one}`;
    },
    caughtBy: 'dns-knows-3-flask',
    message: /DNS knows [\d.]+, [\d.]+; running: .*not on the same network as client.*--force-recreate --scale flask=3/,
  },
  {
    id: 'pinged-before-scaling',
    at: 'balance/ping',
    what: text('pinged one replica, then scaled, and pinged no more', '只有一個副本時 ping 過，擴展之後就沒有再 ping'),
    make: async (hands) => {
      await up(hands);
      await ping(hands);
      await three(hands);
    },
    caughtBy: 'flask-was-pinged-3-times',
    message: /none so far; in client, `ping -c 1 flask` ran before the newest replica of flask was started/,
  },
  {
    id: 'pinged-one-replica',
    at: 'balance/ping',
    what: text('pinged without having scaled', '沒有擴展就 ping'),
    make: async (hands) => {
      await up(hands);
      for (let n = 0; n < 3; n++) await ping(hands);
    },
    caughtBy: 'ping-meets-all-3',
    message: /1 of 1 running replicas reached.*docker compose up -d --scale flask=3/,
  },
  {
    id: 'pinged-once-with-many-packets',
    at: 'balance/ping',
    what: text('one `ping -c 10`, which looks the name up once', '只執行一次 `ping -c 10`，只查詢了一次名稱'),
    make: async (hands) => {
      await three(hands);
      await hands.compose`exec client ping -i 0.2 -c 10 flask`;
    },
    caughtBy: 'flask-was-pinged-3-times',
    message: /1 of 3 pings so far: .* reaches 1 of 3 addresses \| several times: docker compose exec client ping -c 1 flask/,
  },
  {
    id: 'asked-on-one-connection',
    at: 'balance/curl',
    what: text('one `curl` for five requests on one connection', '只執行一次 `curl`，用同一個連線送出五個請求'),
    make: async (hands) => {
      await threeReady(hands);
      await hands.compose`exec client curl -sS flask:5000/?[1-5]`;
    },
    caughtBy: 'flask-was-asked-3-times',
    message: /5 requests logged so far, by 1 of 3 replicas \| several times: docker compose exec client curl flask:5000/,
  },
  {
    id: 'wrote-an-address-down',
    at: 'balance/ping',
    what: text("wrote one replica's address into /etc/hosts of client", '把一個副本的位址寫進 client 的 /etc/hosts'),
    make: async (hands) => {
      await three(hands);
      await hands.compose`exec client sh -c ${'echo "$(dig +short flask | head -n 1) flask" >> /etc/hosts'}`;
      await pingTenTimes(hands);
    },
    caughtBy: 'ping-meets-all-3',
    message: /1 of 3 running replicas reached in 60; \/etc\/hosts:\d+ in client has `[\d.]+ flask`/,
  },
  {
    id: 'asked-before-scaling',
    at: 'balance/curl',
    what: text('asked one replica, then scaled, and asked no more', '只有一個副本時送過請求，擴展之後就沒有再送'),
    make: async (hands) => {
      await up(hands);
      await ready(hands);
      await curlTenTimes(hands);
      await threeReady(hands);
      await ping(hands);
    },
    caughtBy: 'flask-was-asked-3-times',
    message: /none so far; in client, `.*curl.*` ran before the newest replica of flask was started/,
  },
  {
    id: 'counter-in-memory',
    at: 'balance/curl',
    what: text('each replica counts in its own memory', '每個副本用自己的記憶體計數'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['count = redis.incr("hits")', 'app.seen = count = getattr(app, "seen", 0) + 1']);
      await asked(hands);
    },
    caughtBy: 'counter-is-shared',
    message:
      /numbers that rise.*\d+, then \d+; each replica counts in its own memory: redis-server stores none of these numbers .*one Redis/,
  },
  {
    id: 'counter-for-each',
    at: 'balance/curl',
    what: text('each replica counts in Redis under a key of its own', '每個副本在 Redis 裡用自己的鍵計數'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['redis.incr("hits")', 'redis.incr(f"hits:{socket.gethostname()}")']);
      await asked(hands);
    },
    caughtBy: 'counter-is-shared',
    message:
      /numbers that rise.*\d+, then \d+; each replica counts under a key of its own in redis-server: hits:\w+, .* \| .*under one key/,
  },
  {
    id: 'random-hostnames',
    at: 'balance/curl',
    what: text('the app makes a hostname up for each answer', '應用程式每次回應都編一個主機名稱'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['socket.gethostname()', 'os.urandom(6).hex()']);
      await asked(hands);
    },
    caughtBy: 'hostnames-are-replicas',
    message: /the hostname of a replica: \w+, \w+, \w+ .*socket\.gethostname\(\)/,
  },
  {
    id: 'says-the-name-of-another',
    at: 'balance/curl',
    what: text("the app answers with any replica's hostname", '應用程式隨便用某個副本的主機名稱回應'),
    builds: true,
    make: async (hands) => {
      await changesApp(
        hands,
        ['app = Flask(__name__)', 'app = Flask(__name__)\nmine = socket.gethostname()'],
        ['name = socket.gethostname()', 'redis.sadd("all", mine)\n    name = redis.srandmember("all").decode()'],
      );
      await asked(hands);
    },
    caughtBy: 'connections-are-to-who-answers',
    message: /answered by \w+, which has no such request in its log: \w+ gave the name of another replica/,
  },
  {
    id: 'passes-all-on',
    at: 'balance/curl',
    what: text('every replica passes requests on to the first', '每個副本都把請求轉給第一個'),
    builds: true,
    make: async (hands) => {
      await passesOn(hands, 'said');
      await asked(hands);
    },
    caughtBy: 'connections-are-to-who-answers',
    message: /answered by \w+, which has the request in its log: \w+ passed it on .*proxy/,
  },
  {
    id: 'passes-all-on-in-secret',
    at: 'balance/curl',
    what: text(
      'every replica passes requests on, and puts its own name on the answer',
      '每個副本都把請求轉走，再把答案換上自己的名稱',
    ),
    builds: true,
    make: async (hands) => {
      await passesOn(hands, 're.sub("is \\\\w+[.]", f"is {socket.gethostname()}.", said)');
      await asked(hands);
    },
    caughtBy: 'requests-are-in-the-replicas-logs',
    message: /0 not found, [1-9]\d* in another log \| .*passes requests on to another/,
  },
  {
    id: 'breaks-now-and-then',
    at: 'balance/curl',
    what: text('every third answer is an error', '每三次就有一次回應錯誤'),
    builds: true,
    make: async (hands) => {
      await changesApp(hands, ['    name = ', '    if count % 3 == 0:\n        return "sorry", 500\n    name = ']);
      await asked(hands);
    },
    caughtBy: 'hostnames-are-replicas',
    message: /\d of \d+ failed \(HTTP 500\).*docker compose logs flask/,
  },
  {
    id: 'asks-one-address',
    at: 'balance/curl',
    what: text("client has one replica's address in /etc/hosts", 'client 的 /etc/hosts 裡只有一個副本的位址'),
    make: async (hands) => {
      await threeReady(hands);
      await hands.compose`exec client sh -c ${'echo "$(dig +short flask | head -n 1) flask" >> /etc/hosts'}`;
      await curlTenTimes(hands);
    },
    caughtBy: 'curl-meets-all-3',
    message: /1 of 3 running replicas reached in 60; \/etc\/hosts:\d+ in client has `[\d.]+ flask`/,
  },
];
