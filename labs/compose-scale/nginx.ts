import { logGrows, withHostLog } from '../../src/checks/access-log.ts';
import { eachAnswers, hostnamesAreReplicas, isReady } from '../../src/checks/answers.ts';
import { answersAlone, numberIsStored } from '../../src/checks/audit/app.ts';
import { gatherAudit } from '../../src/checks/audit/evidence.ts';
import { proxyPassesEachOn, proxyWritesLog } from '../../src/checks/audit/proxy.ts';
import { receivesItsRequests, servesEveryVisitor } from '../../src/checks/audit/visitors.ts';
import { containersGone, fileRemains, networksGone } from '../../src/checks/cleanup.ts';
import { dnsResolves } from '../../src/checks/dns.ts';
import { requestEach, sampleThroughProxy } from '../../src/checks/evidence/sample.ts';
import { mountedFile, mountedFolder } from '../../src/checks/mounts.ts';
import { isolated, networksAre } from '../../src/checks/networks.ts';
import { publishes, publishesNothing } from '../../src/checks/ports.ts';
import { hasReplicas, isUntouched } from '../../src/checks/replicas.ts';
import { oneHostname, proxyBalances, proxyReaches } from '../../src/checks/reverse-proxy.ts';
import { startedBefore, startedBeforeYoungest } from '../../src/checks/start-order.ts';
import { gatherTraffic } from '../../src/checks/traffic/evidence.ts';
import { proxyReceivedRequests } from '../../src/checks/traffic/requests.ts';
import { requires, shown } from '../../src/lab/check.ts';
import { defineLab } from '../../src/lab/define.ts';
import { text } from '../../src/lab/text.ts';
import { counterIsShared, numbersRise } from './counter.ts';
import { redisData, storesData } from './redis-data.ts';
import { proxied } from './stacks.ts';

const ten = withHostLog(sampleThroughProxy('flask', { kept: 0, single: 10 }), 'access');
const logs = { role: 'nginx', file: 'logs', destination: '/var/log/nginx' } as const;
const many = sampleThroughProxy('flask', { kept: 12, single: 12 });
const untilAll = sampleThroughProxy('flask', { kept: 60, single: 12, untilAll: true });
const direct = requestEach('flask');
const audit = gatherAudit({ role: 'flask', storeRole: 'redis', store: redisData('redis', ['flask']), mayNeed: storesData });
const traffic = gatherTraffic('flask', { front: 'nginx', file: 'access' });
const allRun = ['nginx-has-1-replica', 'flask-has-1-replica', 'redis-has-1-replica'];

/** A front that looks names up once: scaling behind it shows only after a restart. */
export const nginx = defineLab({
  id: 'nginx',
  title: text('nginx in front', '以 nginx 作為反向代理'),
  learned: text(
    'nginx looks a name up at its start: after scaling it has to look it up again.',
    'nginx 在啟動時查詢名稱；擴展之後，必須讓它重新查詢。',
  ),
  stack: proxied,
  steps: [
    {
      id: 'up',
      title: text('nginx, flask and Redis on two networks', 'nginx、flask 和 Redis 位於兩個網路'),
      task: text(
        'Start the second stack, with nginx in front of flask, in the background.',
        '在背景啟動第二組服務，也就是前面有 nginx 的那一組。',
      ),
      teach: text(
        'nginx is the only entry point, on port 8000: it reaches flask, but not Redis.\nflask is on both networks, Redis on backend, nginx on frontend. Port 80 of nginx is published as 8000, here on 127.0.0.1 only. The configuration of nginx is mounted read-only. The folder of its logs is mounted too, so the logs are on the host.',
        'nginx 是唯一的入口，使用連接埠 8000：它連得到 flask，連不到 Redis。\nflask 同時位於兩個網路，Redis 位於 backend，nginx 位於 frontend。nginx 的連接埠 80 發佈為 8000，這裡只發佈在 127.0.0.1。nginx 的設定檔以唯讀方式掛載。日誌的資料夾也有掛載，所以日誌會留在主機上。',
      ),
      show: [
        { file: 'compose.yaml', lines: ['- "127.0.0.1:${NGINX_PORT:-8000}:80"', 'networks: [backend, frontend]'] },
        { file: 'nginx/nginx.conf', lines: ['proxy_pass http://flask:5000;'] },
      ],
      recap: text(
        'Only nginx publishes a port. It reaches flask on the network frontend, but not redis-server, which is on backend only.',
        '只有 nginx 發佈連接埠。它透過 frontend 網路連到 flask，但連不到只在 backend 上的 redis-server。',
      ),
      hints: [
        text('This stack is in another folder, with its own Compose file.', '這組服務在另一個資料夾，有自己的 Compose 檔。'),
        text('Go to that folder and start it in the same way.', '切換到該資料夾，用同樣的方法啟動。'),
        text('docker compose up -d', 'docker compose up -d'),
      ],
      run: async (stack) => {
        await stack.compose`build`;
        await stack.compose`up -d`;
      },
      verify: [
        hasReplicas('flask', 1),
        hasReplicas('redis', 1),
        // One that does not find flask's name ends too: whether it still finds it, where flask ends at once, is luck.
        ...requires(['flask-has-1-replica'], hasReplicas('nginx', 1)),
        ...requires(['nginx-has-1-replica'], publishes('nginx')),
        ...requires(
          ['flask-has-1-replica', 'redis-has-1-replica'],
          publishesNothing('only-nginx-is-published', text('flask and redis publish nothing', 'flask 和 redis 都不發佈連接埠'), [
            'flask',
            'redis',
          ]),
        ),
        ...requires(
          allRun,
          networksAre(
            'networks-are-as-drawn',
            text(
              'flask is on two networks: it shares one with redis (the backend) and one with nginx (the frontend)',
              'flask 在兩個網路上：和 redis 共用一個（backend），和 nginx 共用另一個（frontend）',
            ),
            {
              flask: ['backend', 'frontend'],
              redis: ['backend'],
              nginx: ['frontend'],
            },
          ),
        ),
        ...requires(['networks-are-as-drawn'], ...isolated('nginx', 'redis', 6379)),
        ...requires(
          ['nginx-has-1-replica'],
          ...mountedFile('conf', {
            role: 'nginx',
            file: 'conf',
            destination: '/etc/nginx/conf.d/default.conf',
            or: '/etc/nginx/nginx.conf',
          }),
          mountedFolder('log-folder', logs),
        ),
        ...requires(['flask-has-1-replica', 'nginx-has-1-replica'], startedBefore('flask', 'nginx')),
        ...requires(['networks-are-as-drawn'], isReady('flask')),
      ],
    },
    {
      id: 'single',
      title: text('One replica: one hostname', '單一副本：同一個主機名稱'),
      task: text(
        'From your own machine, send a few requests to the published port.',
        '從自己的主機，向發佈的連接埠送出幾個請求。',
      ),
      teach: text(
        'Every request to port 8000 goes through nginx to the one replica.\nnginx writes each to its access log, which is a file on the host: var/log/nginx/access.log.',
        '送到連接埠 8000 的每個請求都會經由 nginx 到達唯一的副本。\nnginx 會將每個請求寫入存取日誌，這個檔案在主機上：var/log/nginx/access.log。',
      ),
      recap: text(
        'Every request went through nginx to the one replica, so the hostname was always the same. nginx wrote one line for each to its access log.',
        '每個請求都經由 nginx 到達唯一的副本，所以主機名稱都相同。nginx 為每個請求在存取日誌寫了一行。',
      ),
      hints: [
        text('Now you can send requests from your own machine.', '現在可以從自己的主機送出請求了。'),
        text('The published port is 8000 on localhost.', '發佈的連接埠是 localhost 的 8000。'),
        text('curl http://localhost:8000/', 'curl http://localhost:8000/'),
      ],
      run: (stack) => stack.curl(10),
      verify: [
        hostnamesAreReplicas('hostname-is-the-replicas', text("that hostname is the replica's", '回應的主機名稱與副本相符'), ten),
        ...requires(['hostname-is-the-replicas'], oneHostname(ten), numbersRise(ten), logGrows(logs, ten)),
        // Without a log there is nothing to tell it by.
        ...requires(['access-log-gains-a-line-each'], proxyReceivedRequests('nginx', 'flask', traffic)),
      ],
    },
    {
      id: 'scale',
      title: text('Scale to three: nginx does not know yet', '擴展為三個：nginx 還不知道'),
      task: text(
        'Scale flask to three without touching nginx, and see which replica answers.',
        '把 flask 擴展為三個，不要動 nginx，再看看由哪個副本回應。',
      ),
      teach: text(
        'nginx looked `flask` up when it started, and keeps using that one address.\nDNS returns all three replicas at once, and each of them answers. But through nginx the answers still have one hostname.',
        'nginx 在啟動時查詢過 `flask`，之後一直使用當時的那個位址。\nDNS 會立即傳回三個副本的位址，每個副本也都能回應。但是經由 nginx 的回應仍然只有一個主機名稱。',
      ),
      show: [{ file: 'nginx/nginx.conf', lines: ['proxy_pass http://flask:5000;'] }],
      recap: text(
        'All three replicas answer when asked directly, but nginx sends every request to the one address that it looked up at its start.',
        '直接連線時三個副本都會回應，但 nginx 仍把每個請求送到它啟動時查到的那個位址。',
      ),
      hints: [
        text('Scale flask as before, and see which replica answers.', '像之前一樣擴展 flask，再查看由哪個副本回應。'),
        text(
          'Do not restart anything yet: the point is what nginx does not know.',
          '先不要重新啟動任何服務：這一步的重點是 nginx 還不知道的部分。',
        ),
        text('docker compose up -d --scale flask=3', 'docker compose up -d --scale flask=3'),
      ],
      run: async (stack) => {
        await stack.compose`up -d --scale ${stack.service('flask')}=3`;
        await stack.curl(10);
      },
      verify: [
        hasReplicas('flask', 3),
        isUntouched('nginx'),
        ...requires(
          ['flask-has-3-replicas'],
          startedBeforeYoungest('nginx', 'flask'),
          shown(dnsResolves('flask', 3)),
          isReady('flask'),
          proxyReaches(
            'nginx-still-reaches-one',
            text('nginx still reaches one replica only', 'nginx 仍然只把請求轉送給一個副本'),
            { front: 'nginx', count: 1 },
            many,
          ),
        ),
        ...requires(['flask-is-ready'], eachAnswers('flask', direct)),
      ],
    },
    {
      id: 'restart',
      // `up --scale flask=3` starts nginx last: it reaches all three at once
      laterThanStart: true,
      title: text('Restart nginx: all three answer', '重新啟動 nginx：三個都回應'),
      task: text('Make nginx use all three replicas, without touching flask.', '讓 nginx 使用全部三個副本，不要動 flask。'),
      teach: text(
        'nginx looks the name up again, gets three addresses and uses them in turn.\nEach worker process counts its own turns, so the order is not strict over several connections. A reload (`nginx -s reload`), or a `resolver` with the name in a variable, also works.',
        '重新啟動後，nginx 會重新查詢名稱，取得三個位址並輪流使用。\n每個 worker 行程各自計算輪流的順序，所以在多個連線之間，順序不會完全固定。用 `nginx -s reload` 重新載入，或設定 `resolver` 並把名稱放進變數，也有同樣的效果。',
      ),
      recap: text(
        'nginx looked the name up again and now passes requests to three addresses in turn. The number still rises by one: the replicas share one Redis.',
        'nginx 重新查詢名稱，現在把請求輪流送到三個位址。數字仍然每次加一：所有副本共用一個 Redis。',
      ),
      hints: [
        text('nginx has to look the name up again.', 'nginx 必須重新查詢名稱。'),
        text('It does so when it starts; the replicas must stay as they are.', 'nginx 在啟動時會查詢名稱；副本必須保持原樣。'),
        text('docker compose restart nginx', 'docker compose restart nginx'),
      ],
      run: async (stack) => {
        await stack.compose`restart ${stack.service('nginx')}`;
        await stack.curl(30);
      },
      verify: [
        hasReplicas('nginx', 1),
        hasReplicas('flask', 3),
        isUntouched('flask'),
        ...requires(
          ['nginx-has-1-replica', 'flask-has-3-replicas'],
          isReady('flask'),
          proxyReaches(
            'nginx-reaches-all-three',
            text('nginx reaches all three replicas', 'nginx 把請求轉送給全部三個副本'),
            { front: 'nginx', count: 3 },
            untilAll,
          ),
        ),
        ...requires(['nginx-reaches-all-three'], proxyBalances('flask', untilAll), counterIsShared(untilAll)),
      ],
      audit: [
        ...requires(
          ['nginx-reaches-all-three'],
          servesEveryVisitor('flask', 'nginx', audit),
          receivesItsRequests('flask', 'nginx', audit),
          proxyWritesLog('flask', 'nginx', audit),
          proxyPassesEachOn('flask', 'nginx', audit),
        ),
        ...requires(['flask-is-ready'], answersAlone('flask', audit)),
        ...requires(['counter-is-shared'], numberIsStored('flask', 'redis', audit)),
      ],
    },
    {
      id: 'down',
      title: text('Remove everything', '全部移除'),
      task: text('Remove the containers and the networks of this stack.', '移除這組服務的容器和網路。'),
      teach: text(
        '`down` removes the containers and the networks; the logs on the host remain.\nIt stops what runs first. It does not delete the files in mounted folders of the host.',
        '`down` 會移除容器和網路；主機上的日誌仍然存在。\n它會先停止執行中的容器，不會刪除掛載的資料夾裡的檔案。',
      ),
      recap: text(
        'Everything that `up` created is gone. The access log is a file on your machine, so it is still there.',
        '`up` 建立的資源都已移除。存取日誌是主機上的檔案，所以還在。',
      ),
      hints: [
        text('One command undoes what `up` did.', '一個指令就能復原 `up` 所做的變更。'),
        text('It also removes the networks, unlike stop and rm.', '和 stop、rm 不同，它會連網路一起移除。'),
        text('docker compose down', 'docker compose down'),
      ],
      run: async (stack) => {
        await stack.compose`down`;
      },
      verify: [
        containersGone('down'),
        networksGone(),
        fileRemains('logs-are-still-on-the-host', text('the access log is still on the host', '存取日誌還在主機上'), 'access', {
          anyLog: true,
        }),
      ],
    },
  ],
});
