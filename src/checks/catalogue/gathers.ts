import { pingOnce, requestEach, requestThreeTimes, sampleByCurl, sampleByPing, sampleThroughProxy } from '../evidence/sample.ts';
import { requestPage } from '../page.ts';
import { gatherTraffic } from '../traffic/evidence.ts';

/** What the checks of a tutorial observe. The same request returns the same function: checks of a step that share one share one look. */
export interface Gathers {
  each(role: string): ReturnType<typeof requestEach<string>>;
  few(role: string): ReturnType<typeof requestThreeTimes<string>>;
  many(role: string): ReturnType<typeof sampleByCurl<string>>;
  ping(role: string): ReturnType<typeof pingOnce<string>>;
  pings(role: string): ReturnType<typeof sampleByPing<string>>;
  /** Ten requests through the proxy, each on its own connection. */
  front(role: string): ReturnType<typeof sampleThroughProxy<string>>;
  /** Requests through the proxy, some on one connection. `untilAll`: until every replica answered, or the budget is used. */
  frontMany(role: string, untilAll: boolean): ReturnType<typeof sampleThroughProxy<string>>;
  page(path: string): ReturnType<typeof requestPage>;
  traffic(role: string, front?: string, file?: string): ReturnType<typeof gatherTraffic>;
}

export function makeGathers(): Gathers {
  const made = new Map<string, unknown>();
  const once = <T>(key: string, make: () => T): T => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
  };
  return {
    each: (role) => once(`each ${role}`, () => requestEach(role)),
    few: (role) => once(`few ${role}`, () => requestThreeTimes(role)),
    many: (role) => once(`many ${role}`, () => sampleByCurl(role)),
    ping: (role) => once(`ping ${role}`, () => pingOnce(role)),
    pings: (role) => once(`pings ${role}`, () => sampleByPing(role)),
    front: (role) => once(`front ${role}`, () => sampleThroughProxy(role, { kept: 0, single: 10 })),
    frontMany: (role, untilAll) =>
      once(`front ${role} ${untilAll}`, () =>
        sampleThroughProxy(role, untilAll ? { kept: 60, single: 12, untilAll } : { kept: 12, single: 12 }),
      ),
    page: (path) => once(`page ${path}`, () => requestPage(path)),
    traffic: (role, front, file) =>
      once(`traffic ${role} ${front} ${file}`, () =>
        gatherTraffic(role, { ...(front === undefined ? {} : { front }), ...(file === undefined ? {} : { file }) }),
      ),
  };
}
