import type { Replica } from '../../lab/facts.ts';
import { type Text, text, verbatim } from '../../lab/text.ts';
import { failed, type Mismatch, passed, type Verdict } from '../../lab/verdict.ts';
import type { Answer, Visitor } from '../../lab/world.ts';
import { spreadOf } from '../balance.ts';
import { namedIn, tally } from '../evidence/sample.ts';
import { hostPortOf, listed, runningOf, runningProxies, textWith } from '../evidence/stack-facts.ts';
import type { AuditFacts, Visits } from './evidence.ts';

export const visitorNames: Readonly<Record<Visitor, Text>> = {
  curl: verbatim('curl'),
  browser: text('a browser', '瀏覽器'),
  kept: text('curl on one connection', '使用同一個連線的 curl'),
};

/** The first visitor with an answer that is not a success. */
export function refusedVisitor(visited: Visits, { front, url }: { front: string; url: string }): Mismatch | undefined {
  for (const visitor of ['curl', 'browser', 'kept'] as const) {
    const answers = visited[visitor] ?? [];
    const refused = answers.filter(({ status }) => status < 200 || status >= 400);
    const [first] = refused;
    if (!first) continue;
    const names = { who: visitorNames[visitor], front, total: answers.length, count: refused.length, status: first.status, url };
    return {
      expected: textWith('an answer to every plain request of {who}', '{who} 的每個一般請求都有回應', names),
      actual:
        first.status === 0
          ? textWith('{count} of {total} requests have no answer', '{total} 個請求中有 {count} 個沒有回應', names)
          : textWith(
              '{count} of {total} requests have status {status}',
              '{total} 個請求中有 {count} 個的狀態碼是 {status}',
              names,
            ),
      help: textWith(
        'curl -v {url}; requests without the header `User-Agent`, and with parameters (`/?lab=…`), were answered: does {front} or the app decide by one of these, by cookie or by path?',
        'curl -v {url}；沒有 `User-Agent` 標頭、帶參數（`/?lab=…`）的請求都有回應：{front} 或應用程式是否依其中之一、cookie 或路徑決定回應？',
        names,
      ),
    };
  }
  return undefined;
}

/** Whether all replicas answered every visitor. */
export const isServed = (facts: AuditFacts): boolean => judgeVisitors(facts, '').outcome === 'passed';

/** The address that a person would use. */
export const urlOf = (facts: AuditFacts): string => `http://localhost:${hostPortOf(facts, runningProxies(facts)) ?? 80}/`;

export function judgeVisitors(facts: AuditFacts, front: string): Verdict {
  const visited = facts.visited ?? {};
  const refused = refusedVisitor(visited, { front, url: urlOf(facts) });
  if (refused) return failed(refused);
  const replicas = runningOf(facts, facts.role);
  for (const visitor of ['curl', 'browser'] as const) {
    const answers = visited[visitor] ?? [];
    const counts = countsOf(replicas, answers);
    const unknown = answers.length - counts.reduce((sum, count) => sum + count, 0);
    const each = Math.floor(answers.length / Math.max(1, replicas.length));
    const names = { who: visitorNames[visitor], front, unknown, total: answers.length, each };
    if (unknown > 0)
      return failed({
        expected: textWith("a replica's hostname in every answer to {who}", '{who} 的每個回應裡都有副本的主機名稱', names),
        actual: textWith('{unknown} of {total} answers contain none', '{total} 個回應中有 {unknown} 個沒有', names),
        help: textWith('does {front} answer by itself, or from a cache?', '{front} 是否自行回應，或使用了快取？', names),
      });
    const missed = replicas.filter((_, at) => counts[at] === 0);
    if (missed.length > 0 || replicas.length === 0)
      return failed({
        expected: textWith(
          'about {each} of {total} answers from each replica, for plain requests of {who}',
          '{who} 的一般請求：{total} 個回應中，每個副本約 {each} 個',
          names,
        ),
        actual: textWith('none from {missed} in {total} answers', '{total} 個回應中，沒有來自 {missed} 的', {
          ...names,
          missed: listed(missed.map(({ hostname }) => hostname)),
        }),
        help: textWith(
          'a visitor is kept at one replica, or the answers come from a cache: does {front} decide by cookie, address, path, connection or `User-Agent`, or use `proxy_cache`?',
          '訪客被固定在同一個副本，或回應來自快取：{front} 是否依 cookie、位址、路徑、連線或 `User-Agent` 決定，或使用了 `proxy_cache`？',
          names,
        ),
        spread: spreadOf(replicas, counts, (one) => one.hostname),
      });
  }
  return passed(verbatim(countsOf(replicas, Object.values(visited).flat()).join(' : ')));
}

export const countsOf = (replicas: readonly Replica[], answers: readonly Answer[]): number[] =>
  tally(
    replicas,
    answers.map(({ body }) => namedIn(replicas, body)),
  );
