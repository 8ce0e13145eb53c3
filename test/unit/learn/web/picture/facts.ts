import { parseCidr } from '../../../../../src/formats/cidr.ts';
import type { Replica } from '../../../../../src/lab/facts.ts';
import type { StackSpec } from '../../../../../src/lab/stack.ts';
import { readLine } from '../../../../../src/learn/web/picture/read-line.ts';
import { type Moved, reduce } from '../../../../../src/learn/web/picture/reduce-picture.ts';
import {
  type EngineFacts,
  firstState,
  type Observation,
  type PictureState,
  type SeenLine,
} from '../../../../../src/learn/web/picture/state.ts';

/** A stack with a proxy `front` before replicas of `web`, as facts of an engine. */

const spec: StackSpec = {
  id: 's',
  dir: 's',
  services: { web: { name: 'web', port: 5000, readyPath: '/health' }, front: { name: 'front' }, client: { name: 'client' } },
  probeFrom: 'front',
  proxy: {
    role: 'front',
    upstream: 'web',
    confDir: '/etc/front',
    confFiles: ['*'],
    reload: { signal: 'HUP', accepts: (line) => line === 'worker' },
  },
};

const startedAt = '2026-01-01T08:00:00.5Z';
export const laterMs = Date.parse('2026-01-01T08:10:00Z');

export function container(service: string, number: number, address: string, over: Partial<Replica> = {}): Replica {
  return {
    ...{
      id: `${service}${number}`,
      name: `p-${service}-${number}`,
      service,
      state: 'running',
      exitCode: 0,
      outOfMemory: false,
      restarts: 0,
    },
    ...{
      createdAt: startedAt,
      startedAt,
      hostname: `host-${number}`,
      image: 'i',
      imageId: 'sha256:i',
      init: true,
      published: [],
      mounts: [],
    },
    networks: { p_default: { networkId: 'net', address, aliases: [] } },
    ...over,
  };
}
export const web = (number: number, over: Partial<Replica> = {}) => container('web', number, `172.18.0.1${number}`, over);
export const front = (over: Partial<Replica> = {}) => container('front', 1, '172.18.0.2', over);

const facts = (...replicas: readonly Replica[]): EngineFacts => ({
  project: 'p',
  replicas,
  networks: [{ id: 'net', name: 'p_default', key: 'default', internal: false }],
  subnets: { net: { ranges: [parseCidr('172.18.0.0/16') ?? { first: 0, last: 0 }], gateways: ['172.18.0.1'] } },
});

export const seen = (...replicas: readonly Replica[]): Observation => ({
  kind: 'facts',
  facts: facts(...replicas),
  services: ['front', 'web'],
});

/** A lookup of `web` after the last change. */
export const answer = (state: PictureState, ...addresses: readonly string[]): Observation => ({
  kind: 'dns',
  answers: { web: addresses },
  from: 'front',
  at: '2026-01-01T08:09:00Z',
  of: state.generation,
});

export const line = (container: string, text: string, over: Partial<SeenLine> = {}): SeenLine => ({
  ...{ container, source: 'log', atMs: laterMs },
  ...readLine(text),
  ...over,
});

export const request = (address: string, path = '/', status = 200): string =>
  `${address} - - [01/Jan/2026 08:10:00] "GET ${path} HTTP/1.1" ${status} -`;

/** The proxy sends so many requests, which these containers answer in turn. */
export const proxied = (count: number, ...to: readonly string[]): Observation => ({
  kind: 'lines',
  lines: Array.from({ length: count }, (_, at) => line(to[at % to.length] ?? '', request('172.18.0.2'))),
});

const first = firstState(spec, { openedMs: Date.parse('2026-01-01T08:05:00Z'), processors: 2 });

/** An observation, or one that is made from the state before. */
export type Step = Observation | ((state: PictureState) => Observation);

/** The state after these, and all requests that moved. */
export function after(...steps: readonly Step[]): { state: PictureState; moved: Moved[] } {
  const moved: Moved[] = [];
  let state = first;
  for (const one of steps) {
    const result = reduce(state, typeof one === 'function' ? one(state) : one);
    state = result.state;
    moved.push(...result.moved);
  }
  return { state, moved };
}
