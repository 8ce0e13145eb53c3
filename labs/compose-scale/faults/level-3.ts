import type { Fault } from '../../../src/lab/fault.ts';
import { text } from '../../../src/lab/text.ts';

/** Faults of a stack that seems to work. */
export const level3: readonly Fault[] = [
  {
    id: 'key-for-each-replica',
    stack: 'base',
    level: 3,
    report: text('With three replicas the counter jumps back and forth.', '有三個副本時，計數器的數字忽大忽小。'),
    hints: [
      text(
        'With one replica everything is right. What is different in each replica?',
        '只有一個副本時一切正常。每個副本有什麼不同？',
      ),
      text(
        'Which keys does Redis have? docker compose exec redis-server redis-cli keys "*"',
        'Redis 裡有哪些鍵？docker compose exec redis-server redis-cli keys "*"',
      ),
      text(
        'All replicas must count in one key: flask/app.py. Build again afterwards.',
        '所有副本必須用同一個鍵計數：flask/app.py。之後要重新建置。',
      ),
    ],
    cause: text(
      'The key in Redis contained the hostname, so each replica had its own counter.',
      'Redis 的鍵包含主機名稱，所以每個副本都有自己的計數器。',
    ),
    find: text('`redis-cli keys "*"` shows three keys instead of one.', '`redis-cli keys "*"` 會看到三個鍵，而不是一個。'),
    edits: [{ file: 'flask/app.py', from: 'redis.incr("hits")', to: 'redis.incr("hits-" + socket.gethostname())' }],
  },
  {
    id: 'counter-in-memory',
    stack: 'nginx',
    level: 3,
    report: text(
      'The number on the page starts again at 1 whenever flask is recreated, and differs from replica to replica.',
      '每次重新建立 flask，頁面上的數字就從 1 開始，而且各個副本的數字不同。',
    ),
    hints: [
      text('Where is the number stored?', '這個數字儲存在哪裡？'),
      text(
        'Does Redis receive a command for each request? docker compose exec redis-server redis-cli monitor',
        '每個請求都會讓 Redis 收到指令嗎？docker compose exec redis-server redis-cli monitor',
      ),
      text(
        'A variable of the program belongs to one container. Count in Redis: `redis.incr("hits")`.',
        '程式的變數只屬於一個容器。請在 Redis 裡計數：`redis.incr("hits")`。',
      ),
    ],
    cause: text(
      'flask/app.py counted in a variable of the process instead of in Redis.',
      'flask/app.py 用行程的變數計數，而不是用 Redis。',
    ),
    find: text('`redis-cli monitor` shows no INCR while requests arrive.', '請求送達時，`redis-cli monitor` 沒有顯示 INCR。'),
    edits: [
      { file: 'flask/app.py', from: 'app = Flask(__name__)\n', to: 'app = Flask(__name__)\nhits = 0\n' },
      {
        file: 'flask/app.py',
        from: '    count = redis.incr("hits")\n',
        to: '    global hits\n    hits += 1\n    count = hits\n',
      },
    ],
  },
  {
    id: 'one-hostname-for-all',
    stack: 'nginx',
    level: 3,
    report: text(
      'After scaling and a restart of nginx, every answer still shows the same hostname.',
      '擴展並重新啟動 nginx 之後，每個回應的主機名稱還是相同。',
    ),
    hints: [
      text(
        'Do the requests reach one replica, or do all replicas show one name? docker compose logs flask',
        '請求是只到一個副本，還是所有副本都顯示同一個名稱？docker compose logs flask',
      ),
      text(
        'What is the hostname inside each container? docker compose exec --index 2 flask hostname',
        '每個容器裡的主機名稱是什麼？docker compose exec --index 2 flask hostname',
      ),
      text(
        'By default each container has its own hostname. Remove one line from the service flask in compose.yaml.',
        '每個容器預設都有自己的主機名稱。請從 compose.yaml 的服務 flask 移除一行。',
      ),
    ],
    cause: text('`hostname: web` gave all replicas the same hostname.', '`hostname: web` 讓所有副本使用同一個主機名稱。'),
    find: text(
      'The logs show requests at flask-1, flask-2 and flask-3: the load is spread, only the name is the same.',
      '日誌顯示 flask-1、flask-2、flask-3 都收到請求：負載有分散，只是名稱相同。',
    ),
    edits: [{ file: 'compose.yaml', from: '  flask:\n', to: '  flask:\n    hostname: web\n' }],
  },
  {
    id: 'sticky-by-address',
    stack: 'nginx',
    level: 3,
    report: text(
      'nginx was restarted after scaling, but all requests of one machine still go to one replica.',
      '擴展後已重新啟動 nginx，但同一台機器的請求還是都到同一個副本。',
    ),
    hints: [
      text(
        'nginx knows all three replicas now. How does it choose one for a request?',
        'nginx 現在知道三個副本了。它如何替每個請求選擇副本？',
      ),
      text(
        'By default it takes turns. Look for a directive that changes this in nginx/nginx.conf.',
        '預設是輪流。檢查 nginx/nginx.conf 裡有沒有改變這一點的指令。',
      ),
      text(
        '`ip_hash` sends all requests of one client address to the same replica.',
        '`ip_hash` 會把同一個用戶端位址的所有請求都送到同一個副本。',
      ),
    ],
    cause: text(
      '`ip_hash` in the upstream sent all requests of one address to one replica.',
      'upstream 的 `ip_hash` 讓同一個位址的所有請求都到同一個副本。',
    ),
    find: text(
      '`docker compose exec nginx nginx -T` prints the configuration that nginx uses, with `ip_hash` in it.',
      '`docker compose exec nginx nginx -T` 會印出 nginx 實際使用的設定，裡面有 `ip_hash`。',
    ),
    edits: [
      { file: 'nginx/nginx.conf', from: 'server {\n', to: 'upstream app {\n  ip_hash;\n  server flask:5000;\n}\n\nserver {\n' },
      { file: 'nginx/nginx.conf', from: 'proxy_pass http://flask:5000;', to: 'proxy_pass http://app;' },
    ],
  },
  {
    id: 'log-switched-off',
    stack: 'nginx',
    level: 3,
    report: text('Everything works, but the access log has no line for the requests.', '一切正常，但存取日誌裡沒有請求的紀錄。'),
    hints: [
      text(
        'The folder is mounted, and error.log is there. What decides whether nginx writes an access log?',
        '資料夾已掛載，error.log 也在。nginx 是否寫入存取日誌，由什麼決定？',
      ),
      text(
        'Look at the configuration that nginx uses: docker compose exec nginx nginx -T',
        '查看 nginx 實際使用的設定：docker compose exec nginx nginx -T',
      ),
      text('Remove `access_log off` from nginx/nginx.conf.', '從 nginx/nginx.conf 移除 `access_log off`。'),
    ],
    cause: text(
      '`access_log off` in nginx/nginx.conf switched the log off for this location.',
      'nginx/nginx.conf 的 `access_log off` 關閉了這個 location 的日誌。',
    ),
    find: text(
      '`nginx -T` prints the whole configuration; search it for access_log.',
      '`nginx -T` 會印出完整的設定，在裡面搜尋 access_log。',
    ),
    edits: [{ file: 'nginx/nginx.conf', from: '  location / {\n', to: '  location / {\n    access_log off;\n' }],
  },
  {
    id: 'answers-cached',
    stack: 'nginx',
    level: 3,
    report: text(
      'The page shows the same number and the same hostname for several seconds, however often it is reloaded.',
      '不論重新載入幾次，頁面在幾秒內都顯示相同的數字和主機名稱。',
    ),
    hints: [
      text(
        'Does each request reach flask? docker compose logs -f flask',
        '每個請求都到達 flask 嗎？docker compose logs -f flask',
      ),
      text('Something in front of flask answers by itself.', 'flask 前面的某個程式自行回應了。'),
      text(
        'nginx keeps answers: look for `proxy_cache` in nginx/nginx.conf.',
        'nginx 快取了回應：檢查 nginx/nginx.conf 的 `proxy_cache`。',
      ),
    ],
    cause: text(
      'nginx kept each answer for 10 seconds (`proxy_cache`), so flask did not see the requests.',
      'nginx 把每個回應快取 10 秒（`proxy_cache`），所以 flask 沒有收到請求。',
    ),
    find: text('The access log of nginx has more lines than the log of flask.', 'nginx 存取日誌的行數比 flask 的日誌多。'),
    edits: [
      { file: 'nginx/nginx.conf', from: 'server {\n', to: 'proxy_cache_path /tmp/pages keys_zone=pages:1m;\n\nserver {\n' },
      {
        file: 'nginx/nginx.conf',
        from: '  location / {\n',
        to: '  location / {\n    proxy_cache pages;\n    proxy_cache_key page;\n    proxy_cache_valid 200 10s;\n',
      },
    ],
  },
  {
    id: 'redis-on-the-frontend',
    stack: 'nginx',
    level: 3,
    report: text(
      'A security review found that nginx, which faces the internet, can reach Redis.',
      '資安檢查發現，面向網際網路的 nginx 可以連到 Redis。',
    ),
    hints: [
      text('Containers can reach each other if they share a network.', '容器之間只要有共用的網路就能連線。'),
      text('Which services are on which network? docker compose config', '哪些服務在哪個網路上？docker compose config'),
      text('Redis needs the backend only.', 'Redis 只需要 backend。'),
    ],
    cause: text(
      'redis-server was on the frontend too, the network of nginx.',
      'redis-server 也在 nginx 所在的 frontend 網路上。',
    ),
    find: text(
      '`docker compose exec nginx getent hosts redis-server` prints an address; on separate networks it prints nothing.',
      '`docker compose exec nginx getent hosts redis-server` 會印出位址；網路分開時不會有輸出。',
    ),
    edits: [{ file: 'compose.yaml', from: '    networks: [backend]\n', to: '    networks: [backend, frontend]\n' }],
  },
  {
    id: 'name-taken',
    stack: 'nginx',
    level: 3,
    report: text(
      'The page works, but var/log/nginx/error.log shows refused connections again and again.',
      '網頁正常，但 var/log/nginx/error.log 一再出現連線遭到拒絕的訊息。',
    ),
    hints: [
      text(
        'Which address refuses the connection, and which container has it? docker compose exec nginx hostname -i',
        '拒絕連線的是哪個位址？是哪個容器的？docker compose exec nginx hostname -i',
      ),
      text(
        'Which containers have the name flask on the frontend? A name can belong to several services.',
        'frontend 上有哪些容器使用 flask 這個名稱？同一個名稱可以屬於多個服務。',
      ),
      text(
        'An alias gives another service the name flask: see `aliases:` in compose.yaml.',
        '別名讓另一個服務也使用 flask 這個名稱：檢查 compose.yaml 的 `aliases:`。',
      ),
    ],
    cause: text(
      'nginx itself had the alias `flask` on the frontend, so it also tried its own address, where nothing listens on port 5000.',
      'nginx 自己在 frontend 上也有別名 `flask`，所以它也會嘗試連到自己的位址，而那裡沒有程式在連接埠 5000 上監聽。',
    ),
    find: text(
      '`docker compose exec nginx getent ahosts flask` prints two addresses, although only one flask runs; `docker compose exec nginx hostname -i` prints one of them.',
      '只有一個 flask 在執行，但 `docker compose exec nginx getent ahosts flask` 會印出兩個位址；`docker compose exec nginx hostname -i` 印出的就是其中一個。',
    ),
    edits: [
      {
        file: 'compose.yaml',
        from: '    networks: [frontend]\n',
        to: '    networks:\n      frontend:\n        aliases: [flask]\n',
      },
    ],
    refusedAs: 'networks.aliases',
  },
];
