import { z } from 'zod';
import { text } from '../../lab/text.ts';
import { eachAnswers, hostnamesAreReplicas, isReady } from '../answers.ts';
import { curlReachesAll, isBalanced, pingReachesAll, pingsAreReplicas } from '../balance.ts';
import { addressesMatch, foundInLogs } from '../connections.ts';
import { counterRises } from '../counter.ts';
import { dnsResolves } from '../dns.ts';
import { textWith } from '../evidence/stack-facts.ts';
import { oneHostname, proxyBalances, proxyReaches } from '../reverse-proxy.ts';
import { wasPinged } from '../traffic/pings.ts';
import { proxyReceivedRequests, receivedRequests } from '../traffic/requests.ts';
import { count, described, entry, of, ofSome, role } from './entry.ts';
import type { Gathers } from './gathers.ts';

const sample = described(
  z.enum(['each', 'few', 'many', 'proxy', 'proxy-many']),
  'requests to each replica, three or many to the name, or ten or many through the proxy',
  '對每個副本、對名稱三次或多次，或經由反向代理十次或多次的請求',
);
const times = described(
  z.int().min(1).max(100),
  'how many, each with its own lookup of the name; omitted: one',
  '次數，每次都重新查詢名稱；省略時為一次',
).optional();
/** The options of a check of the learner's traffic. */
const timesOf = ({ times }: { times?: number | undefined }) => (times === undefined ? {} : { times });
const sampled = z.strictObject({ of: role, by: sample.default('few') });

const answersBy = (gathers: Gathers, by: z.infer<typeof sample>, of: string) => {
  const throughProxyMany = (role: string) => gathers.frontMany(role, true);
  return { ...gathers, proxy: gathers.front, 'proxy-many': throughProxyMany }[by](of);
};

/** Claims about names, answers and the load. */
export const requests = [
  entry({
    name: 'ready',
    what: text('The app in every replica of a service accepts requests.', '服務每個副本裡的應用程式都能接受請求。'),
    params: of,
    short: 'of',
    example: 'ready: web',
    roles: (params) => [params.of],
    after: ['replicas'],
    requires: 'probes',
    make: (params) => [isReady(params.of)],
  }),
  entry({
    name: 'dns',
    what: text(
      'DNS returns the addresses of all replicas of a service, and no other.',
      'DNS 傳回服務所有副本的位址，沒有其他位址。',
    ),
    params: ofSome,
    example: 'dns: { of: web, count: 3 }',
    roles: (params) => [params.of],
    after: ['replicas'],
    requires: 'probes',
    make: (params) => [dnsResolves(params.of, params.count)],
  }),
  entry({
    name: 'answers',
    what: text('Every replica of a service answers with its own hostname.', '服務的每個副本都以自己的主機名稱回應。'),
    params: of,
    short: 'of',
    example: 'answers: web',
    roles: (params) => [params.of],
    after: ['ready', 'replicas'],
    requires: 'probes',
    make: (params, gathers) => [eachAnswers(params.of, gathers.each(params.of))],
  }),
  entry({
    name: 'hostnames',
    what: text("Each answer contains the hostname of one of the service's replicas.", '每個回應都包含服務某個副本的主機名稱。'),
    params: sampled,
    short: 'of',
    example: 'hostnames: { of: web, by: many }',
    roles: (params) => [params.of],
    after: ['ready', 'replicas'],
    requires: 'probes',
    make: (params, gathers) => [
      hostnamesAreReplicas(
        'hostnames-are-replicas',
        textWith("every hostname in an answer is a replica's", '每個回應中的主機名稱都屬於某個副本'),
        answersBy(gathers, params.by, params.of),
      ),
    ],
  }),
  entry({
    name: 'connections',
    what: text(
      'Each connection goes to the replica that answers, and its log has the request; with `logged: false`, its log does not matter.',
      '每個連線都連到實際回應的副本，而且它的日誌裡有這個請求；加上 `logged: false` 時，不檢查日誌。',
    ),
    params: z.strictObject({
      of: role,
      by: described(
        z.enum(['each', 'few', 'many']),
        'requests to each replica, or three or many to the name',
        '對每個副本，或對名稱三次或多次的請求',
      ).default('many'),
      logged: described(z.boolean(), 'false: only the connection', 'false：只檢查連線').default(true),
    }),
    short: 'of',
    example: 'connections: { of: web, by: few, logged: false }',
    roles: (params) => [params.of],
    after: ['hostnames'],
    requires: 'probes',
    make: (params, gathers) => {
      const gather = answersBy(gathers, params.by, params.of);
      const connections = addressesMatch(
        'connections-are-to-who-answers',
        text('each connection goes to the replica that answers', '每個連線都連到實際回應的副本'),
        gather,
      );
      return [connections, ...(params.logged ? [{ ...foundInLogs(gather), needs: [connections.id] }] : [])];
    },
  }),
  entry({
    name: 'balanced',
    what: text(
      'Requests to the name of a service reach all replicas, about equally often.',
      '對服務名稱的請求會到達所有副本，各副本分到的請求數大致平均。',
    ),
    params: ofSome,
    example: 'balanced: { of: web, count: 3 }',
    roles: (params) => [params.of],
    after: ['ready', 'replicas', 'hostnames'],
    requires: 'probes',
    make: (params, gathers) => {
      const all = curlReachesAll(params.of, params.count, gathers.many(params.of));
      return [all, { ...isBalanced(params.of, gathers.many(params.of)), needs: [all.id] }];
    },
  }),
  entry({
    name: 'pings',
    what: text(
      'Pings to the name of a service reach all replicas; without `count`, one ping reaches one of them.',
      'ping 服務名稱會到達所有副本；沒有 `count` 時，ping 一次會到達其中一個。',
    ),
    params: z.strictObject({ of: role, count: count.optional() }),
    short: 'of',
    example: 'pings: { of: web, count: 3 }',
    roles: (params) => [params.of],
    after: ['replicas'],
    requires: 'probes',
    make: ({ of: at, count: many }, gathers) => {
      if (many === undefined) return [pingsAreReplicas(gathers.ping(at))];
      const replied = pingsAreReplicas(gathers.pings(at));
      return [replied, { ...pingReachesAll(at, many, gathers.pings(at)), needs: [replied.id] }];
    },
  }),
  entry({
    name: 'counter',
    what: text(
      'The number in the answers of a service rises, whichever replica answers.',
      '不論由哪個副本回應，服務回應中的數字都會增加。',
    ),
    params: sampled,
    short: 'of',
    example: 'counter: { of: web, by: proxy }',
    roles: (params) => [params.of],
    after: ['ready', 'replicas', 'hostnames'],
    requires: 'probes',
    make: (params, gathers) => [
      counterRises('counter-rises', text('the counter rises whichever replica answers', '不論由哪個副本回應，計數器都會增加'), {
        gather: answersBy(gathers, params.by, params.of),
        help: text('all replicas must count in one place', '所有副本必須在同一個地方計數'),
      }),
    ],
  }),
  entry({
    name: 'proxy-reaches',
    what: text(
      'Requests through the proxy reach this many replicas of a service.',
      '經由反向代理的請求會到達服務的這麼多個副本。',
    ),
    params: z.strictObject({ of: role, through: role, count }),
    example: 'proxy-reaches: { of: web, through: proxy, count: 3 }',
    roles: (params) => [params.of, params.through],
    after: ['ready', 'replicas'],
    requires: 'proxy',
    make: (params, gathers) => [
      proxyReaches(
        `${params.through}-reaches-${params.count}`,
        textWith('{through} reaches {count} of the replicas of {of}', '{through} 把請求轉送給 {count} 個 {of} 副本', params),
        { front: params.through, count: params.count },
        gathers.frontMany(params.of, params.count > 1),
      ),
    ],
  }),
  entry({
    name: 'proxy-balances',
    what: text('The proxy spreads requests evenly over the replicas of a service.', '反向代理把請求平均分配給服務的各個副本。'),
    params: of,
    short: 'of',
    example: 'proxy-balances: web',
    roles: (params) => [params.of],
    after: ['ready', 'proxy-reaches'],
    requires: 'proxy',
    make: (params, gathers) => [
      proxyBalances(params.of, gathers.frontMany(params.of, true) as Parameters<typeof proxyBalances<string>>[1]),
    ],
  }),
  entry({
    name: 'one-hostname',
    what: text('The same replica answers every request through the proxy.', '經由反向代理的每個請求都由同一個副本回應。'),
    params: of,
    short: 'of',
    example: 'one-hostname: web',
    roles: (params) => [params.of],
    after: ['ready', 'replicas'],
    requires: 'proxy',
    make: (params, gathers) => [oneHostname(gathers.front(params.of))],
  }),
  entry({
    name: 'requested',
    what: text(
      'The learner has sent a request to a service from a container of the stack; with `through`, from anywhere, through that proxy.',
      '學習者已從這組服務的容器裡向服務送出請求；加上 `through` 時，從任何地方透過該反向代理送出的請求都算。',
    ),
    params: z
      .strictObject({
        of: role,
        times,
        through: role.optional(),
        log: described(
          z.string(),
          "the proxy's access log: a key of the stack's `files`",
          '反向代理的存取日誌：`files` 的鍵',
        ).optional(),
      })
      .refine((one) => one.times === undefined || one.through === undefined, 'write `times` or `through`, not both'),
    short: 'of',
    example: 'requested: web',
    roles: (params) => [params.of, ...(params.through === undefined ? [] : [params.through])],
    after: ['replicas'],
    make: (params, gathers) =>
      params.through === undefined
        ? [receivedRequests(params.of, gathers.traffic(params.of), timesOf(params))]
        : [proxyReceivedRequests(params.through, params.of, gathers.traffic(params.of, params.through, params.log))],
  }),
  entry({
    name: 'pinged',
    what: text('The learner has pinged a service from a container.', '學習者已從容器裡 ping 服務。'),
    params: z.strictObject({ of: role, times }),
    short: 'of',
    example: 'pinged: web',
    roles: (params) => [params.of],
    after: ['replicas'],
    make: (params, gathers) => [wasPinged(params.of, gathers.traffic(params.of), timesOf(params))],
  }),
];
