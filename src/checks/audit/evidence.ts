import { dirname } from 'node:path';
import type { Replica } from '../../lab/facts.ts';
import { portOf } from '../../lab/stack.ts';
import type { Answer, GraderTools, Visitor, World } from '../../lab/world.ts';
import { namedIn } from '../evidence/sample.ts';
import { gatherStack, nameOf, runningOf, type StackFacts } from '../evidence/stack-facts.ts';

/**
 * Facts for graders. An answer is no evidence of which replica served the request, nor of what it did: these compare answers with what the kernel
 * counted, with the answers of a replica while all else is paused, with the answers after the store was set back, and with the answers of an app of
 * our own in place of the submission's.
 */

export interface AuditFacts extends StackFacts {
  readonly role: string;
  /** The answers to each visitor, in order; omitted: the stack has no proxy. */
  readonly visited?: Visits;
  /** Packets that each replica received during all visits, by ID. */
  readonly received: Readonly<Record<string, number>>;
  /** The answer of each replica while all but the stores was paused, by ID; omitted: it was not reached. */
  readonly alone: Readonly<Record<string, Answer>>;
  readonly store: StoreFacts;
  /** Omitted: the app was not replaced. */
  readonly trusted?: TrustedFacts;
}

export type Visits = Readonly<Partial<Record<Visitor, readonly Answer[]>>>;

/** `kept`: its data was saved, and set back. `locked`: it asks for a password. `none`: it is not the store that it should be. `unsure`: it refused. */
export type StoreState = 'kept' | 'locked' | 'none' | 'unsure';

export interface StoreFacts {
  readonly state: StoreState;
  /** The answers of the replicas in turn: after its data was saved, and after it was set back to what was saved. */
  readonly before: readonly Answer[];
  readonly after: readonly Answer[];
}

export interface TrustedFacts {
  readonly visited: Visits;
  /** The numbers that each replica of ours served, by hostname, and in its order. */
  readonly replicas: readonly { readonly hostname: string; readonly served: readonly string[] }[];
  /** The lines that each access log on the host gained, by path. */
  readonly logged: Readonly<Record<string, number>>;
}

/** A store whose data can be saved and set back. */
export interface Store {
  save(world: World): Promise<StoreState>;
  restore(world: World): Promise<StoreState>;
}

interface Audited<R extends string> {
  readonly role: R;
  /** The role whose data `store` saves. */
  readonly storeRole: R;
  readonly store: Store;
  /** Other containers that a replica may need for its answer: those that store data. */
  mayNeed(other: Replica): boolean;
}

/**
 * With the submission's own app: enough for each replica to answer in turn, and with the further ones, enough for each to answer by chance. With our own:
 * enough to see that the replicas answer in turn, and if they do not, enough to tell 50 : 25 : 25 from chance.
 */
const visits: Readonly<Record<Visitor, number>> = { curl: 30, browser: 15, kept: 0 };
const trustedVisits: Readonly<Record<Visitor, number>> = { curl: 30, browser: 24, kept: 24 };
const furtherVisits: Readonly<Record<Visitor, number>> = { curl: 120, browser: 36, kept: 36 };
/** A balancer that chooses at random reaches all three replicas in 15 requests 993 times of 1000, and in 51 all but three times in 10^9. */
const furtherOwn: Readonly<Record<Visitor, number>> = { ...furtherVisits, kept: 0 };
/** The requests to each replica before and after the store is set back. */
const rounds = 3;

/** One after another: what stops and pauses containers must not meet other requests. */
export const gatherAudit =
  <R extends string>({ role, storeRole, store, mayNeed }: Audited<R>) =>
  async (world: World): Promise<AuditFacts> => {
    const { grader } = world;
    if (!grader) throw new Error('only a grader can audit');
    const stack = await gatherStack(world);
    const before = await grader.received();
    const replicas = runningOf(stack, role);
    const visited =
      stack.proxy === undefined
        ? undefined
        : await visitEnough(grader, visits, furtherOwn, (seen) => areAllReached(seen, replicas));
    const after = await grader.received();
    const received = Object.fromEntries(Object.entries(after).map(([id, count]) => [id, count - (before[id] ?? 0)]));
    const isStore = (other: Replica) => other.service === nameOf(stack, storeRole) || mayNeed(other);
    const alone = await askAlone(world, grader, replicas, { role, mayNeed: isStore });
    const stored = await setBack(world, grader, replicas, { role, store });
    const trusted = await grader.withTrusted((replicas) => visitTrusted(world, grader, replicas));
    return { ...stack, role, ...(visited ? { visited } : {}), received, alone, store: stored, ...(trusted ? { trusted } : {}) };
  };

async function visitAs(grader: GraderTools, counts: typeof visits): Promise<Visits> {
  const found: Partial<Record<Visitor, readonly Answer[]>> = {};
  for (const visitor of ['curl', 'browser', 'kept'] as const)
    if (counts[visitor] > 0) found[visitor] = await grader.visit(counts[visitor], visitor);
  return found;
}

async function askAlone(
  { spec }: World,
  grader: GraderTools,
  replicas: readonly Replica[],
  { role, mayNeed }: { role: string; mayNeed(other: Replica): boolean },
): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {};
  for (const replica of replicas) {
    const [answer] = await grader.alone(replica.id, mayNeed, () => grader.ask([replica], portOf(spec, role)));
    if (answer) answers[replica.id] = answer;
  }
  return answers;
}

async function setBack(
  world: World,
  grader: GraderTools,
  replicas: readonly Replica[],
  { role, store }: { role: string; store: Store },
): Promise<StoreFacts> {
  const inTurn = Array.from({ length: rounds }, () => replicas).flat();
  const ask = () => grader.ask(inTurn, portOf(world.spec, role));
  const saved = await store.save(world);
  if (saved !== 'kept') return { state: saved, before: [], after: [] };
  const before = await ask();
  const state = await store.restore(world);
  return { state, before, after: state === 'kept' ? await ask() : [] };
}

type Trusted = Parameters<Parameters<GraderTools['withTrusted']>[0]>[0];

/** Each process of a proxy takes its own turns: with a few of them, the counts differ by no more than this. */
const inTurn = 4;

/** Whether every visitor was answered by these replicas in turn. */
export const areInTurn = (visited: Visits, hostnames: readonly string[]): boolean =>
  Object.values(visited).every((answers) => {
    const counts = hostnames.map((name) => answers.filter(({ body }) => body.includes(name)).length);
    return Math.max(...counts) - Math.min(...counts) <= inTurn;
  });

/** Whether every visitor was answered by each replica. */
const areAllReached = (visited: Visits, replicas: readonly Replica[]): boolean =>
  Object.values(visited).every((answers) => {
    const reached = new Set(answers.map(({ body }) => namedIn(replicas, body)));
    return replicas.every((one) => reached.has(one));
  });

/** Sends the further requests too, unless a request failed, or the first ones are enough. */
async function visitEnough(
  grader: GraderTools,
  first: typeof visits,
  further: typeof visits,
  isEnough: (visited: Visits) => boolean,
): Promise<Visits> {
  const visited = await visitAs(grader, first);
  const isCertain = Object.values(visited)
    .flat()
    .some(({ status }) => status < 200 || status >= 400);
  if (isCertain || isEnough(visited)) return visited;
  const more = await visitAs(grader, further);
  return Object.fromEntries(
    Object.entries(visited).map(([who, answers]) => [who, [...answers, ...(more[who as Visitor] ?? [])]]),
  );
}

async function visitTrusted(world: World, grader: GraderTools, replicas: Trusted): Promise<TrustedFacts> {
  const log = world.spec.files?.['access'];
  const lines = async (): Promise<Readonly<Record<string, number>>> => (log === undefined ? {} : grader.logLines(dirname(log)));
  const before = await lines();
  const hostnames = replicas.map(({ hostname }) => hostname);
  const visited = await visitEnough(grader, trustedVisits, furtherVisits, (seen) => areInTurn(seen, hostnames));
  const answers = Object.values(visited).flat();
  // a line is written a moment after its answer
  const due = (before[log ?? ''] ?? 0) + answers.length;
  if (log !== undefined && before[log] !== undefined)
    await world.file(log, { tail: true, until: (text) => text.split('\n').length > due });
  const after = await lines();
  const served = await Promise.all(
    replicas.map(async ({ hostname, served }) => {
      const due = answers.filter(({ body }) => body.includes(hostname)).flatMap(({ body }) => numberIn(body) ?? []);
      return { hostname, served: [...(await served(due))] };
    }),
  );
  const logged = Object.fromEntries(
    Object.entries({ ...before, ...after }).map(([path, count]) => [path, count - (before[path] ?? 0)]),
  );
  return { visited, replicas: served, logged };
}

/** The number in an answer of our own app. */
export const numberIn = (body: string): string | undefined => /(?<!\d)\d{13}(?!\d)/.exec(body)?.[0];
