import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { addToNginx, ask, asked, askedWith, confMount, replaced, site, up, upWith } from '../nginx-helpers.ts';

const at = 'nginx/single';
const flask = 'http://flask:5000';

export const singleMistakes: readonly Mistake[] = [
  {
    id: 'nobody-asked',
    at,
    what: text('sent no request', '沒有送出任何請求'),
    make: up,
    caughtBy: 'nginx-was-asked',
    message: /a request of yours in the log of nginx, answered by flask \| none so far \| curl http:\/\/localhost:\d+\//,
  },
  {
    id: 'asked-past-nginx',
    at,
    what: text('asked flask itself from inside, past nginx', '從容器裡直接向 flask 送出請求，沒有經過 nginx'),
    make: async (hands) => {
      await up(hands);
      await hands.compose`exec nginx curl -sS --retry 9 --retry-connrefused --retry-delay 1 http://flask:5000/`;
    },
    caughtBy: 'nginx-was-asked',
    message:
      /none so far; in nginx, `curl .*http:\/\/flask:5000\/` asked flask itself, past nginx \| curl http:\/\/localhost:\d+\//,
  },
  {
    id: 'asked-for-the-health',
    at,
    what: text("asked for the app's health only", '只查了應用程式的健康狀態'),
    make: async (hands) => {
      await up(hands);
      await hands.compose`exec nginx curl -sS http://localhost/health`;
    },
    caughtBy: 'nginx-was-asked',
    message:
      /none so far; in nginx, `curl -sS http:\/\/localhost\/health` asked for `\/health` only, .* \| curl http:\/\/localhost:\d+\/$/,
  },
  {
    id: 'wrong-port-behind-nginx',
    at,
    what: text('nginx asks flask at port 8000', 'nginx 向 flask 的 8000 埠送請求'),
    make: askedWith(site('http://flask:8000')),
    caughtBy: 'hostname-is-the-replicas',
    message:
      /10 of 10 failed \(HTTP 502\); nginx\/nginx\.conf:6: flask does not listen on port 8000, but on 5000 \| correct nginx\/nginx\.conf:6, then docker compose restart nginx/,
  },
  {
    id: 'only-marked-requests',
    at,
    what: text('nginx refuses requests that have no parameter', 'nginx 拒絕沒有參數的請求'),
    make: askedWith(site(flask, { inside: "if ($args = '') { return 403; }" })),
    caughtBy: 'hostname-is-the-replicas',
    message:
      /a plain `\/` failed \(HTTP 403\), while .*; nginx\/nginx\.conf:5: `if \(\$args = ''\)` treats some requests differently \|/,
  },
  {
    id: 'nginx-answers-itself',
    at,
    what: text('nginx answers by itself', '由 nginx 自己回應'),
    make: askedWith(
      'server {\n  listen 80;\n  location / {\n    return 200 "I have been seen 1 times and my hostname is $hostname.\\n";\n  }\n}\n',
    ),
    caughtBy: 'hostname-is-the-replicas',
    message:
      /"I have been seen [^"]*"; nginx\/nginx\.conf:4: `return 200` makes nginx answer by itself, without the app \| correct nginx\/nginx\.conf:4/,
  },
  {
    id: 'started-with-another-conf',
    at,
    what: text('nginx is started with a configuration of its own (`-c`)', '用 `-c` 讓 nginx 以另一份設定啟動'),
    make: async (hands) => {
      const own = "events {} http { server { listen 80; location / { return 200 'I have been seen 1 times.'; } } }";
      const script = `echo "${own}" > /tmp/own.conf; exec nginx -c /tmp/own.conf -g 'daemon off;'`;
      await upWith(addToNginx(`    command: ${JSON.stringify(['sh', '-c', script])}\n`))(hands);
      await ask(hands);
    },
    caughtBy: 'hostname-is-the-replicas',
    message:
      /"I have been seen 1 times\."; nginx was started with the configuration `\/tmp\/own\.conf` of its own, so it does not use nginx\/nginx\.conf \| start nginx as its official image does/,
  },
  {
    id: 'welcome-page',
    at,
    what: text("nginx shows its image's own page", 'nginx 顯示映像檔自己的頁面'),
    make: async (hands) => {
      await upWith(replaced(`      - ${confMount}\n`, ''))(hands);
      await ask(hands);
    },
    caughtBy: 'hostname-is-the-replicas',
    message:
      /Welcome to nginx[\s\S]*; no file of this folder is mounted below \/etc\/nginx of nginx: .* \| mount the configuration/,
  },
  {
    id: 'hostname-rewritten',
    at,
    what: text("nginx changes the app's answer", 'nginx 改寫了應用程式的回應'),
    make: askedWith(site(flask, { inside: "sub_filter 'hostname is ' 'hostname is nginx-';" })),
    caughtBy: 'hostname-is-the-replicas',
    message: /"Hello .* nginx-\w+\.[^"]*"; nginx\/nginx\.conf:5: `sub_filter` changes the app's answers \|/,
  },
  {
    id: 'random-hostname',
    at,
    what: text('the app makes its hostname up', '應用程式自己編出主機名稱'),
    builds: true,
    make: async (hands) => {
      await hands.edit('flask/app.py', replaced('name = socket.gethostname()', 'name = os.urandom(6).hex()'));
      await hands.compose`build`;
      await asked(hands);
    },
    caughtBy: 'hostname-is-the-replicas',
    message:
      /the hostname of a replica: \w+ \| "Hello [\s\S]*"; nginx passes the answers on unchanged: .* \| .*socket\.gethostname\(\)/,
  },
  {
    id: 'answers-cached',
    at,
    what: text('nginx keeps answers and gives them again', 'nginx 把回應快取起來重複使用'),
    make: askedWith(
      site(flask, {
        more: 'proxy_cache_path /tmp/cache keys_zone=kept:1m;',
        inside: 'proxy_cache kept;\n    proxy_cache_valid 200 10m;',
      }),
    ),
    caughtBy: 'counter-rises',
    message: /rise from answer to answer \| (\d+), then \1; nginx\/nginx\.conf:5: `proxy_cache` keeps answers .* \|/,
  },
  {
    id: 'log-switched-off',
    at,
    what: text('switched the access log off', '關閉了存取日誌'),
    make: askedWith(site(flask, { more: 'access_log off;' })),
    caughtBy: 'access-log-gains-a-line-each',
    message:
      /9 new lines in var\/log\/nginx\/access\.log on the host \| 0 lines.*; nginx\/nginx\.conf:1: `access_log off` switches the log off \|/,
  },
  {
    id: 'log-lost-in-the-container',
    at,
    what: text('the logs stay inside the container', '日誌留在容器裡'),
    make: async (hands) => {
      await upWith(replaced('/var/log/nginx\n', '/var/log/http\n'))(hands);
      await ask(hands);
    },
    caughtBy: 'access-log-gains-a-line-each',
    message:
      /no plain file there; compose\.yaml:23 mounts var\/log\/nginx at \/var\/log\/http, .* \| .*\.\/var\/log\/nginx:\/var\/log\/nginx/,
  },
  {
    id: 'two-replicas-answer',
    at,
    what: text('scaled too early: two replicas answer', '太早擴展，有兩個副本在回應'),
    make: async (hands) => {
      await hands.compose`up -d --scale flask=2`;
      await hands.compose`restart nginx`;
      await ask(hands);
    },
    caughtBy: 'one-hostname-answers',
    message: /10 answers with one hostname \| \w+, \w+ \| .*docker compose up -d/,
  },
];
