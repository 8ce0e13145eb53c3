import type { Equivalent } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { labels } from '../helpers.ts';
import {
  addToFlask,
  asked,
  askedWith,
  confMount,
  group,
  replaced,
  restartedWith,
  scale,
  scaled,
  site,
  up,
  upWith,
} from '../nginx-helpers.ts';

const restart = 'nginx/restart';
/** nginx resolves the name again by itself. */
const byItself = site('http://$app:5000', { inside: 'resolver 127.0.0.11 valid=1s;\n    set $app flask;' });

export const nginxEquivalents: readonly Equivalent[] = [
  {
    id: 'long-syntax-of-mounts',
    at: 'nginx/up',
    what: text('ports and volumes in the long syntax', '用完整語法寫 ports 和 volumes'),
    make: upWith(
      replaced(/ {6}- "127.0.0.1:.*:80"/, '      - target: 80\n        published: $NGINX_PORT'),
      replaced(
        `- ${confMount}`,
        '- type: bind\n        source: ./nginx/nginx.conf\n        target: /etc/nginx/conf.d/default.conf\n        read_only: true',
      ),
      replaced(
        '- ./var/log/nginx:/var/log/nginx',
        '- type: bind\n        source: ./var/log/nginx\n        target: /var/log/nginx',
      ),
    ),
  },
  {
    id: 'conf-by-another-name',
    at: 'nginx/up',
    what: text('the file goes by another name on the host', '設定檔在主機上是另一個名稱'),
    make: async (hands) => {
      await hands.sh`mv nginx/nginx.conf nginx/flask.conf`;
      await upWith(replaced('./nginx/nginx.conf:', './nginx/flask.conf:'))(hands);
    },
  },
  {
    id: 'conf-folder',
    at: 'nginx/up',
    what: text('mounted the folder that the configuration is in', '掛載設定檔所在的資料夾'),
    make: upWith(replaced(confMount, './nginx:/etc/nginx/conf.d:ro')),
  },
  {
    id: 'conf-whole',
    at: 'nginx/up',
    what: text('mounted a whole nginx.conf of its own', '掛載完整的 nginx.conf'),
    make: async (hands) => {
      await hands.edit('nginx/nginx.conf', (server) => `events {}\nhttp {\n${server}}\n`);
      await upWith(replaced('conf.d/default.conf', 'nginx.conf'))(hands);
    },
  },
  {
    id: 'published-on-all-addresses',
    at: 'nginx/up',
    what: text('published without an address: "8000:80"', '發佈時沒有寫位址："8000:80"'),
    make: upWith(replaced('127.0.0.1:', '')),
  },
  {
    id: 'one-more-service',
    at: 'nginx/up',
    what: text('a client on the frontend as well', '在 frontend 多放一個 client'),
    make: async (hands) => {
      const client = `  client:\n    image: nginx:1.26\n    command: sleep infinity\n    init: true\n    networks: [frontend]\n    labels: ${labels(hands)}\n`;
      await upWith(replaced('\nnetworks:', `${client}\nnetworks:`))(hands);
    },
  },
  {
    id: 'other-network-names',
    at: 'nginx/up',
    what: text('the networks are called back-tier and front-tier', '網路的名稱是 back-tier 和 front-tier'),
    make: async (hands) => {
      const named = (name: string) => `  ${name}:\n    labels: ${labels(hands)}\n`;
      await upWith(
        replaced('[backend, frontend]', '[back-tier, front-tier]'),
        replaced('[backend]', '[back-tier]'),
        replaced('[frontend]', '[front-tier]'),
        replaced('  backend:\n  frontend:\n', `${named('back-tier')}${named('front-tier')}`),
      )(hands);
    },
  },
  {
    id: 'asked-from-inside',
    at: 'nginx/single',
    what: text('asked nginx by its name from inside', '從容器裡用名稱向 nginx 送出請求'),
    make: async (hands) => {
      await up(hands);
      await hands.compose`exec nginx curl -sS --retry 9 --retry-connrefused --retry-delay 1 http://nginx/?from=inside`;
    },
  },
  {
    id: 'headers-and-keepalive',
    at: 'nginx/single',
    what: text('nginx passes headers on and keeps its connections', 'nginx 加上標頭並維持連線'),
    make: async (hands) => {
      const inside =
        'proxy_http_version 1.1;\n    proxy_set_header Connection "";\n    proxy_set_header Host $host;\n    add_header X-By nginx;';
      await hands.edit('nginx/nginx.conf', () => group('  server flask:5000;\n  keepalive 4;', inside));
      await asked(hands);
    },
  },
  {
    id: 'access-log-in-json',
    at: 'nginx/single',
    what: text('nginx writes its access log in JSON', 'nginx 以 JSON 格式寫存取日誌'),
    make: askedWith(
      site('http://flask:5000', {
        more: `log_format j escape=json '{"time":"$time_iso8601","remote":"$remote_addr","method":"$request_method","uri":"$request_uri"}';`,
        inside: 'access_log /var/log/nginx/access.log j;',
      }),
    ),
  },
  {
    id: 'scaled-in-the-file',
    at: 'nginx/scale',
    what: text('wrote `scale: 3` into compose.yaml', '在 compose.yaml 寫 `scale: 3`'),
    given: asked,
    make: async (hands) => {
      await hands.edit('compose.yaml', addToFlask('    scale: 3\n'));
      await hands.compose`up -d`;
    },
  },
  {
    id: 'scaled-step-by-step',
    at: 'nginx/scale',
    what: text('scaled to two, then to three', '先擴展成兩個，再擴展成三個'),
    given: asked,
    make: async (hands) => {
      await hands.compose`up -d --scale flask=2 --no-recreate`;
      await hands.compose`up -d --scale flask=3 --no-deps flask`;
    },
  },
  {
    id: 'nginx-reloaded',
    at: restart,
    what: text('nginx reloads in place of a restart', '讓 nginx 重新載入，而不是重新啟動'),
    given: scaled,
    make: async (hands) => {
      await hands.compose`exec nginx nginx -s reload`;
    },
  },
  {
    id: 'nginx-anew-alone',
    at: restart,
    what: text('made nginx anew, without what it depends on', '只重新建立 nginx，不動它依賴的服務'),
    given: scaled,
    make: async (hands) => {
      await hands.compose`up -d --force-recreate --no-deps nginx`;
    },
  },
  {
    id: 'nginx-stopped-and-started',
    at: restart,
    what: text('stopped nginx, then started it', '先停止 nginx，再啟動'),
    given: scaled,
    make: async (hands) => {
      await hands.compose`stop -t 0 nginx`;
      await hands.compose`start nginx`;
    },
  },
  {
    id: 'nginx-looks-up-by-itself-from-the-start',
    at: 'nginx/scale',
    what: text('scaled behind an nginx that looks the name up by itself', 'nginx 會自己再查名稱，接著擴展'),
    given: askedWith(byItself),
    make: async (hands) => {
      await scale(hands);
      // wait until nginx has resolved the name again, at most once per second
      const met = "for i in 1 2 3 4 5 6 7 8; do curl -s http://127.0.0.1/; done | grep -o '[^ ]*$' | sort -u | wc -l";
      await hands.compose`exec nginx timeout 20 sh -c ${`until [ $(${met}) -gt 1 ]; do :; done`}`;
    },
    skips: ['nginx-still-reaches-one'],
  },
  {
    id: 'nginx-looks-up-by-itself',
    at: restart,
    what: text('nginx looks up the name again on its own (`resolver`)', 'nginx 會自己再查一次名稱（`resolver`）'),
    given: scaled,
    make: restartedWith(() => byItself),
  },
  {
    id: 'least-connections',
    at: restart,
    what: text('nginx chooses who has the fewest connections', 'nginx 選擇連線最少的副本'),
    given: scaled,
    make: restartedWith(() => group('  zone app 64k;\n  least_conn;\n  server flask:5000 weight=2;')),
  },
  {
    id: 'at-random',
    at: restart,
    what: text('nginx chooses at random', 'nginx 隨機選擇'),
    given: scaled,
    make: restartedWith(() => group('  random;\n  server flask:5000;')),
  },
  {
    id: 'down-at-once',
    at: 'nginx/down',
    what: text('`down` at once, orphans included', '立刻 `down`，連孤兒容器一起'),
    given: asked,
    make: async (hands) => {
      await hands.compose`down -t 0 --remove-orphans`;
    },
  },
  {
    id: 'down-in-three-commands',
    at: 'nginx/down',
    what: text('stopped, removed, and removed the networks', '停止、移除，再移除網路'),
    given: asked,
    make: async (hands) => {
      const [replica] = await hands.replicas('flask');
      await hands.compose`stop`;
      await hands.compose`rm -f`;
      await hands.sh`docker network rm ${Object.keys(replica?.networks ?? {})}`;
    },
  },
];
