import { type Check, defineCheck } from '../lab/check.ts';
import { joinTexts, type Text, text, verbatim } from '../lab/text.ts';
import { type Cause, failed, type Judgement, passed, withFaultIn } from '../lab/verdict.ts';
import type { Answer, World } from '../lab/world.ts';
import { requestFailure } from './answers.ts';
import { explainRewrite } from './causes/answers.ts';
import { textOfPage } from './evidence/page-text.ts';
import { namedIn, type SampleFacts, wordsIn } from './evidence/sample.ts';
import { listed, nameOf, quoted, runningOf, textWith } from './evidence/stack-facts.ts';

type Pages = readonly Pick<Answer, 'body'>[];

/** Numbers with separators of thousands: `1,000`; and those that may be something else: `1.000`, `1 000`. */
const thousands = {
  grouped: /(?<![\w.,-])[1-9]\d{0,2}(?:[,'’_\u00a0\u2009\u202f]\d{3})+(?![\w-]|[.,]\d)/g,
  dotted: /(?<![\w.,-])[1-9]\d{0,2}(?:\.\d{3})+(?![\w-]|[.,]\d)/g,
  spaced: /(?<![\w.,-])[1-9]\d{0,2}(?: \d{3})+(?![\w-]|[.,]\d)/g,
} as const;
const timeOfDay = /(?<![\d:])\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?![\d:])/g;

/** The integers of a text, in order. */
const integersIn = (text: string): number[] =>
  wordsIn(text)
    .filter((word) => /^\d{1,20}$/.test(word))
    .map(Number);

/** The text of a page, without times of day and hostnames of digits, which are no numbers. */
const textWithNumbers = (body: string, hostnames: readonly string[]): string =>
  hostnames
    .filter((name) => /^\d+$/.test(name))
    .reduce(
      (text, name) => text.replace(new RegExp(`(?<![\\w.-])${name}(?![\\w-])`, 'g'), ' : '),
      textOfPage(body).replace(timeOfDay, ' : '),
    );

/** The numbers at each place of these pages, with and without separators of thousands. */
export const placesIn = (pages: Pages): number[][] => Object.values(allPlaces(pages, [])).flat();

/** The numbers at each place that every page has, counted from its start and from its end. */
function columnsOf(pages: readonly (readonly number[])[]): number[][] {
  const shortest = Math.min(...pages.map((numbers) => numbers.length));
  const sameLength = pages.every((numbers) => numbers.length === shortest);
  return Array.from({ length: shortest }, (_, at) => at).flatMap((at) => [
    pages.map((numbers) => numbers[at] ?? 0),
    ...(sameLength ? [] : [pages.map((numbers) => numbers.at(-1 - at) ?? 0)]),
  ]);
}

/** The numbers at each place, in each way to read them. `uncertain`: read as separators of thousands what may be none. */
function allPlaces(answers: Pages, hostnames: readonly string[]): { certain: number[][]; uncertain: number[][] } {
  const texts = answers.map(({ body }) => textWithNumbers(body, hostnames));
  const read = (...ways: readonly (keyof typeof thousands)[]) =>
    columnsOf(
      texts.map((text) =>
        integersIn(ways.reduce((rest, way) => rest.replace(thousands[way], (number) => number.replace(/\D/g, '')), text)),
      ),
    );
  return {
    certain: [...read('grouped'), ...read()],
    uncertain: [...read('grouped', 'dotted'), ...read('grouped', 'spaced')],
  };
}

const steps = (numbers: readonly number[]): number[] => numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0));
const isRising = (numbers: readonly number[]): boolean => steps(numbers).every((step) => step > 0);

/** Rises mostly by one, as a counter does that no other client increases: parts of a second do not. */
const risesByOne = (numbers: readonly number[]): boolean =>
  2 * steps(numbers).filter((step) => step === 1).length >= numbers.length - 1;

/** The numbers are times: seconds since 1970, or parts of a second, in the years 2017 to 2099. */
const isClock = (numbers: readonly number[]): boolean =>
  numbers.every((number) => {
    const digits = BigInt(number).toString();
    const seconds = Number(digits.slice(0, 10));
    return digits.length >= 10 && seconds > 1.5e9 && seconds < 4.1e9;
  });

/**
 * The counter's numbers: those at one place in each page that rise from page to page, and are not the time. If several places
 * rise, that which rises least. Undefined: no place rises. `hostnames`: those of the replicas.
 */
export function counterOf(answers: Pages, hostnames: readonly string[] = []): readonly number[] | undefined {
  if (answers.length < 2) return undefined;
  const { certain, uncertain } = allPlaces(answers, hostnames);
  const last = (numbers: readonly number[]) => numbers.at(-1) ?? 0;
  const rise = (numbers: readonly number[]) => last(numbers) - (numbers[0] ?? 0);
  return [...certain, ...uncertain.filter(risesByOne)]
    .filter((numbers) => isRising(numbers) && !isClock(numbers))
    .sort((a, b) => rise(a) - rise(b) || last(b) - last(a))[0];
}

/** Of the places in the pages, the one that most resembles a counter, although it does not rise throughout. */
const likestCounter = (places: readonly (readonly number[])[]): readonly number[] => {
  const rises = (numbers: readonly number[]) => steps(numbers).filter((step) => step > 0).length;
  return [...places].sort((a, b) => rises(b) - rises(a))[0] ?? [];
};

/** The whole numbers that a service stores, each under a key. */
export interface StoredNumbers {
  readonly service: string;
  readonly numbers: readonly { readonly key: string; readonly value: number }[];
}

interface CounterOptions<R extends string> {
  gather(world: World): Promise<SampleFacts<R>>;
  /** How the replicas share the counter. */
  readonly help: Text;
  /** Reads where the counter should be stored, to find out why it is not shared; undefined: it cannot be seen. Omitted: it is not read. */
  stored?(world: World): Promise<StoredNumbers | undefined>;
}

/**
 * All replicas share one counter: its numbers in our answers are distinct and rising, whichever replica answers. Other clients may send requests
 * in between.
 */
export function counterRises<R extends string>(
  id: string,
  claim: Text,
  { gather, help, stored }: CounterOptions<R>,
): Check<SampleFacts, R> {
  return defineCheck({
    id,
    claim,
    gather,
    judge: (facts) => withFaultIn([facts.role], judgeCounter(facts, help)),
    explain: async (world, facts) => {
      const rewrite = facts.throughProxy ? await explainRewrite(world, facts) : undefined;
      const counters = rewrite ? [] : countersApart(facts);
      if (counters.length < 2) return rewrite;
      return apartCause(counters, help, await stored?.(world));
    },
  });
}

/** What one replica counts: its numbers in the answers, in their order. */
interface OwnCounter {
  readonly hostname: string;
  readonly numbers: readonly number[];
}

/** The counters of replicas that count each for itself: the answers of each rise, and those of all do not. Empty: they share one. */
function countersApart(facts: SampleFacts): OwnCounter[] {
  const replicas = runningOf(facts, facts.role);
  const hostnames = replicas.map((one) => one.hostname);
  if (counterOf(facts.answers, hostnames)) return [];
  return replicas.flatMap((one) => {
    const numbers = counterOf(
      facts.answers.filter(({ body }) => namedIn([one], body)),
      hostnames,
    );
    return numbers ? [{ hostname: one.hostname, numbers }] : [];
  });
}

/** Why replicas count apart, as far as what is stored shows it: under a key each, or not there at all. */
export function apartCause(counters: readonly OwnCounter[], help: Text, stored?: StoredNumbers): Cause {
  const groups = counters.map(({ hostname, numbers }) => verbatim(`${hostname}: ${numbers.slice(0, 3).join(', ')}`));
  const lasts = counters.map(({ numbers }) => numbers.at(-1) ?? 0);
  const service = stored?.service ?? '';
  const names = { groups: joinTexts(groups, text('; ', '；')), service };
  const keys = stored ? keysOf(counters, stored) : [];
  if (keys.length === counters.length)
    return {
      text: textWith(
        'each replica counts under a key of its own in {service}: {keys} ({groups})',
        '每個副本在 {service} 裡用自己的鍵計數：{keys}（{groups}）',
        { ...names, keys: listed(keys.slice(0, 3)) },
      ),
      help: textWith(
        'let the app count under one key for all replicas, without a hostname in it, then docker compose up -d --build with the same --scale',
        '請讓應用程式的所有副本使用同一個鍵計數，鍵裡不要有主機名稱，再執行 docker compose up -d --build，並加上同樣的 --scale',
      ),
    };
  // what was stored before can only be smaller: a counter rises
  if (stored?.numbers.every(({ value }) => value < Math.min(...lasts)))
    return {
      text: textWith(
        'each replica counts in its own memory: {service} stores none of these numbers ({groups})',
        '每個副本在自己的記憶體裡計數：{service} 沒有儲存這些數字（{groups}）',
        names,
      ),
      help,
    };
  return { text: textWith('each replica counts for itself ({groups})', '每個副本各自計數（{groups}）', names), help };
}

/** The different keys that have the last number of each counter, or its replica's name. */
function keysOf(counters: readonly OwnCounter[], { numbers }: StoredNumbers): string[] {
  const found = new Set<string>();
  for (const { hostname, numbers: own } of counters) {
    const free = numbers.filter(({ key }) => !found.has(key));
    const mine = free.find(({ key }) => key.includes(hostname)) ?? free.find(({ value }) => value === own.at(-1));
    if (mine) found.add(mine.key);
  }
  return [...found];
}

function judgeCounter(facts: SampleFacts, help: Text): Judgement {
  const bad = requestFailure(facts);
  if (bad) return bad;
  const hostnames = runningOf(facts, facts.role).map((one) => one.hostname);
  const expected = textWith('numbers that rise from answer to answer', '每個回應的數字都比前一個大');
  if (facts.answers.length < 2) {
    return failed({ expected, actual: textWith('one answer', '只有一個回應'), help });
  }
  const silent = facts.answers.find((answer) => Object.values(allPlaces([answer], hostnames)).flat().length === 0);
  if (silent) {
    return failed({
      expected: text('one number in each answer', '每個回應裡有一個數字'),
      actual: quoted(silent.body.slice(0, 120)),
      help: text("the app must answer with the counter's number", '應用程式的回應必須包含計數器的數字'),
    });
  }
  const counter = counterOf(facts.answers, hostnames);
  if (counter)
    return passed(
      textWith('{first} to {last}, rising', '{first} 到 {last}，持續增加', { first: counter[0] ?? 0, last: counter.at(-1) ?? 0 }),
    );
  const places = Object.values(allPlaces(facts.answers, hostnames)).flat();
  const clock = places.find((numbers) => isRising(numbers) && isClock(numbers));
  if (clock)
    return failed({
      expected,
      actual: textWith('only the time rises: {first} to {last}', '只有時間在增加：{first} 到 {last}', {
        first: clock[0] ?? 0,
        last: clock.at(-1) ?? 0,
      }),
      help: text(
        'the app shows the time in place of a count: for each answer it must add 1 to a number that all replicas share',
        '應用程式顯示的是時間，不是計數：每次回應都必須把所有副本共用的數字加 1',
      ),
    });
  const known = likestCounter(places);
  const at = 1 + steps(known).findIndex((step) => step <= 0);
  const { proxy } = facts;
  const marked = facts.answers.filter(({ nonce }) => nonce !== '');
  const isOnlyPlain = facts.answers[at]?.nonce === '' && marked.length > 1 && counterOf(marked, hostnames) !== undefined;
  if (isOnlyPlain && proxy !== undefined && runningOf(facts, proxy).length > 0)
    return failed({
      expected,
      actual: textWith('{before}, then {after} for a plain `/`', '{before} 之後，對不帶參數的 `/` 回應 {after}', {
        before: known[at - 1] ?? 0,
        after: known[at] ?? 0,
      }),
      help: textWith(
        'only requests with parameters are counted: does {front} keep answers (`proxy_cache`), or does the app decide by path?',
        '只有帶參數的請求會計數：是 {front} 快取了回應（`proxy_cache`），還是應用程式依路徑決定？',
        { front: nameOf(facts, proxy) },
      ),
      faultIn: ['conf', facts.role],
    });
  return failed({
    expected,
    actual: textWith('{before}, then {after}', '{before} 之後是 {after}', { before: known[at - 1] ?? 0, after: known[at] ?? 0 }),
    // An identical answer may come from a cache.
    help:
      facts.answers[at]?.body === facts.answers[at - 1]?.body &&
      facts.proxy !== undefined &&
      runningOf(facts, facts.proxy).length > 0
        ? textWith(
            'the same answer again: does {front} keep answers (`proxy_cache`), or does the app not count?',
            '再次出現相同的回應：是 {front} 快取了回應（`proxy_cache`），還是應用程式沒有計數？',
            { front: nameOf(facts, facts.proxy) },
          )
        : help,
  });
}
