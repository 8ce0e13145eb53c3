import { join } from 'node:path';
import { ApiError } from '../../docker/api/api-error.ts';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import type { ForeignActionsWatch } from '../../docker/api/foreign-actions.ts';
import type { Replica } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { GraderTools, Visitor, World } from '../../lab/world.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import { askInTurn, curlHeaders, exchange } from './direct.ts';
import { askFirst, frontsOf } from './proxy-front.ts';
import { openTrusted, type TrustedOptions } from './trusted-replicas.ts';

export interface ToolsOptions extends Omit<TrustedOptions, 'app' | 'announce'> {
  readonly api: EngineApi;
  readonly spec: StackSpec;
  readonly normal: NormalStack;
  /** Is given what we are about to do to the containers. */
  readonly witness: Pick<ForeignActionsWatch, 'stopping' | 'pausing'>;
  /** A new look at the stack. */
  look(): World;
}

/** What a person's programs send, in the order in which they send it. `Host` is that of the published port. */
const headers: Readonly<Record<Visitor, Readonly<Record<string, string>>>> = {
  curl: curlHeaders,
  browser: {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'accept-language': 'zh-TW,zh;q=0.8,en-US;q=0.5,en;q=0.3',
    'accept-encoding': 'identity',
    'upgrade-insecure-requests': '1',
  },
  kept: curlHeaders,
};

/** How many requests show whether there is a rate limit, and how many are sent in all if there is one. */
const first = 15;
const mostIfLimited = 24;

/** A person waits as long: a slow machine is not the submission's fault. */
const patienceMs = 20_000;

/** The fields used of `GET /containers/{id}/stats`. */
interface Stats {
  readonly networks?: Readonly<Record<string, { readonly rx_packets: number }>>;
}

/** `world`: the look that an audit begins with. Its state counts until the submission's app is replaced. */
export function graderTools(options: ToolsOptions, world: World): GraderTools {
  const { api, spec, normal, look, witness } = options;
  let last = world;
  const running = async () => (await last.state()).replicas.filter((one) => one.state === 'running');
  const paused = async <T>(which: (one: Replica) => boolean, work: () => Promise<T>): Promise<T> => {
    const some = (await running()).filter(which);
    try {
      for (const { name } of some) witness.pausing(name);
      await Promise.all(some.map(({ id }) => untilFrozen(() => api.post(`/containers/${id}/pause`))));
      return await work();
    } finally {
      await Promise.all(some.map(({ id }) => api.post(`/containers/${id}/unpause`).catch(unlessEnded)));
    }
  };
  return {
    ask: askInTurn,
    exchange,
    visit: async (count, visitor) => {
      const host = `localhost:${spec.published?.hostPort ?? 80}`;
      const asking = {
        keepAlive: visitor === 'kept',
        path: '/',
        headers: { host, ...headers[visitor] },
        cookies: visitor === 'browser',
        timeoutMs: patienceMs,
      };
      const fronts = frontsOf(await last.state(), spec);
      const send = (some: number) => askFirst(fronts, Array<string>(some).fill(''), asking);
      const answers = await send(Math.min(first, count));
      const unanswered = answers.every(({ status }) => status === 0);
      const limited = answers.some(({ refusals = 0 }) => refusals > 0);
      const left = unanswered ? 0 : (limited ? Math.min(count, mostIfLimited) : count) - answers.length;
      return left > 0 ? [...answers, ...(await send(left))] : answers;
    },
    received: async () => {
      const counted = (await running()).map(async ({ id }) => {
        const { networks = {} } = await api.get<Stats>(`/containers/${id}/stats`, { stream: false, 'one-shot': true });
        return [id, Object.values(networks).reduce((sum, { rx_packets }) => sum + rx_packets, 0)] as const;
      });
      return Object.fromEntries(await Promise.all(counted));
    },
    alone: (containerId, keep, work) => paused((one) => one.id !== containerId && !keep(one), work),
    settings: (service) => {
      const { command, entrypoint, environment } = normal.services[service] ?? {};
      const words = [entrypoint, command].flatMap((one) => one ?? []).flatMap((one) => one.split(/\s+/));
      return [...words, ...Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value ?? ''}`)];
    },
    logLines: async (folder) => {
      const paths = (await world.folder(folder))
        .filter((name) => !name.startsWith('.') && !/error/i.test(name))
        .map((name) => join(folder, name));
      const lines = paths.map(async (path) => {
        const log = await world.file(path, { tail: true });
        return [path, log.kind === 'file' ? log.text.split('\n').length - 1 : 0] as const;
      });
      return Object.fromEntries(await Promise.all(lines));
    },
    withTrusted: async (work) => {
      const { trusted, proxy } = spec;
      if (!trusted || !proxy) return undefined;
      await using replaced = await openTrusted({ ...options, app: trusted, announce: witness.stopping });
      // the proxy was restarted, possibly with another address
      last = look();
      const front = spec.services[proxy.role]?.name;
      const writesLogs = ({ service, mounts }: Replica) =>
        service !== front && mounts.some(({ source, writable }) => writable && source.endsWith(`/${spec.files?.['logs']}`));
      return replaced && (await paused(writesLogs, () => work(replaced.replicas)));
    },
  };
}

/** How often a container is paused before it counts as impossible. */
const mostPauses = 6;

/**
 * Pauses a container. While its processes start others, the kernel cannot freeze it, and runc gives up after a while (`unable to freeze`,
 * opencontainers/runc, libcontainer/cgroups/fs/freezer.go). For a moment after it was resumed, the engine may still take it for paused (see
 * `Acts.pausing`). Throws what the last attempt throws.
 */
export async function untilFrozen(pause: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await pause();
      return;
    } catch (error) {
      const busy = error instanceof ApiError && /unable to freeze|already paused/.test(error.message);
      if (!busy || attempt >= mostPauses) throw error;
    }
  }
}

/** A container that has ended is not paused any more. */
function unlessEnded(error: unknown): void {
  if (!(error instanceof ApiError && [404, 409, 500].includes(error.status))) throw error;
}
