import { hostnamesAreReplicas, isReady } from '../../src/checks/answers.ts';
import { answersAlone, numberIsStored } from '../../src/checks/audit/app.ts';
import { gatherAudit } from '../../src/checks/audit/evidence.ts';
import { curlReachesAll, isBalanced, pingReachesAll, pingsAreReplicas } from '../../src/checks/balance.ts';
import { addressesMatch, foundInLogs } from '../../src/checks/connections.ts';
import { dnsResolves } from '../../src/checks/dns.ts';
import { sampleByCurl, sampleByPing } from '../../src/checks/evidence/sample.ts';
import { hasReplicas } from '../../src/checks/replicas.ts';
import { gatherTraffic } from '../../src/checks/traffic/evidence.ts';
import { wasPinged } from '../../src/checks/traffic/pings.ts';
import { receivedRequests } from '../../src/checks/traffic/requests.ts';
import { counted, requires, shown } from '../../src/lab/check.ts';
import { defineLab } from '../../src/lab/define.ts';
import { portOf } from '../../src/lab/stack.ts';
import { text } from '../../src/lab/text.ts';
import { counterIsShared } from './counter.ts';
import { redisData, storesData } from './redis-data.ts';
import { base } from './stacks.ts';

const pings = sampleByPing('flask');
const answers = sampleByCurl('flask');
const traffic = gatherTraffic('flask');
const audit = gatherAudit({ role: 'flask', storeRole: 'redis', store: redisData('redis', ['flask']), mayNeed: storesData });

/** One name, three addresses: Docker's DNS spreads the load. */
export const balance = defineLab({
  id: 'balance',
  title: text('Load balancing by name', '以名稱做負載平衡'),
  learned: text(
    'One name can have several addresses, and replicas that store nothing themselves share the work.',
    '一個名稱可以有多個位址；本身不儲存資料的副本可以分擔工作。',
  ),
  stack: base,
  needs: ['setup'],
  steps: [
    {
      id: 'prepare',
      title: text('Three replicas behind one name', '一個名稱，三個副本'),
      task: text('Run three replicas of flask again.', '再次執行三個 flask 副本。'),
      teach: text(
        "With three replicas, `flask` resolves to three addresses, in random order.\nDocker's DNS returns all of them for each query, each time in another order.",
        '有三個副本時，`flask` 會解析為三個位址，順序是隨機的。\nDocker 的 DNS 每次都會傳回所有位址，每次的順序都不同。',
      ),
      recap: text(
        'One query for flask now returns three addresses, in a random order each time.',
        '現在查詢一次 flask 會得到三個位址，每次的順序都是隨機的。',
      ),
      hints: [
        text('Scale out again, as in the lab before.', '像上一個單元一樣再擴展一次。'),
        text('This lab needs three replicas of flask.', '這裡需要三個 flask 副本。'),
        text('docker compose up -d --scale flask=3', 'docker compose up -d --scale flask=3'),
      ],
      run: async (stack) => {
        await stack.compose`up -d --scale ${stack.service('flask')}=3`;
      },
      verify: [hasReplicas('flask', 3), ...requires(['flask-has-3-replicas'], shown(dnsResolves('flask', 3)))],
    },
    {
      id: 'ping',
      title: text('Ping: the address changes', 'ping：位址會變'),
      task: text(
        'From client, ping flask several times, and watch which address answers.',
        '在 client 裡多 ping 幾次 flask，觀察是哪個位址回應。',
      ),
      teach: text(
        'Each `ping` looks the name up again and takes the first, random address.\nRandom is not in turn: two pings can reach the same replica.',
        '每次 `ping` 都會重新查詢名稱，並使用第一個位址，順序是隨機的。\n隨機不是輪流：兩次 ping 可能連到同一個副本。',
      ),
      recap: text(
        'Each ping looked the name up again and used the first address. The order is random, so the pings reached different replicas, but not in turn.',
        '每次 ping 都重新查詢名稱，並使用第一個位址。順序是隨機的，所以會連到不同的副本，但不是輪流。',
      ),
      hints: [
        text('Look the name up more than once, from inside a container.', '從容器裡多查詢幾次這個名稱。'),
        text('`ping -c 1 flask` in client, several times.', '在 client 裡多次執行 `ping -c 1 flask`。'),
        text(
          "docker compose exec client sh -c 'for i in $(seq 10); do ping -c 1 flask; done'",
          "docker compose exec client sh -c 'for i in $(seq 10); do ping -c 1 flask; done'",
        ),
      ],
      run: async (stack) => {
        const [client, flask] = [stack.service('client'), stack.service('flask')];
        await stack.compose`exec ${client} sh -c ${`for i in $(seq 10); do ping -c 1 ${flask} | head -n 1; done`}`;
      },
      verify: [
        wasPinged('flask', traffic, { times: 3 }),
        pingsAreReplicas(pings),
        ...requires(['pinged-addresses-are-replicas'], counted(pingReachesAll('flask', 3, pings))),
        // asked next: who does not take requests yet would be no answer
        isReady('flask'),
      ],
    },
    {
      id: 'curl',
      title: text('Curl: the hostname changes, the counter keeps rising', 'curl：主機名稱會變，計數器持續增加'),
      task: text(
        'From client, send several requests to flask:5000, and compare the hostnames and the numbers.',
        '在 client 裡向 flask:5000 多送幾個請求，比較主機名稱和數字。',
      ),
      teach: text(
        'Whichever replica answers, the number keeps rising: they share one Redis.\nThe replicas store nothing themselves. That is why they can be scaled.',
        '不論由哪個副本回應，數字都會持續增加：它們共用一個 Redis。\n副本本身不儲存任何資料，因此可以擴展。',
      ),
      show: [{ file: 'flask/app.py', lines: ['gethostname'] }],
      recap: text(
        'Different hostnames answered, and the number kept rising: every replica counts in the same Redis.',
        '回應的主機名稱不同，數字卻持續增加：每個副本都用同一個 Redis 計數。',
      ),
      hints: [
        text('Send several requests to the app itself.', '直接向應用程式多送幾次請求。'),
        text('`curl flask:5000` in client, several times.', '在 client 裡多次執行 `curl flask:5000`。'),
        text(
          "docker compose exec client sh -c 'for i in $(seq 10); do curl -sS flask:5000; done'",
          "docker compose exec client sh -c 'for i in $(seq 10); do curl -sS flask:5000; done'",
        ),
      ],
      run: async (stack) => {
        const [client, flask] = [stack.service('client'), stack.service('flask')];
        await stack.compose`exec ${client} sh -c ${`for i in $(seq 10); do curl -sS ${flask}:${portOf(stack.spec, 'flask')}; done`}`;
      },
      verify: [
        receivedRequests('flask', traffic, { times: 3 }),
        hostnamesAreReplicas(
          'hostnames-are-replicas',
          text("every hostname in an answer is a replica's", '每個回應中的主機名稱都屬於某個副本'),
          answers,
        ),
        ...requires(
          ['hostnames-are-replicas'],
          addressesMatch(
            'connections-are-to-who-answers',
            text('each connection goes to the replica that answers', '每個連線都連到實際回應的副本'),
            answers,
          ),
          curlReachesAll('flask', 3, answers),
          counterIsShared(answers),
        ),
        ...requires(['connections-are-to-who-answers'], foundInLogs(answers)),
        ...requires(['curl-meets-all-3'], isBalanced('flask', answers)),
      ],
      audit: [
        ...requires(['hostnames-are-replicas'], answersAlone('flask', audit)),
        ...requires(['counter-is-shared'], numberIsStored('flask', 'redis', audit)),
      ],
    },
  ],
});
