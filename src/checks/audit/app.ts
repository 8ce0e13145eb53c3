import { type Check, defineCheck } from '../../lab/check.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { errored, failed, type Mismatch, passed, type Verdict, withFaultIn } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { counterOf, placesIn } from '../counter.ts';
import { namedIn } from '../evidence/sample.ts';
import { listed, nameOf, quoted, runningOf, textWith } from '../evidence/stack-facts.ts';
import type { AuditFacts } from './evidence.ts';
import { isServed, visitorNames } from './served.ts';

type Gather = (world: World) => Promise<AuditFacts>;

/** Each replica answers the plain page with its own hostname while all but the stores is paused. */
export function answersAlone<R extends string>(role: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: `each-${role}-answers-alone`,
    roles: [role],
    claim: textWith(
      'each replica of {role} answers by itself, while all containers but those that store data are paused',
      '暫停其他容器（儲存資料的除外）時，每個 {role} 副本都能獨自回應',
      { role },
    ),
    gather,
    judge: (facts) => withFaultIn([role], judgeAlone(facts)),
  });
}

function judgeAlone(facts: AuditFacts): Verdict {
  const replicas = runningOf(facts, facts.role);
  const service = nameOf(facts, facts.role);
  const silent = replicas.filter((one) => {
    const answer = facts.alone[one.id];
    return !answer || answer.status < 200 || answer.status >= 400 || namedIn([one], answer.body) === undefined;
  });
  if (silent.length === 0 && replicas.length > 0)
    return passed(textWith('{count} of {count}', '{count} 個都能', { count: replicas.length }));
  const first = silent[0] && facts.alone[silent[0].id];
  return failed({
    expected: textWith(
      'GET / to each replica of {service}, with the other containers paused: its own hostname in the answer',
      '暫停其他容器，對 {service} 的每個副本送出 GET /：回應裡有它自己的主機名稱',
      { service },
    ),
    actual: first?.status
      ? textWith('{names}: status {status}, {body}', '{names}：狀態碼 {status}，{body}', {
          names: listed(silent.map((one) => one.hostname)),
          status: first.status,
          body: quoted(first.body.slice(0, 120)),
        })
      : textWith('no answer from {names}', '{names} 沒有回應', {
          names: listed(
            silent.map((one) => one.hostname),
            service === '' ? undefined : text('any replica', '任何副本'),
          ),
        }),
    help: textWith(
      'it needs another container for its answer, or answers some requests only: does the app pass requests on to another replica or service? Each replica must serve every request by itself',
      '它需要其他容器才能回應，或只回應某些請求：應用程式是否把請求轉送給其他副本或服務？每個副本都必須自行處理每個請求',
    ),
  });
}

/** The number on the page is the store's: it goes back when the store's data is set back. */
export function numberIsStored<R extends string>(role: R, store: R, gather: Gather): Check<AuditFacts, R> {
  return defineCheck({
    id: `the-number-is-in-${store}`,
    roles: [role, store],
    claim: textWith(
      'the number on the page is stored in {store}: it goes back when the data of {store} is set back',
      '頁面上的數字儲存在 {store}：還原 {store} 的資料後，數字也會回到先前的值',
      { store },
    ),
    gather,
    judge: (facts) => withFaultIn([role], judgeStored(facts, nameOf(facts, store))),
  });
}

/** A visitor whose pages come from all replicas, and whose number stands still. */
function stillNumber(facts: AuditFacts, help: Text): Mismatch | undefined {
  if (!isServed(facts)) return undefined;
  const hostnames = runningOf(facts, facts.role).map(({ hostname }) => hostname);
  for (const visitor of ['curl', 'browser'] as const) {
    const answers = facts.visited?.[visitor] ?? [];
    if (answers.length < 2 || counterOf(answers, hostnames)) continue;
    const names = { who: visitorNames[visitor], total: answers.length, body: quoted(answers.at(-1)?.body.slice(0, 120) ?? '') };
    return {
      expected: textWith('a number that rises from answer to answer, for {who} too', '{who} 收到的數字也逐次增加', names),
      actual: textWith(
        'none of {total} answers to {who} has one, the last of them {body}',
        '{who} 收到的 {total} 個回應裡都沒有，最後一個是{body}',
        names,
      ),
      help,
    };
  }
  return undefined;
}

function judgeStored(facts: AuditFacts, store: string): Verdict {
  const { state, before, after } = facts.store;
  if (state === 'locked' || state === 'unsure') return errored(unreadable(store, state));
  const help = textWith(
    'where does the app keep its counter? It must be in {store}, which all replicas share',
    '應用程式把計數器存在哪裡？必須存在所有副本共用的 {store}',
    { store },
  );
  const still = stillNumber(facts, help);
  if (still) return failed(still);
  const expected = textWith(
    'the same numbers again, after the data of {store} was set back',
    '還原 {store} 的資料後，再次出現相同的數字',
    { store },
  );
  if (state === 'none')
    return failed({
      expected: textWith('{store} saves its data, and sets it back', '{store} 能儲存並還原資料', { store }),
      actual: textWith('{store} does not answer such commands', '{store} 沒有回應這類指令', { store }),
      help,
    });
  if (before.length < 2 || after.length < 2) return failed({ expected, actual: text('no answers', '沒有回應'), help });
  const places = placesIn([...before, ...after]);
  const rising = places
    .map((numbers) => ({ first: numbers.slice(0, before.length), again: numbers.slice(before.length) }))
    .filter(({ first }) => first.every((number, at) => at === 0 || number > (first[at - 1] ?? 0)));
  const back = rising.find(({ first, again }) => (again[0] ?? 0) < (first.at(-1) ?? 0));
  if (back)
    return passed(
      textWith('{last}, then again {first}', '{last} 之後又是 {first}', {
        last: back.first.at(-1) ?? 0,
        first: back.again[0] ?? 0,
      }),
    );
  const [shown] = rising;
  return failed({
    expected,
    actual: shown
      ? textWith('{last}, then {next}: the number did not go back', '{last} 之後是 {next}：數字沒有回到先前的值', {
          last: shown.first.at(-1) ?? 0,
          next: shown.again[0] ?? 0,
        })
      : text('no number that rises', '沒有持續增加的數字'),
    help: shown ? notStored(store) : help,
  });
}

const notStored = (store: string): Text =>
  textWith(
    'the app counts somewhere else than in {store}: in a variable, in a file, or by the time. It must count in {store}, which all replicas share',
    '應用程式不是在 {store} 計數，而是在變數、檔案或依時間計數。必須在所有副本共用的 {store} 計數',
    { store },
  );

const unreadable = (store: string, state: 'locked' | 'unsure'): LabError =>
  new LabError(
    'E_PROBE',
    state === 'locked'
      ? text(`${store} asks for a password that its files do not contain`, `${store} 需要密碼，但檔案裡找不到`)
      : text(`${store} refused to save its data`, `${store} 拒絕儲存資料`),
    text('look at the app: does it count each request in it?', '請檢查應用程式：每個請求是否都記錄在其中？'),
  );
