import type { Fault } from '../../../src/lab/fault.ts';
import { text } from '../../../src/lab/text.ts';

/** Faults that a message names. */
export const level1: readonly Fault[] = [
  {
    id: 'wrong-port-in-conf',
    stack: 'nginx',
    level: 1,
    report: text('http://localhost:8000/ answers 502 Bad Gateway.', 'http://localhost:8000/ 回應 502 Bad Gateway。'),
    hints: [
      text(
        'nginx sends the 502: it got no answer from the app behind it.',
        '502 是 nginx 送出的：它沒有收到後方應用程式的回應。',
      ),
      text(
        'The error log of nginx names the address and port that it tried: tail var/log/nginx/error.log',
        'nginx 的錯誤日誌會寫出它嘗試連線的位址和連接埠：tail var/log/nginx/error.log',
      ),
      text(
        'flask listens on port 5000. Compare with `proxy_pass` in nginx/nginx.conf.',
        'flask 在連接埠 5000 上監聽。和 nginx/nginx.conf 的 `proxy_pass` 比較看看。',
      ),
    ],
    cause: text(
      '`proxy_pass` in nginx/nginx.conf named port 8000, on which flask does not listen.',
      'nginx/nginx.conf 的 `proxy_pass` 寫了連接埠 8000，但 flask 沒有在這個連接埠上監聽。',
    ),
    find: text(
      '`tail var/log/nginx/error.log` shows "connect() failed (111: Connection refused)": the host was found, but nothing listens on that port. `docker compose logs nginx` is empty, because the log folder is mounted.',
      '`tail var/log/nginx/error.log` 會顯示「connect() failed (111: Connection refused)」：找得到主機，但沒有程式在那個連接埠上監聽。`docker compose logs nginx` 是空的，因為日誌資料夾已掛載到主機。',
    ),
    edits: [{ file: 'nginx/nginx.conf', from: 'flask:5000', to: 'flask:8000' }],
  },
  {
    id: 'localhost-in-conf',
    stack: 'nginx',
    level: 1,
    report: text(
      'http://localhost:8000/ answers 502 Bad Gateway, although all three services run.',
      '三個服務都在執行，但 http://localhost:8000/ 回應 502 Bad Gateway。',
    ),
    hints: [
      text(
        'Each container has its own network: `localhost` means the container itself.',
        '每個容器都有自己的網路：`localhost` 指的是容器自己。',
      ),
      text(
        'The error log of nginx names the address that it tried: tail var/log/nginx/error.log',
        'nginx 的錯誤日誌會寫出它嘗試連線的位址：tail var/log/nginx/error.log',
      ),
      text(
        'Which host does `proxy_pass` name? A service is reached by its name in the Compose file.',
        '`proxy_pass` 寫的是哪個主機？要用 Compose 檔裡的服務名稱才能連到該服務。',
      ),
    ],
    cause: text(
      '`proxy_pass` named localhost, which is the nginx container itself. The app is `flask`.',
      '`proxy_pass` 寫了 localhost，也就是 nginx 容器自己；應用程式是 `flask`。',
    ),
    find: text(
      '`tail var/log/nginx/error.log` shows "Connection refused" for 127.0.0.1 or [::1]: an address of the container itself.',
      '`tail var/log/nginx/error.log` 會顯示連到 127.0.0.1 或 [::1] 的「Connection refused」：那是容器自己的位址。',
    ),
    edits: [{ file: 'nginx/nginx.conf', from: 'http://flask:5000', to: 'http://localhost:5000' }],
  },
  {
    id: 'semicolon-missing',
    stack: 'nginx',
    level: 1,
    report: text(
      'Nothing answers on port 8000, and `docker compose ps` lists no nginx.',
      '連接埠 8000 沒有任何回應，`docker compose ps` 也沒有列出 nginx。',
    ),
    hints: [
      text(
        'A service that `ps` does not list has exited: docker compose ps --all',
        '`ps` 沒有列出的服務已經結束：docker compose ps --all',
      ),
      text('Its last log lines show why: docker compose logs nginx', '最後幾行日誌寫出了結束的原因：docker compose logs nginx'),
      text(
        'The log names a file and a line. Each directive of nginx ends with a semicolon.',
        '日誌寫出了檔案和行號。nginx 的每個指令都以分號結尾。',
      ),
    ],
    cause: text(
      'In nginx/nginx.conf the semicolon after `proxy_pass` was missing, so nginx exited as soon as it started.',
      'nginx/nginx.conf 的 `proxy_pass` 後面少了分號，所以 nginx 一啟動就結束。',
    ),
    find: text(
      '`docker compose logs nginx` shows "[emerg] … in /etc/nginx/conf.d/default.conf:6". The Compose file shows which of your files is mounted at this path of the container.',
      '`docker compose logs nginx` 會顯示「[emerg] … in /etc/nginx/conf.d/default.conf:6」。從 Compose 檔可以看出，掛載到容器裡這個路徑的是你的哪個檔案。',
    ),
    edits: [{ file: 'nginx/nginx.conf', from: 'http://flask:5000;', to: 'http://flask:5000' }],
  },
  {
    id: 'module-misspelt',
    stack: 'base',
    level: 1,
    report: text(
      'From client, `curl flask:5000` cannot find the host flask.',
      '在 client 裡執行 `curl flask:5000`，找不到主機 flask。',
    ),
    hints: [
      text(
        "Docker's DNS resolves only the names of services that run: docker compose ps --all",
        'Docker 的 DNS 只能解析正在執行的服務名稱：docker compose ps --all',
      ),
      text(
        'flask has exited. Its log shows why: docker compose logs flask',
        'flask 已經結束，日誌裡有原因：docker compose logs flask',
      ),
      text(
        'The last line of the log names a module. Look at the imports in flask/app.py, then build again: docker compose up -d --build',
        '日誌的最後一行寫出了模組名稱。檢查 flask/app.py 的 import，再重新建置：docker compose up -d --build',
      ),
    ],
    cause: text(
      'flask/app.py imported `sockets`, a module that does not exist, so the app exited as soon as it started.',
      'flask/app.py 匯入了不存在的模組 `sockets`，所以應用程式一啟動就結束。',
    ),
    find: text(
      '`docker compose logs flask` ends with "ModuleNotFoundError". If a name cannot be resolved, the container behind it often does not run.',
      '`docker compose logs flask` 的最後是「ModuleNotFoundError」。無法解析的名稱，通常表示它的容器沒有在執行。',
    ),
    edits: [{ file: 'flask/app.py', from: 'import socket\n', to: 'import sockets as socket\n' }],
  },
  {
    id: 'redis-host-misspelt',
    stack: 'base',
    level: 1,
    report: text(
      'From client, `curl flask:5000` shows an Internal Server Error.',
      '在 client 裡執行 `curl flask:5000`，顯示 Internal Server Error。',
    ),
    hints: [
      text(
        'The app answers, but fails while it handles the request. Its log has the exception: docker compose logs flask',
        '應用程式有回應，但處理請求時出錯。日誌裡有例外訊息：docker compose logs flask',
      ),
      text(
        'The last line of the traceback names the host that could not be resolved.',
        'traceback 的最後一行寫出了無法解析的主機名稱。',
      ),
      text(
        'Compare `REDIS_HOST` in compose.yaml with the name of the Redis service.',
        '比較 compose.yaml 的 `REDIS_HOST` 和 Redis 的服務名稱。',
      ),
    ],
    cause: text(
      '`REDIS_HOST` was `redis`, but the service is called `redis-server`.',
      '`REDIS_HOST` 是 `redis`，但服務的名稱是 `redis-server`。',
    ),
    find: text(
      '`docker compose logs flask` shows "Name or service not known" or "Temporary failure in name resolution": a name that no service has.',
      '`docker compose logs flask` 會顯示「Name or service not known」或「Temporary failure in name resolution」：沒有服務使用這個名稱。',
    ),
    edits: [{ file: 'compose.yaml', from: 'REDIS_HOST: redis-server', to: 'REDIS_HOST: redis' }],
  },
  {
    id: 'wrong-container-port',
    stack: 'nginx',
    level: 1,
    report: text(
      '`curl http://localhost:8000/` ends with "connection reset by peer", although nginx runs.',
      'nginx 正在執行，但 `curl http://localhost:8000/` 顯示「connection reset by peer」。',
    ),
    hints: [
      text(
        'The connection reaches the port of the host, but no program in the container accepts it.',
        '連線已到達主機的連接埠，但容器裡沒有程式接受它。',
      ),
      text(
        'On which port does nginx listen, and to which port of the container is 8000 published? docker compose ps',
        'nginx 在哪個連接埠上監聽？8000 發佈到容器的哪個連接埠？docker compose ps',
      ),
      text(
        '`ports:` is HOST:CONTAINER. nginx/nginx.conf has `listen 80`.',
        '`ports:` 的格式是「主機:容器」。nginx/nginx.conf 寫的是 `listen 80`。',
      ),
    ],
    cause: text(
      'compose.yaml published port 8080 of the container; nginx listens on 80.',
      'compose.yaml 發佈的是容器的連接埠 8080，但 nginx 在 80 上監聽。',
    ),
    find: text(
      '`docker compose ps` shows 8000->8080/tcp. Compare the number behind the arrow with what the program listens on.',
      '`docker compose ps` 會顯示 8000->8080/tcp。把箭號後面的數字和程式監聽的連接埠比較。',
    ),
    edits: [{ file: 'compose.yaml', from: ':80"', to: ':8080"' }],
  },
  {
    id: 'build-fails',
    stack: 'base',
    level: 1,
    report: text(
      '`docker compose up -d --build` fails, and no container is created.',
      '`docker compose up -d --build` 失敗，沒有建立任何容器。',
    ),
    hints: [
      text('The output of the build marks the step that failed.', '建置的輸出會標出失敗的步驟。'),
      text(
        'Read the lines above it: the program that ran in this step reports its own error.',
        '看它上方的幾行：這個步驟執行的程式會回報自己的錯誤。',
      ),
      text(
        'pip reports an unknown command. See the `RUN` line in flask/Dockerfile.',
        'pip 回報了不認得的指令。檢查 flask/Dockerfile 的 `RUN` 那一行。',
      ),
    ],
    cause: text(
      'flask/Dockerfile called `pip instal`; pip has no such command.',
      'flask/Dockerfile 寫成 `pip instal`，pip 沒有這個指令。',
    ),
    find: text(
      'The output of `docker compose build` quotes the line of the Dockerfile, and above it pip says "unknown command".',
      '`docker compose build` 的輸出會引用 Dockerfile 的那一行，上方則是 pip 的「unknown command」。',
    ),
    edits: [{ file: 'flask/Dockerfile', from: 'pip install', to: 'pip instal' }],
  },
  {
    id: 'conf-path-misspelt',
    stack: 'nginx',
    level: 1,
    report: text(
      '`docker compose up -d` reports an error while it starts nginx.',
      '`docker compose up -d` 在啟動 nginx 時回報錯誤。',
    ),
    hints: [
      text(
        'The message names two paths: one on the host, one in the container.',
        '訊息裡有兩個路徑：一個在主機上，一個在容器裡。',
      ),
      text(
        'If the source of a bind mount does not exist, Docker creates a folder there. Look for a new folder.',
        '繫結掛載的來源若不存在，Docker 會建立一個資料夾。找找看有沒有新的資料夾。',
      ),
      text(
        'Which file does compose.yaml mount, and what is its name in the folder nginx/? Remove the folder that Docker created.',
        'compose.yaml 掛載的是哪個檔案？它在 nginx/ 資料夾裡叫什麼？也要移除 Docker 建立的資料夾。',
      ),
    ],
    cause: text(
      'compose.yaml mounted ./nginx/ngnix.conf, a file that does not exist.',
      'compose.yaml 掛載了不存在的檔案 ./nginx/ngnix.conf。',
    ),
    find: text(
      'The error says "not a directory: Are you trying to mount a directory onto a file". `ls -l nginx` shows a folder with the wrong name.',
      '錯誤訊息是「not a directory: Are you trying to mount a directory onto a file」。`ls -l nginx` 會看到名稱錯誤的資料夾。',
    ),
    edits: [{ file: 'compose.yaml', from: './nginx/nginx.conf:', to: './nginx/ngnix.conf:' }],
  },
];
