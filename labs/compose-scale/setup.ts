import { hostnamesAreReplicas, isReady } from '../../src/checks/answers.ts';
import { pingsAreReplicas } from '../../src/checks/balance.ts';
import { addressesMatch } from '../../src/checks/connections.ts';
import { dnsResolves } from '../../src/checks/dns.ts';
import { pingOnce, requestThreeTimes } from '../../src/checks/evidence/sample.ts';
import { imagesExist } from '../../src/checks/images.ts';
import { networksAre } from '../../src/checks/networks.ts';
import { publishesNothing } from '../../src/checks/ports.ts';
import { hasReplicas } from '../../src/checks/replicas.ts';
import { gatherTraffic } from '../../src/checks/traffic/evidence.ts';
import { wasPinged } from '../../src/checks/traffic/pings.ts';
import { receivedRequests } from '../../src/checks/traffic/requests.ts';
import { requires } from '../../src/lab/check.ts';
import { defineLab } from '../../src/lab/define.ts';
import { portOf } from '../../src/lab/stack.ts';
import { text } from '../../src/lab/text.ts';
import { numbersRise } from './counter.ts';
import { base } from './stacks.ts';

const allRun = ['flask-has-1-replica', 'redis-has-1-replica', 'client-has-1-replica'];
const named = ['flask-answers-with-its-hostname'];

const pings = pingOnce('flask');
const answers = requestThreeTimes('flask');
const traffic = gatherTraffic('flask');

/** Three services on one network, that find one another by name. */
export const setup = defineLab({
  id: 'setup',
  title: text('Setup', '環境建置'),
  learned: text(
    'Services of a project find each other by name; no port needs to be published for that.',
    '同一個專案的服務用名稱就能找到彼此，不需要發佈連接埠。',
  ),
  stack: base,
  steps: [
    {
      id: 'build',
      title: text('Fetch and build the images', '取得並建置映像檔'),
      task: text(
        'Have the images of all three services on your engine: two are downloaded, one is built from its own folder.',
        '準備好三個服務的映像檔：兩個用下載的，一個用自己的資料夾建置。',
      ),
      teach: text(
        'flask answers with a number and its hostname; redis-server stores the number.\nclient is where you type. `pull` fetches images, `build` makes that of flask, which has its own Dockerfile; the images of the others already exist. The original chapter (Docker Tips 8-9) uses `latest`; here tags are pinned, because `latest` can be a different image next month.',
        'flask 回應一個數字和自己的主機名稱，redis-server 儲存這個數字。\nclient 用來輸入指令。`pull` 下載現有的映像檔，`build` 用 flask 自己的 Dockerfile 建置映像檔；其他服務使用現有的映像檔。原教學（Docker Tips 8-9）使用 `latest`；這裡固定標籤，因為下個月的 `latest` 可能是不同的映像檔。',
      ),
      show: [
        { file: 'compose.yaml', lines: ['build: ./flask', 'image: redis:8.0'] },
        { file: 'flask/Dockerfile', lines: ['FROM python'] },
      ],
      recap: text(
        'Two images came from a registry, and that of flask was built from flask/Dockerfile. Nothing runs yet: a container is started from an image.',
        '兩個映像檔來自 registry，flask 的映像檔則用 flask/Dockerfile 建置。現在還沒有任何東西在執行：容器要從映像檔啟動。',
      ),
      hints: [
        text(
          'Some images come from a registry, and one has a folder with a Dockerfile.',
          '有些映像檔來自 registry，另一個則有自己的資料夾，其中包含 Dockerfile。',
        ),
        text(
          'Compose has one command for each kind, and reads compose.yaml to know which.',
          'Compose 對這兩種各有一個指令，並依 compose.yaml 判斷該處理哪些。',
        ),
        text(
          'docker compose pull --ignore-buildable, then docker compose build',
          'docker compose pull --ignore-buildable，接著 docker compose build',
        ),
      ],
      run: async (stack) => {
        await stack.pull();
        await stack.compose`build`;
      },
      verify: imagesExist('flask'),
    },
    {
      id: 'up',
      title: text('Start the three services', '啟動三個服務'),
      task: text(
        'Start all three services in the background, so that your terminal stays free.',
        '在背景啟動三個服務，讓終端機可以繼續輸入指令。',
      ),
      teach: text(
        '`up -d` creates a network and starts one container for each service.\nIt starts them in the background. `init: true` (not in the chapter) adds a small init process in front of each program, so that it stops when it receives the stop signal.',
        '`up -d` 會建立一個網路，並替每個服務建立、啟動一個容器。\n容器在背景執行。`init: true`（原教學沒有）在每個程式前面加上一個輕量的 init 行程，讓程式收到停止訊號時就會停止。',
      ),
      show: [{ file: 'compose.yaml', lines: ['flask:', 'redis-server:', 'client:'] }],
      recap: text(
        'Compose created one network and one container for each service. No port is published: flask can only be reached from containers of this project.',
        'Compose 建立了一個網路，並為每個服務建立一個容器。沒有發佈任何連接埠：只有這個專案的容器才連得到 flask。',
      ),
      hints: [
        text('One command creates the network and all three containers.', '一個指令就會建立網路和三個容器。'),
        text('It occupies the terminal unless you run it in the background.', '除非在背景執行，否則會佔用終端機。'),
        text('docker compose up -d', 'docker compose up -d'),
      ],
      run: async (stack) => {
        await stack.compose`up -d`;
        await stack.compose`ps`;
      },
      verify: [
        hasReplicas('flask', 1),
        hasReplicas('redis', 1),
        hasReplicas('client', 1),
        ...requires(
          allRun,
          networksAre(
            'all-on-the-default-network',
            text('all three are on one network of the project, and on no other', '三個服務都在專案的同一個網路上，沒有其他網路'),
            { flask: ['default'], redis: ['default'], client: ['default'] },
          ),
        ),
        ...requires(
          allRun,
          publishesNothing('no-port-is-published', text('no port is published on the host', '沒有任何連接埠發佈到主機'), [
            'flask',
            'redis',
            'client',
          ]),
        ),
        ...requires([...allRun, 'all-on-the-default-network'], isReady('flask')),
      ],
    },
    {
      id: 'talk',
      title: text('Services find each other by name', '服務用名稱找到彼此'),
      task: text(
        'From inside client, ping flask once and send it one request, both by name.',
        '在 client 裡用名稱 ping 一次 flask，再用名稱向它送出一個請求。',
      ),
      teach: text(
        "Docker's DNS resolves the name of each service: no published port is needed.\nThis works on the project's own network. From client, `flask` is an address and `flask:5000` an app.",
        'Docker 的 DNS 會解析每個服務的名稱：不需要為此發佈任何連接埠。\n這在專案自己的網路上有效。在 client 裡，`flask` 是一個位址，`flask:5000` 是一個應用程式。',
      ),
      show: [{ file: 'compose.yaml', lines: ['REDIS_HOST: redis-server'] }],
      recap: text(
        "Docker's DNS resolved the name flask to the address of its container. Each request raised the number by one, and redis-server stores it.",
        'Docker 的 DNS 把名稱 flask 解析為容器的位址。每個請求都讓數字加一，這個數字存放在 redis-server。',
      ),
      hints: [
        text('Type inside the client container, not on your own machine.', '要在 client 容器裡輸入，不是在自己的主機上。'),
        text(
          '`docker compose exec client …` runs a command there; the name of the service is the host name.',
          '`docker compose exec client …` 可以在裡面執行指令；服務名稱就是主機名稱。',
        ),
        text('docker compose exec client curl flask:5000', 'docker compose exec client curl flask:5000'),
      ],
      run: async (stack) => {
        const [client, flask] = [stack.service('client'), stack.service('flask')];
        await stack.compose`exec ${client} ping -c 1 ${flask}`;
        await stack.compose`exec ${client} curl -sS ${`${flask}:${portOf(stack.spec, 'flask')}`}`;
      },
      verify: [
        wasPinged('flask', traffic),
        receivedRequests('flask', traffic),
        dnsResolves('flask', 1),
        dnsResolves('redis', 1),
        ...requires(
          ['dns-knows-flask'],
          pingsAreReplicas(pings),
          hostnamesAreReplicas(
            'flask-answers-with-its-hostname',
            text("flask answers with its replica's hostname", 'flask 回應的主機名稱與副本相符'),
            answers,
          ),
        ),
        ...requires(
          named,
          addressesMatch(
            'flask-is-reached-at-its-address',
            text("the connection is to that replica's own address", '連線的位址就是該副本自己的位址'),
            answers,
          ),
          numbersRise(answers),
        ),
      ],
    },
  ],
});
