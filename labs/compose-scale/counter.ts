import { counterRises } from '../../src/checks/counter.ts';
import type { SampleFacts } from '../../src/checks/evidence/sample.ts';
import { text } from '../../src/lab/text.ts';
import type { World } from '../../src/lab/world.ts';
import { redisNumbers } from './stored-numbers.ts';

type Sample<R extends string> = (world: World) => Promise<SampleFacts<R>>;

const help = text(
  'all replicas must count in one Redis, under one key: does the app count in a variable, in a file or by the clock, or does REDIS_HOST name another host?',
  '所有副本必須在同一個 Redis 中使用同一個鍵計數：應用程式是否在變數、檔案或依時間計數，或 REDIS_HOST 是別的主機？',
);

const stored = redisNumbers('redis');

/** One replica counts. */
export const numbersRise = <R extends string>(gather: Sample<R>) =>
  counterRises('counter-rises', text('the numbers on its counter are distinct and rising', '計數器的數字各不相同且持續增加'), {
    gather,
    help,
    stored,
  });

/** Several replicas share one counter. */
export const counterIsShared = <R extends string>(gather: Sample<R>) =>
  counterRises(
    'counter-is-shared',
    text('the counter is shared: it rises whichever replica answers', '計數器是共用的：不論由哪個副本回應，數字都會增加'),
    { gather, help, stored },
  );
