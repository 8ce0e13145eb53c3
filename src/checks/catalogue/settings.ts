import { z } from 'zod';
import { text } from '../../lab/text.ts';
import { logGrows, withHostLog } from '../access-log.ts';
import { fileRemains, hostFile } from '../cleanup.ts';
import { commandShows, logContains } from '../container-output.ts';
import { textWith } from '../evidence/stack-facts.ts';
import { mountedFile, mountedFolder } from '../mounts.ts';
import { isolated, networksAre } from '../networks.ts';
import { pageIs } from '../page.ts';
import { publishes, publishesNothing } from '../ports.ts';
import { described, entry, of, role } from './entry.ts';

const file = described(
  z.string().min(1),
  "a key of the stack's `files`, or a path below its folder",
  '`files` 的鍵，或 stack 資料夾之下的路徑',
);
const inside = described(z.string().startsWith('/'), 'a path in the container', '容器裡的路徑');
const part = described(z.string().min(1), 'a part of the text', '文字的一部分');

/** `nginx/nginx.conf` as a part of an ID. */
const slug = (path: string): string =>
  path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

const logRemains = (path: string) =>
  fileRemains(
    `${slug(path)}-exists`,
    textWith('the access log {path} is on the host', '存取日誌 {path} 在主機上', { path }),
    path,
    { anyLog: true },
  );

/** Claims about networks, ports, mounts, files, logs, pages and commands. */
export const settings = [
  entry({
    name: 'networks',
    what: text(
      'The services share networks as listed, whatever these are called, and are on no others.',
      '服務依清單共用網路（名稱不拘），而且不在其他網路上。',
    ),
    params: z.strictObject({
      are: described(z.record(role, z.array(z.string().min(1))), 'the networks of each role', '每個角色的網路'),
    }),
    example: 'networks: { are: { web: [front, back], db: [back] } }',
    roles: (params) => Object.keys(params.are),
    after: ['replicas'],
    make: (params) => [
      networksAre(
        'networks-are-as-drawn',
        text('the services are on the networks that are drawn', '服務位於所畫的網路上'),
        params.are,
      ),
    ],
  }),
  entry({
    name: 'isolated',
    what: text('A service can neither resolve nor reach another.', '服務既無法解析另一個服務的名稱，也無法連線。'),
    params: z.strictObject({
      from: role,
      to: role,
      port: described(z.int().min(1).max(65_535), 'a port of the other service', '另一個服務的連接埠'),
    }),
    example: 'isolated: { from: proxy, to: db, port: 5432 }',
    roles: (params) => [params.from, params.to],
    after: ['replicas', 'networks'],
    make: (params) => isolated(params.from, params.to, params.port),
  }),
  entry({
    name: 'published',
    what: text("A service publishes the stack's port on the host.", '服務把這組服務的連接埠發佈到主機上。'),
    params: of,
    short: 'of',
    example: 'published: web',
    roles: (params) => [params.of],
    after: ['replicas'],
    requires: 'published',
    make: (params) => [publishes(params.of)],
  }),
  entry({
    name: 'unpublished',
    what: text('Services publish no port on the host.', '服務沒有把連接埠發佈到主機上。'),
    params: z.strictObject({
      of: described(z.union([role, z.array(role).min(1)]), 'a role, or a list of roles', '一個角色，或角色的清單'),
    }),
    short: 'of',
    example: 'unpublished: [web, db]',
    roles: (params) => [params.of].flat(),
    after: ['replicas'],
    make: (params) => {
      const roles = [params.of].flat();
      return [
        publishesNothing(
          `${roles.join('-')}-publish-nothing`,
          textWith('{roles} publish no port', '{roles} 不發佈連接埠', { roles: text(roles.join(', '), roles.join('、')) }),
          roles,
        ),
      ];
    },
  }),
  entry({
    name: 'mounts',
    what: text(
      'A file of the stack is mounted read-only, with the same content inside; with `writable`, a folder that can be written.',
      '這組服務的檔案以唯讀方式掛載，容器裡的內容相同；加上 `writable` 時，是可寫入的資料夾。',
    ),
    params: z.strictObject({
      of: role,
      file,
      at: inside,
      or: described(inside, 'another path that is right, too', '另一個也正確的路徑').optional(),
      writable: described(z.boolean(), 'a folder that can be written', '可寫入的資料夾').default(false),
    }),
    example: 'mounts: { of: proxy, file: conf, at: /etc/proxy.conf }',
    roles: (params) => [params.of],
    after: ['replicas'],
    make: ({ of: at, file: source, writable, ...params }) => {
      const mounted = { role: at, file: source, destination: params.at, ...(params.or === undefined ? {} : { or: params.or }) };
      return writable ? [mountedFolder(slug(source), mounted)] : mountedFile(slug(source), mounted);
    },
  }),
  entry({
    name: 'file',
    what: text(
      "A file exists in the stack's folder on the host, and is not empty; with `contains`, it contains a text; with `is-log: true`, it is an access log, which may have another name in its folder.",
      '主機上這組服務的資料夾裡有這個檔案，而且不是空的；加上 `contains` 時，檔案包含一段文字；加上 `is-log: true` 時，它是存取日誌，在該資料夾裡可以是其他檔名。',
    ),
    params: z
      .strictObject({
        path: file,
        contains: described(z.string().min(1), 'a part of the file', '檔案裡的一段文字').optional(),
        'is-log': described(z.boolean(), 'an access log, by any name', '存取日誌，檔名不拘').default(false),
      })
      .refine((one) => !one['is-log'] || one.contains === undefined, 'write `contains` or `is-log: true`, not both'),
    short: 'path',
    example: 'file: { path: backup.sql, contains: CREATE TABLE }',
    roles: () => [],
    after: ['file'],
    make: ({ path, contains, 'is-log': isLog }) => [
      isLog
        ? logRemains(path)
        : hostFile(`${slug(path)}-${contains === undefined ? 'exists' : `has-${slug(contains)}`}`, path, contains),
    ],
  }),
  entry({
    name: 'access-log',
    what: text(
      "The proxy's access log on the host gains one line for each request.",
      '每個請求都讓主機上反向代理的存取日誌增加一行。',
    ),
    params: z.strictObject({
      of: role,
      through: role,
      log: described(z.string().min(1), "a key of the stack's `files`", '`files` 的鍵'),
      folder: inside,
    }),
    example: 'access-log: { of: web, through: proxy, log: access, folder: /var/log/proxy }',
    roles: (params) => [params.of, params.through],
    after: ['ready', 'proxy-reaches', 'one-hostname'],
    requires: 'proxy',
    make: (params, gathers) => [
      logGrows({ role: params.through, destination: params.folder }, withHostLog(gathers.front(params.of), params.log)),
    ],
  }),
  entry({
    name: 'log',
    what: text('The log of a service contains a text.', '服務的日誌包含一段文字。'),
    params: z.strictObject({ of: role, contains: part }),
    example: 'log: { of: db, contains: ready to accept connections }',
    roles: (params) => [params.of],
    after: ['replicas'],
    make: (params) => [logContains(params.of, params.contains, `${params.of}-logs-${slug(params.contains)}`)],
  }),
  entry({
    name: 'http',
    what: text(
      "A page at the stack's published port has a status, and contains a text.",
      '發佈的連接埠上的頁面有指定的狀態碼，並包含一段文字。',
    ),
    params: z.strictObject({
      path: described(z.string().startsWith('/'), 'the path of the page', '頁面的路徑').default('/'),
      status: described(z.int().min(100).max(599), 'the HTTP status', 'HTTP 狀態碼').default(200),
      contains: part.optional(),
    }),
    short: 'path',
    example: 'http: { path: /health, contains: ok }',
    roles: () => [],
    after: ['published', 'healthy', 'ready'],
    requires: 'published',
    make: ({ path, status, contains }, gathers) => [
      pageIs(
        { path, status, ...(contains === undefined ? {} : { contains }) },
        `page-${slug(`${path} ${contains ?? status}`)}`,
        gathers.page(path),
      ),
    ],
  }),
  entry({
    name: 'exec',
    what: text(
      'A command inside a container ends with an exit code, and prints a text.',
      '容器裡的指令以指定的結束碼結束，並印出一段文字。',
    ),
    params: z.strictObject({
      in: role,
      run: described(z.string().min(1), 'one line of shell that changes nothing', '一行不會更動任何資源的 shell 指令'),
      prints: part.optional(),
      exit: described(z.int().min(0).max(255), 'the exit code', '結束碼').default(0),
    }),
    example: 'exec: { in: db, run: "psql -U shop -tAc \'select count(*) from items\'", prints: "3" }',
    roles: (params) => [params.in],
    after: ['replicas', 'healthy', 'ready'],
    make: (params) => [
      commandShows(
        params.in,
        { run: params.run, exitCode: params.exit, ...(params.prints === undefined ? {} : { prints: params.prints }) },
        `${params.in}-${slug(params.run).slice(0, 40).replace(/-$/, '')}`,
      ),
    ],
  }),
];
