import { z } from 'zod';
import { text } from '../../lab/text.ts';
import { hasExited, wasRestarted } from '../availability/exits.ts';
import { loadIs } from '../availability/load.ts';
import { loadReported } from '../availability/load-report.ts';
import { isReplaced } from '../availability/replacement.ts';
import { count, described, entry, of, role } from './entry.ts';

const lost = described(
  z.union([z.literal(0), z.literal('some')]),
  '0: every request is answered; some: at least one is not',
  '0：每個請求都有回應；some：至少遺失一個',
);

/** Claims about replicas that end, and about lost answers. */
export const availability = [
  entry({
    name: 'exited',
    what: text(
      'This many replicas of a service have exited; with `code`, each with this exit code.',
      '服務有這麼多個副本已結束；加上 `code` 時，都以這個結束碼結束。',
    ),
    params: z.strictObject({ of: role, count, code: described(z.int().min(0).max(255), 'the exit code', '結束碼').optional() }),
    example: 'exited: { of: web, count: 1, code: 137 }',
    roles: (params) => [params.of],
    after: [],
    make: ({ of: at, count: many, code }) => [hasExited(at, { count: many, ...(code === undefined ? {} : { code }) })],
  }),
  entry({
    name: 'restarted',
    what: text(
      'Docker has started a replica of a service again after it ended by itself.',
      '服務的副本自行結束後，Docker 重新啟動了它。',
    ),
    params: of,
    short: 'of',
    example: 'restarted: web',
    roles: (params) => [params.of],
    after: [],
    make: (params) => [wasRestarted(params.of)],
  }),
  entry({
    name: 'replaced',
    what: text('None of the replicas that a service had before the step exists.', '服務在這一步之前的副本都已不存在。'),
    params: of,
    short: 'of',
    example: 'replaced: web',
    roles: (params) => [params.of],
    after: ['replicas'],
    make: (params) => [isReplaced(params.of)],
  }),
  entry({
    name: 'load',
    what: text(
      'Requests that labwright sends from a container of one service to another are all answered with a status of 200 to 299, or some are lost.',
      'labwright 從一個服務的容器送給另一個服務的請求，都得到 200 到 299 的回應，或有些遺失。',
    ),
    params: z.strictObject({
      from: role,
      to: role,
      path: described(z.string().regex(/^\/[\w./~?=&-]*$/), 'the page', '頁面').default('/'),
      requests: described(z.int().min(1).max(200), 'how many requests', '請求的數量').default(40),
      lost: lost.default(0),
    }),
    example: 'load: { from: client, to: proxy, requests: 40, lost: 0 }',
    roles: (params) => [params.from, params.to],
    after: ['replicas', 'exited', 'healthy', 'ready', 'restarted'],
    make: (params) => [loadIs(params, `${params.to}-${params.lost === 0 ? 'answers-all' : 'loses-some'}`)],
  }),
  entry({
    name: 'load-report',
    what: text(
      'A load that the learner sent with a script of the stack lost no answer, or some, while replicas of a service started or ended. The script prints `answered 90 lost 0 from 1767225600 to 1767225612`.',
      '學習者用這組服務的指令稿送出請求，在服務的副本啟動或結束的期間，沒有遺失任何回應，或遺失了一些。指令稿會印出 `answered 90 lost 0 from 1767225600 to 1767225612`。',
    ),
    params: z.strictObject({
      in: role,
      run: described(
        z.string().min(1),
        'one line of shell that prints the result, and changes nothing',
        '印出結果、而且不會更動任何資源的一行 shell',
      ),
      lost,
      during: described(z.string().min(1), 'the role that changes', '有變動的角色'),
    }),
    example: 'load-report: { in: client, run: load result, lost: 0, during: web }',
    roles: (params) => [params.in, params.during],
    after: ['exited', 'replicas', 'restarted'],
    make: (params) => [loadReported(params, params.lost === 0 ? 'no-answer-was-lost' : 'answers-were-lost')],
  }),
];
