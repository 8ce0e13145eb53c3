import type { Fault } from '../../../src/lab/fault.ts';
import { text } from '../../../src/lab/text.ts';

/** Faults of a stack that works in part. */
export const level2: readonly Fault[] = [
  {
    id: 'app-on-loopback',
    stack: 'nginx',
    level: 2,
    report: text(
      'http://localhost:8000/ answers 502, although the log of flask says that it runs on port 5000.',
      'flask 的日誌顯示它在連接埠 5000 上執行，但 http://localhost:8000/ 回應 502。',
    ),
    hints: [
      text(
        'A program can listen on all addresses of its container, or on one.',
        '程式可以在容器的所有位址上監聽，也可以只在其中一個上監聽。',
      ),
      text('Read the whole line in the log of flask: it names the address.', '把 flask 日誌的那一行看完：裡面有位址。'),
      text(
        '127.0.0.1 is reached from its own container only. See the last line of flask/Dockerfile, then build again.',
        '只有容器自己連得到 127.0.0.1。檢查 flask/Dockerfile 的最後一行，再重新建置。',
      ),
    ],
    cause: text(
      'The app listened on 127.0.0.1 instead of 0.0.0.0, so other containers could not connect.',
      '應用程式只在 127.0.0.1 上監聽，而不是 0.0.0.0，所以其他容器無法連線。',
    ),
    find: text(
      '`docker compose logs flask` shows "Running on http://127.0.0.1:5000". A request from inside the container succeeds, so the app itself seems fine.',
      '`docker compose logs flask` 會顯示「Running on http://127.0.0.1:5000」。從容器裡面送出的請求會成功，所以應用程式本身看起來正常。',
    ),
    edits: [{ file: 'flask/Dockerfile', from: '"0.0.0.0"', to: '"127.0.0.1"' }],
  },
  {
    id: 'app-on-one-network',
    stack: 'nginx',
    level: 2,
    report: text(
      'nginx exits soon after its start with "host not found in upstream", although flask runs.',
      'flask 正在執行，但 nginx 啟動後不久就結束，訊息是「host not found in upstream」。',
    ),
    hints: [
      text('A name can be resolved only on the networks that its service is on.', '只有在該服務所在的網路上，才能解析它的名稱。'),
      text('Which networks is each service on? docker compose config', '每個服務各在哪些網路上？docker compose config'),
      text(
        'nginx is on the frontend. flask needs both networks: one to nginx, one to Redis.',
        'nginx 在 frontend 上。flask 需要兩個網路：一個和 nginx 共用，一個和 Redis 共用。',
      ),
    ],
    cause: text(
      'flask was on the backend only, so nginx could not resolve its name.',
      'flask 只在 backend 上，所以 nginx 無法解析它的名稱。',
    ),
    find: text(
      '`docker compose logs nginx` shows "host not found in upstream". Compare the `networks:` of both services: they share none.',
      '`docker compose logs nginx` 會顯示「host not found in upstream」。比較兩個服務的 `networks:`：沒有共用的網路。',
    ),
    edits: [{ file: 'compose.yaml', from: 'networks: [backend, frontend]', to: 'networks: [backend]' }],
  },
  {
    id: 'fixed-container-name',
    stack: 'nginx',
    level: 2,
    report: text(
      'The page works, but `docker compose up -d --scale flask=3` fails.',
      '網頁正常，但 `docker compose up -d --scale flask=3` 失敗。',
    ),
    hints: [
      text('Read what Compose prints before it stops.', '看看 Compose 停下來之前顯示的訊息。'),
      text('Three containers cannot have the same name.', '三個容器不能使用同一個名稱。'),
      text('Remove one line from the service flask in compose.yaml.', '從 compose.yaml 的服務 flask 移除一行。'),
    ],
    cause: text(
      '`container_name` gives a service one fixed name, so it can have one container only.',
      '`container_name` 讓服務使用固定的名稱，因此只能有一個容器。',
    ),
    find: text(
      'Compose says that the service uses a custom container name, which does not scale.',
      'Compose 會說明該服務使用自訂的容器名稱，無法擴展。',
    ),
    edits: [{ file: 'compose.yaml', from: '  flask:\n', to: '  flask:\n    container_name: hello-app\n' }],
  },
  {
    id: 'fixed-host-port',
    stack: 'base',
    level: 2,
    report: text(
      'One flask works. With `--scale flask=3`, one container runs and two do not start.',
      '一個 flask 正常，但執行 `--scale flask=3` 時，只有一個容器在執行，另外兩個無法啟動。',
    ),
    hints: [
      text('What can exist only once on your machine?', '在你的主機上，什麼東西只能有一份？'),
      text(
        '`docker compose up` names it in its message: "port is already allocated".',
        '`docker compose up` 的訊息寫出了原因：「port is already allocated」。',
      ),
      text(
        'Other containers reach flask by its name on the network, without `ports:`.',
        '其他容器在網路上用名稱就能連到 flask，不需要 `ports:`。',
      ),
    ],
    cause: text(
      'flask published a fixed port of the host, which only one container can use.',
      'flask 發佈了固定的主機連接埠，同時只有一個容器能使用。',
    ),
    find: text(
      '`docker compose up -d --scale flask=3` shows "Bind for 127.0.0.1:5055 failed: port is already allocated".',
      '`docker compose up -d --scale flask=3` 會顯示「Bind for 127.0.0.1:5055 failed: port is already allocated」。',
    ),
    edits: [{ file: 'compose.yaml', from: '  flask:\n', to: '  flask:\n    ports: ["127.0.0.1:5055:5000"]\n' }],
  },
  {
    id: 'logs-not-mounted',
    stack: 'nginx',
    level: 2,
    report: text('The page works, but var/log/nginx on the host stays empty.', '網頁正常，但主機上的 var/log/nginx 一直是空的。'),
    hints: [
      text('Where does nginx write its logs, in the container?', 'nginx 把日誌寫到容器裡的哪個位置？'),
      text(
        'Only a mounted folder is also on the host. Which mounts does nginx have? docker compose config',
        '只有掛載的資料夾才會同時在主機上。nginx 有哪些掛載？docker compose config',
      ),
      text('Compare the container path of the mount with /var/log/nginx.', '把掛載的容器路徑和 /var/log/nginx 比較。'),
    ],
    cause: text(
      'The log folder was mounted at /var/logs/nginx; nginx writes to /var/log/nginx.',
      '日誌資料夾掛載在 /var/logs/nginx，但 nginx 寫到 /var/log/nginx。',
    ),
    find: text(
      '`docker compose exec nginx ls -l /var/log/nginx` shows the files, and the mount in compose.yaml has another path. If the target path does not exist, Docker creates it without a message.',
      '`docker compose exec nginx ls -l /var/log/nginx` 看得到檔案，但 compose.yaml 的掛載是別的路徑。目標路徑不存在時，Docker 會直接建立，不會顯示任何訊息。',
    ),
    edits: [{ file: 'compose.yaml', from: './var/log/nginx:/var/log/nginx', to: './var/log/nginx:/var/logs/nginx' }],
  },
  {
    id: 'logs-read-only',
    stack: 'nginx',
    level: 2,
    report: text(
      'nginx exits as soon as it starts, although its configuration has no error.',
      'nginx 的設定檔沒有錯誤，但它一啟動就結束。',
    ),
    hints: [
      text(
        'Its last log line names a file that it cannot open: docker compose logs nginx',
        '它最後一行日誌寫出了無法開啟的檔案：docker compose logs nginx',
      ),
      text('Is the container allowed to write to the folder of that file?', '容器可以寫入那個檔案所在的資料夾嗎？'),
      text('`:ro` is right for the configuration, and wrong for the logs.', '`:ro` 適合設定檔，不適合日誌。'),
    ],
    cause: text(
      'The log folder was mounted read-only (`:ro`), so nginx could not create its logs.',
      '日誌資料夾以唯讀方式（`:ro`）掛載，所以 nginx 無法建立日誌檔。',
    ),
    find: text(
      '`docker compose logs nginx` shows "open() "/var/log/nginx/error.log" failed (30: Read-only file system)".',
      '`docker compose logs nginx` 會顯示「open() "/var/log/nginx/error.log" failed (30: Read-only file system)」。',
    ),
    edits: [{ file: 'compose.yaml', from: './var/log/nginx:/var/log/nginx', to: './var/log/nginx:/var/log/nginx:ro' }],
  },
  {
    id: 'redis-on-another-port',
    stack: 'base',
    level: 2,
    report: text(
      'All services run and all names resolve, but `curl flask:5000` shows an Internal Server Error.',
      '所有服務都在執行，名稱也都能解析，但 `curl flask:5000` 顯示 Internal Server Error。',
    ),
    hints: [
      text(
        'The log of flask has the exception: docker compose logs flask',
        'flask 的日誌裡有例外訊息：docker compose logs flask',
      ),
      text(
        '"Connection refused": the host was found, and nothing listens on that port. What is in the log of Redis? docker compose logs redis-server',
        '「Connection refused」：找得到主機，但沒有程式在那個連接埠上監聽。Redis 的日誌寫了什麼？docker compose logs redis-server',
      ),
      text(
        'Redis does not listen on the port that the app uses. See `command:` in compose.yaml.',
        'Redis 監聽的連接埠和應用程式使用的不同。檢查 compose.yaml 的 `command:`。',
      ),
    ],
    cause: text(
      '`command:` started Redis on port 6380; the app connects to 6379.',
      '`command:` 讓 Redis 在連接埠 6380 上啟動，但應用程式連到 6379。',
    ),
    find: text(
      '`docker compose logs redis-server` shows the port ("Running mode=standalone, port=6380").',
      '`docker compose logs redis-server` 會顯示連接埠（「Running mode=standalone, port=6380」）。',
    ),
    edits: [
      {
        file: 'compose.yaml',
        from: '    image: redis:8.0\n',
        to: '    image: redis:8.0\n    command: redis-server --port 6380 --protected-mode no\n',
      },
    ],
  },
  {
    id: 'client-without-network',
    stack: 'base',
    level: 2,
    report: text(
      'From client, no name resolves and no address answers.',
      '在 client 裡，任何名稱都無法解析，任何位址都沒有回應。',
    ),
    hints: [
      text('The other services reach each other. What is different about client?', '其他服務之間都能連線。client 有什麼不同？'),
      text('Which networks is its container on? docker compose config', '它的容器在哪些網路上？docker compose config'),
      text('`network_mode` replaces the networks of a service.', '`network_mode` 會取代服務的網路。'),
    ],
    cause: text(
      'client had `network_mode: none`: a container without any network.',
      'client 設定了 `network_mode: none`：容器沒有任何網路。',
    ),
    find: text(
      '`docker compose exec client ls /sys/class/net` shows `lo` only: the container has no network interface but loopback.',
      '`docker compose exec client ls /sys/class/net` 只會看到 `lo`：容器除了 loopback 沒有其他網路介面。',
    ),
    edits: [
      {
        file: 'compose.yaml',
        from: '    command: sleep infinity\n',
        to: '    command: sleep infinity\n    network_mode: none\n',
      },
    ],
    refusedAs: 'network_mode',
  },
  {
    id: 'service-in-a-profile',
    stack: 'base',
    level: 2,
    report: text(
      '`docker compose up -d` succeeds, but flask does not exist afterwards.',
      '`docker compose up -d` 成功，但之後沒有 flask。',
    ),
    hints: [
      text('Nothing failed: Compose did not try to start it.', '沒有任何錯誤：Compose 並沒有嘗試啟動它。'),
      text(
        'Which services does Compose see? docker compose config --services',
        'Compose 看到哪些服務？docker compose config --services',
      ),
      text(
        'A service with `profiles:` starts only if its profile is requested.',
        '有 `profiles:` 的服務，只有在指定該 profile 時才會啟動。',
      ),
    ],
    cause: text(
      'flask was in the profile `web`, which `up` does not start by default.',
      'flask 屬於 profile `web`，`up` 預設不會啟動它。',
    ),
    find: text(
      '`docker compose config --services` does not list flask, `docker compose --profile web config --services` does.',
      '`docker compose config --services` 沒有列出 flask，`docker compose --profile web config --services` 才有。',
    ),
    edits: [{ file: 'compose.yaml', from: '  flask:\n', to: '  flask:\n    profiles: [web]\n' }],
  },
];
