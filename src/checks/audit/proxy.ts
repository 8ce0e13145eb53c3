import { type Check, defineCheck } from '../../lab/check.ts';
import { text } from '../../lab/text.ts';
import { failed, passed, skipped, type Verdict, withFaultIn } from '../../lab/verdict.ts';
import type { Answer, World } from '../../lab/world.ts';
import { judgeEven } from '../balance.ts';
import { explainPassing, explainRewrite } from '../causes/answers.ts';
import { nameOf, textWith } from '../evidence/stack-facts.ts';
import { type AuditFacts, numberIn, type TrustedFacts } from './evidence.ts';
import { refusedVisitor, urlOf } from './served.ts';

type Gather = (world: World) => Promise<AuditFacts>;

/** The proxy passes each request to a replica, evenly: with an app of our own in place of the submission's. */
export function proxyPassesEachOn<R extends string>(role: R, front: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: 'proxy-passes-each-request-on',
    roles: [role, front],
    claim: textWith(
      '{front} passes each request on, evenly: with the reference app in place of {role}',
      '{front} 平均轉送每個請求：以參考應用程式代替 {role} 時也是如此',
      { front, role },
    ),
    gather,
    judge: (facts) => withFaultIn(['conf'], judgePassing(facts, nameOf(facts, front))),
    explain: (world, facts) => explainPassing(world, facts),
  });
}

/** With an app of our own in place of the submission's: what is wrong then is not the app's. */
export function judgePassing(facts: AuditFacts, front: string): Verdict {
  const { trusted, services, role } = facts;
  if (!trusted) return skipped(text('no reference app took its place', '沒有參考應用程式可以代替'));
  const refused = refusedVisitor(trusted.visited, { front, url: urlOf(facts) });
  if (refused) return failed(refused);
  const answers = Object.values(trusted.visited).flat();
  const fresh = freshAnswers(trusted, answers);
  const names = { front, total: answers.length, own: answers.length - fresh.length };
  if (fresh.length < answers.length)
    return failed({
      expected: textWith(
        '{total} answers that the app behind {front} sent, each once',
        '{total} 個由 {front} 後方的應用程式送出的回應，各出現一次',
        names,
      ),
      actual: textWith(
        '{own} of {total} answers are not from the app, or are a copy',
        '{total} 個回應中有 {own} 個不是由應用程式送出，或是複本',
        names,
      ),
      help: textWith(
        '{front} answers by itself, or from a cache: look for `return`, `proxy_cache` and other servers',
        '{front} 自行回應，或使用了快取：檢查 `return`、`proxy_cache` 和其他伺服器',
        names,
      ),
    });
  for (const visitor of [undefined, 'curl', 'browser', 'kept'] as const) {
    const counts = trusted.replicas.map(
      ({ served }) =>
        (visitor === undefined ? answers : (trusted.visited[visitor] ?? [])).filter(({ body }) =>
          served.includes(numberIn(body) ?? ''),
        ).length,
    );
    const bars = trusted.replicas.map(({ hostname }, at) => ({ label: hostname, count: counts[at] ?? 0 }));
    const verdict = judgeEven(counts, { bars }, services[role] ?? role);
    if (verdict.outcome !== 'passed' || visitor === 'kept') return verdict;
  }
  throw new Error('unreachable');
}

/** The answers that a replica of ours sent, each counted once: a copy of one is not from a replica. */
function freshAnswers({ replicas }: TrustedFacts, answers: readonly Answer[]): Answer[] {
  const served = new Set(replicas.flatMap((one) => one.served));
  return answers.filter(({ body }) => {
    const number = numberIn(body);
    return number !== undefined && served.delete(number);
  });
}

/** The proxy itself writes the access log: it gains its lines while the submission's app is stopped. */
export function proxyWritesLog<R extends string>(role: R, front: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: 'proxy-writes-the-access-log',
    roles: [role, front],
    claim: textWith(
      'the access log is written by {front}: it gains a line for each request while {role} is stopped',
      '存取日誌由 {front} 寫入：{role} 停止時，每個請求仍會增加一行',
      { front, role },
    ),
    gather,
    judge: ({ trusted, ...facts }): Verdict => {
      if (!trusted || Object.keys(trusted.logged).length === 0)
        return skipped(text('there is no access log on the host', '主機上沒有存取日誌'));
      const requests = Object.values(trusted.visited).flat().length;
      const [path = '', lines = 0] = Object.entries(trusted.logged).sort(([, a], [, b]) => b - a)[0] ?? [];
      const names = { requests, lines, path, front: nameOf(facts, front), role: nameOf(facts, role) };
      const actual = textWith(
        '{requests} requests, {lines} new lines in {path}',
        '{requests} 個請求，{path} 增加 {lines} 行',
        names,
      );
      if (lines >= requests) return passed(actual);
      return failed({
        faultIn: ['conf', front, role],
        expected: textWith('{requests} new lines while {role} is stopped', '{role} 停止時增加 {requests} 行', names),
        actual,
        help: textWith(
          'another container writes this file, or {front} does not: only {front} may mount its folder, and its access log must be on',
          '由其他容器寫入這個檔案，或 {front} 沒有寫入：只有 {front} 可以掛載這個資料夾，而且要開啟它的存取日誌',
          names,
        ),
      });
    },
    explain: (world, facts) => explainRewrite(world, facts),
  });
}
