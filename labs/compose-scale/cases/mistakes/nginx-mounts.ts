import type { Mistake } from '../../../../src/lab/gate-case.ts';
import { text } from '../../../../src/lab/text.ts';
import { labels } from '../helpers.ts';
import { confMount, ended, logMount, replaced, site, up, upWith } from '../nginx-helpers.ts';

const at = 'nginx/up';

/** Mistakes in the mounts of nginx. */
export const mountMistakes: readonly Mistake[] = [
  {
    id: 'conf-writable',
    at,
    what: text('mounted nginx.conf without `:ro`', '掛載 nginx.conf 時沒有加 `:ro`'),
    make: upWith(replaced(':ro', '')),
    caughtBy: 'conf-is-mounted-read-only',
    message:
      /\| a writable bind mount.* \| add `:ro` to that line: \.\/nginx\/nginx\.conf:\/etc\/nginx\/conf\.d\/default\.conf:ro/,
  },
  {
    id: 'conf-not-mounted',
    at,
    what: text('did not mount nginx.conf', '沒有掛載 nginx.conf'),
    make: upWith(replaced(`      - ${confMount}\n`, '')),
    caughtBy: 'conf-is-mounted-read-only',
    message: /\| nothing is mounted there \| .*\.\/nginx\/nginx\.conf:\/etc\/nginx\/conf\.d\/default\.conf:ro/,
  },
  {
    id: 'conf-baked-in',
    at,
    what: text('copied nginx.conf into an image of its own', '把 nginx.conf 複製進自己的映像檔'),
    make: async (hands) => {
      await hands.write(
        'nginx/Dockerfile',
        `FROM nginx:1.26\nLABEL ${hands.mark[1]}\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n`,
      );
      await upWith(replaced('image: nginx:1.26', 'build: ./nginx'), replaced(`      - ${confMount}\n`, ''))(hands);
    },
    caughtBy: 'conf-is-mounted-read-only',
    message: /\| nothing is mounted there; nginx\/Dockerfile:3 copies it into an image of its own \(compose\.yaml:17\)/,
  },
  {
    id: 'conf-beside-the-default',
    at,
    what: text("mounted it beside the image's own default.conf", '掛載在映像檔自己的 default.conf 旁邊'),
    make: upWith(replaced('conf.d/default.conf', 'conf.d/flask.conf')),
    caughtBy: 'conf-is-mounted-read-only',
    message: /\/etc\/nginx\/conf\.d\/default\.conf of nginx \| .*\/etc\/nginx\/conf\.d\/flask\.conf/,
  },
  {
    id: 'conf-replaced',
    at,
    what: text('an editor wrote nginx.conf anew while nginx ran', 'nginx 執行時，編輯器把 nginx.conf 換成了新檔案'),
    make: async (hands) => {
      await up(hands);
      await hands.write('nginx/nginx.conf', site('http://flask:5000', { inside: 'proxy_set_header Host $host;' }));
    },
    caughtBy: 'conf-is-the-same-file',
    message: /replaced after the container was made \| .*--force-recreate.* nginx/,
  },
  {
    id: 'conf-does-not-parse',
    at,
    what: text('forgot a semicolon in nginx.conf', 'nginx.conf 少了一個分號'),
    make: async (hands) => {
      await hands.edit('nginx/nginx.conf', replaced('5000;', '5000'));
      await up(hands);
      await ended(hands, 'nginx');
    },
    caughtBy: 'nginx-has-1-replica',
    message:
      /0 running, \w+ exited with code 1; nginx\/nginx\.conf:6: nginx reports: unexpected "}"; the line before it may lack its `;` \| correct nginx\/nginx\.conf:6/,
  },
  {
    id: 'logs-not-mounted',
    at,
    what: text("did not mount nginx's log folder", '沒有掛載 nginx 的日誌資料夾'),
    make: upWith(replaced(`      - ${logMount}\n`, '')),
    caughtBy: 'log-folder-is-mounted',
    message: /\| nothing is mounted there \| .*\.\/var\/log\/nginx:\/var\/log\/nginx/,
  },
  {
    id: 'logs-in-another-folder',
    at,
    what: text('mounted another folder for the logs', '把日誌掛載到另一個資料夾'),
    make: upWith(replaced('./var/log/nginx:', './logs:')),
    caughtBy: 'log-folder-is-mounted',
    message: /a writable bind mount of var\/log\/nginx .* \| .*\/logs\b.* \|/,
  },
  {
    id: 'logs-in-a-volume',
    at,
    what: text('gave the logs a named volume', '用具名的 volume 放日誌'),
    make: async (hands) => {
      await upWith(
        replaced('./var/log/nginx:', 'logs:'),
        replaced('\nnetworks:', `\nvolumes:\n  logs:\n    labels: ${labels(hands)}\n\nnetworks:`),
      )(hands);
    },
    caughtBy: 'log-folder-is-mounted',
    message: /\| a volume .* \| .*\.\/var\/log\/nginx:\/var\/log\/nginx/,
  },
  {
    id: 'logs-read-only',
    at,
    what: text('mounted the log folder read-only: nginx ends', '日誌資料夾以唯讀方式掛載，nginx 無法啟動'),
    make: async (hands) => {
      await upWith(replaced(logMount, `${logMount}:ro`))(hands);
      await ended(hands, 'nginx');
    },
    caughtBy: 'nginx-has-1-replica',
    message: /0 running, \w+ exited with code 1 \| .*docker compose logs nginx \| .*Read-only file system/,
  },
];
