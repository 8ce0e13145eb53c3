import type { Replica } from '../../lab/facts.ts';
import { portOf } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Answer, World } from '../../lab/world.ts';
import { enoughRequests, fairness, unsuspicious } from '../fairness.ts';
import { curlScript, type Ping, pingScript, readAnswers, readPings } from './probe-scripts.ts';
import { hasResolver, probingContainer, runProbe } from './probes.ts';
import { addressesOf, gatherStack, nameOf, runningOf, runningProxies, type StackFacts } from './stack-facts.ts';

/**
 * Sample sizes. The first batch nearly always decides; if a replica is still unseen or the spread is suspicious, the whole budget
 * is used: with 60 random picks among 3, the probability that one stays unseen is 8e-11.
 */
const firstBatch = 12;
const budget = 60;

/** Our requests to a role's name, and the replicas that answered. */
export interface SampleFacts<R extends string = string> extends StackFacts {
  readonly role: R;
  readonly answers: readonly Answer[];
  /** The requests went through the reverse proxy. */
  readonly throughProxy?: true;
  /** A few requests, to spare a learner's logs: not enough for a claim about a distribution. */
  readonly few?: true;
  /** Which of our nonces are in each replica's log, by replica ID. */
  readonly logged: Readonly<Record<string, readonly string[]>>;
}

/** The replica with this address. */
export const atAddress = (replicas: readonly Replica[], address: string): Replica | undefined =>
  replicas.find((replica) => addressesOf(replica).includes(address));

/** The words of an answer, of which a hostname can be one. */
export const wordsIn = (body: string): string[] => body.split(/[^\w.-]+/).map((word) => word.replace(/\.$/, ''));

/** Hostnames are not case-sensitive. */
export const sameHostname = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The replica whose hostname is in an answer, as a separate word. */
export const namedIn = (replicas: readonly Replica[], body: string): Replica | undefined => {
  const words = new Set(wordsIn(body).map((word) => word.toLowerCase()));
  return replicas.find((replica) => words.has(replica.hostname.toLowerCase()));
};

/** How often each replica answered, in the order of the replicas; 0 for those that never did. */
export const tally = (replicas: readonly Replica[], who: readonly (Replica | undefined)[]): number[] =>
  replicas.map((replica) => who.filter((one) => one?.id === replica.id).length);

/** All replicas seen and the spread unsuspicious: more samples would not change the verdict. */
export const decided = (counts: readonly number[]): boolean =>
  counts.length > 0 && counts.every((count) => count > 0) && fairness(counts) >= unsuspicious;

/** No request was answered: more would not change the verdict. */
const noneAnswered = (answers: readonly Answer[]): boolean => answers.every((answer) => answer.status === 0);

/**
 * Samples with `curl` from inside to the role's name, each with its own DNS lookup and connection. All claims about it share one
 * sample.
 */
export const sampleByCurl =
  <R extends string>(role: R) =>
  async (world: World): Promise<SampleFacts<R>> => {
    if (world.traces?.few) return requestFew(role)(world);
    const { stack, inside } = await probingContainer(world);
    const replicas = runningOf(stack, role);
    if (!inside || replicas.length === 0) return { ...stack, role, answers: [], logged: {} };
    const answers: Answer[] = [];
    for (const size of [firstBatch, budget - firstBatch]) {
      const hosts = Array<string>(size).fill(nameOf(stack, role));
      answers.push(...(await curlAll(world, inside, role, hosts)));
      const counts = tally(
        replicas,
        answers.map((answer) => atAddress(replicas, answer.address)),
      );
      if (noneAnswered(answers) || decided(counts)) break;
    }
    return { ...stack, role, answers, logged: await logsOf(world, replicas, answers) };
  };

/** One `curl` from a container to each of these names and addresses, with the role's port. */
async function curlAll(world: World, inside: Replica, role: string, hosts: readonly string[]): Promise<Answer[]> {
  const marker = world.nonce();
  const targets = hosts.map((host) => ({ host, nonce: world.nonce() }));
  world.traces?.add(targets.length);
  return readAnswers(await runProbe(world, inside, curlScript(targets, portOf(world.spec, role), marker), 60_000), marker);
}

/** Every request was answered: a later sample shows the same, while an app that does not answer may be starting. */
const isSettled = ({ answers }: SampleFacts): boolean => answers.length > 0 && answers.every(({ status }) => status === 200);

/**
 * The sample that takes the place of all others from inside where a learner's logs are spared: two requests to the role's name, and one to each replica's
 * own address.
 */
export const requestFew =
  <R extends string>(role: R) =>
  (world: World): Promise<SampleFacts<R>> => {
    const take = async (): Promise<SampleFacts<R>> => {
      const { stack, inside } = await probingContainer(world);
      const replicas = runningOf(stack, role);
      if (!inside || replicas.length === 0) return { ...stack, role, few: true, answers: [], logged: {} };
      const own = replicas.map((one) => shared(inside, one)).filter((address) => address !== undefined);
      const answers = await curlAll(world, inside, role, [nameOf(stack, role), nameOf(stack, role), ...own]);
      return { ...stack, role, few: true, answers, logged: await logsOf(world, replicas, answers) };
    };
    return world.traces ? world.traces.sample(`requests to ${role}`, take, isSettled) : take();
  };

/** Complete nonces: `lab=a-1` does not match `lab=a-10`. */
const marksIn = (log: string): Set<string> => new Set([...log.matchAll(/lab=([\w.-]+)/g)].map(([, mark = '']) => mark));

async function logsOf(world: World, replicas: readonly Replica[], answers: readonly Answer[]): Promise<Record<string, string[]>> {
  const found = await Promise.all(
    replicas.map(async (replica) => {
      const due = answers.filter((answer) => atAddress([replica], answer.address)).map((answer) => answer.nonce);
      const log = await world.log(replica.id, { until: (so_far) => due.every((nonce) => marksIn(so_far).has(nonce)) });
      const marks = marksIn(log);
      return [replica.id, answers.map((answer) => answer.nonce).filter((nonce) => marks.has(nonce))] as const;
    }),
  );
  return Object.fromEntries(found);
}

export interface PingFacts<R extends string = string> extends StackFacts {
  readonly role: R;
  readonly pings: readonly Ping[];
  /** As in SampleFacts. */
  readonly few?: true;
}

/** Why a claim about a distribution is skipped when only a few requests were sent. */
export const needsMany: Text = text(
  'only many requests show it: lab verify --thorough',
  '需要送出大量請求才能判斷：lab verify --thorough',
);

/** Samples with pings from inside to the role's name. */
export const sampleByPing =
  <R extends string>(role: R) =>
  async (world: World): Promise<PingFacts<R>> => {
    if (world.traces?.few) return { ...(await pingOnce(role)(world)), few: true };
    const { stack, inside } = await probingContainer(world);
    const replicas = runningOf(stack, role);
    const pings: Ping[] = [];
    if (!inside || replicas.length === 0) return { ...stack, role, pings };
    for (const size of [firstBatch, budget - firstBatch]) {
      pings.push(...readPings(await runProbe(world, inside, pingScript(nameOf(stack, role), size), 120_000)));
      if (
        decided(
          tally(
            replicas,
            pings.map((ping) => atAddress(replicas, ping.address)),
          ),
        )
      )
        break;
    }
    return { ...stack, role, pings };
  };

/** Three `curl`s from inside to the role's name: enough for claims about a single replica. */
export const requestThreeTimes = <R extends string>(role: R) =>
  askTargets(role, ({ services }) => Array<string>(3).fill(services[role] ?? role));

/** One ping from inside to the role's name. */
export const pingOnce =
  <R extends string>(role: R) =>
  async (world: World): Promise<PingFacts<R>> => {
    const { stack, inside } = await probingContainer(world);
    if (!inside) return { ...stack, role, pings: [] };
    return { ...stack, role, pings: readPings(await runProbe(world, inside, pingScript(nameOf(stack, role), 1))) };
  };

/** One `curl` to each running replica's own address. */
export const requestEach = <R extends string>(role: R) =>
  askTargets(role, (stack, inside) =>
    runningOf(stack, role)
      .map((replica) => shared(inside, replica))
      .filter((address) => address !== undefined),
  );

const askTargets =
  <R extends string>(role: R, hostsOf: (stack: StackFacts, inside: Replica) => readonly string[]) =>
  async (world: World): Promise<SampleFacts<R>> => {
    if (world.traces?.few) return requestFew(role)(world);
    const { stack, inside } = await probingContainer(world);
    const hosts = inside ? hostsOf(stack, inside) : [];
    if (!inside || hosts.length === 0) return { ...stack, role, answers: [], logged: {} };
    return { ...stack, role, answers: await curlAll(world, inside, role, hosts), logged: {} };
  };

/** A replica's address on a network that it shares with the client. */
export const shared = (from: Replica, to: Replica): string | undefined =>
  Object.entries(to.networks)
    .filter(([name, at]) => from.networks[name] && at.address !== '')
    .map(([, at]) => at.address)[0];

/** Whether the answers fit round robin: the counts differ by at most one. */
const inTurn = (replicas: readonly Replica[], answers: readonly Answer[]): boolean => {
  const counts = tally(
    replicas,
    answers.map((answer) => namedIn(replicas, answer.body)),
  );
  return Math.max(...counts) - Math.min(...counts) <= 1;
};

/**
 * Requests from the host through the published port. Each worker process of a proxy such as nginx has its own round-robin state,
 * and a connection stays with one worker. So some requests share a connection: enough to tell an uneven spread from chance, and
 * `kept` of them unless they were answered strictly in turn. All requests together show which replicas are reached. All but one
 * carry the same nonce: this reveals a proxy that caches answers or chooses by page. The last of the `single` requests carries
 * none: this reveals a stack that works only with our nonce.
 */
export const sampleThroughProxy =
  <R extends string>(role: R, { kept, single, untilAll = false }: { kept: number; single: number; untilAll?: boolean }) =>
  async (world: World): Promise<SampleFacts<R> & { readonly kept: number }> => {
    if (world.traces?.few) return requestFewThroughProxy(role)(world);
    const stack = await gatherStack(world);
    const mark = world.nonce();
    const marks = (count: number) => Array.from({ length: count }, () => mark);
    const replicas = runningOf(stack, role);
    const few = kept > 0 ? enoughRequests(replicas.length) || kept : 0;
    const answers = few > 0 ? await world.request(marks(few), { keepAlive: true }) : [];
    if (kept > few && !noneAnswered(answers) && !inTurn(replicas, answers))
      answers.push(...(await world.request(marks(kept - few), { keepAlive: true })));
    const onOne = answers.length;
    if (onOne === 0 || !noneAnswered(answers))
      answers.push(...(await world.request([...marks(single - 1), ''], { keepAlive: false })));
    const met = new Set(answers.map((answer) => namedIn(replicas, answer.body)?.id));
    // A balancer may choose at random: a replica is reported as not reached only after the whole budget is used.
    if (untilAll && !noneAnswered(answers) && replicas.some((replica) => !met.has(replica.id)))
      answers.push(...(await world.request(marks(budget - answers.length), { keepAlive: false })));
    return { ...stack, role, throughProxy: true, answers, logged: {}, kept: onOne };
  };

/** Enough on one connection to reach three replicas in turn. */
const fewKept = 4;

/**
 * The sample that takes the place of all others through the proxy where a learner's logs are spared. A proxy that started before the newest replica,
 * reaches only one, and does not look names up again by itself cannot know the others: no further request is sent. Otherwise a replica is reported as not
 * reached only after the whole budget is used.
 */
const requestFewThroughProxy =
  <R extends string>(role: R) =>
  (world: World): Promise<SampleFacts<R> & { readonly kept: number }> => {
    const take = async () => {
      const stack = await gatherStack(world);
      const mark = world.nonce();
      const replicas = runningOf(stack, role);
      const marks = (count: number) => Array.from({ length: count }, () => mark);
      if (replicas.length === 0 || runningProxies(stack).length === 0)
        return { ...stack, role, throughProxy: true, few: true, answers: [], logged: {}, kept: 0 } as const;
      const answers = await world.request(marks(fewKept), { keepAlive: true });
      const kept = answers.length;
      if (!noneAnswered(answers)) answers.push(...(await world.request([''], { keepAlive: false })));
      const by = answers.map(({ status, body }) => (status === 200 ? namedIn(replicas, body)?.id : undefined));
      const met = new Set(by);
      // more requests would not change what a broken or strange answer shows
      const mayReachMore = !met.has(undefined) && met.size < replicas.length;
      if (mayReachMore && !(met.size === 1 && (await isStale(world, stack, replicas))))
        answers.push(...(await world.request(marks(budget - answers.length), { keepAlive: false })));
      return { ...stack, role, throughProxy: true, few: true, answers, logged: {}, kept } as const;
    };
    return world.traces ? world.traces.sample(`requests through the proxy to ${role}`, take, isSettled) : take();
  };

async function isStale(world: World, stack: StackFacts, replicas: readonly Replica[]): Promise<boolean> {
  const [proxy] = runningProxies(stack);
  const newest = Math.max(...replicas.map((one) => Date.parse(one.startedAt)));
  return proxy !== undefined && Date.parse(proxy.startedAt) < newest && !(await hasResolver(world, proxy));
}
