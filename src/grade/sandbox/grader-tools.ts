import { ApiError } from '../../docker/api/api-error.ts';
import type { EngineApi } from '../../docker/api/engine-api.ts';
import type { ProjectFacts } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import type { GraderTools, Visitor } from '../../lab/world.ts';
import { askFirst, frontsOf } from './proxy-front.ts';

export interface ToolsOptions {
  readonly api: EngineApi;
  readonly spec: StackSpec;
  state(): Promise<ProjectFacts>;
  /** Called before a container is paused, with its name: otherwise it would count as disturbed by others. */
  onPause(name: string): void;
}

/** What a person's programs send, in the order in which they send it. `Host` is that of the published port. */
const headers: Readonly<Record<Visitor, Readonly<Record<string, string>>>> = {
  curl: { 'user-agent': 'curl/8.14.1', accept: '*/*' },
  browser: {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'accept-language': 'zh-TW,zh;q=0.8,en-US;q=0.5,en;q=0.3',
    'accept-encoding': 'identity',
    'upgrade-insecure-requests': '1',
  },
};

/** The fields used of `GET /containers/{id}/stats`. */
interface Stats {
  readonly networks?: Readonly<Record<string, { readonly rx_packets: number }>>;
}

export function graderTools({ api, spec, state, onPause }: ToolsOptions): GraderTools {
  const running = async () => (await state()).replicas.filter((one) => one.state === 'running');
  return {
    visit: async (count, visitor) => {
      const host = `localhost:${spec.published?.hostPort ?? 80}`;
      const nonces = Array.from({ length: count }, () => '');
      const options = { keepAlive: false, path: '/', headers: { host, ...headers[visitor] }, cookies: visitor === 'browser' };
      return askFirst(frontsOf(await state(), spec), nonces, options);
    },
    received: async () => {
      const counted = (await running()).map(async ({ id }) => {
        const { networks = {} } = await api.get<Stats>(`/containers/${id}/stats`, { stream: false, 'one-shot': true });
        return [id, Object.values(networks).reduce((sum, { rx_packets }) => sum + rx_packets, 0)] as const;
      });
      return Object.fromEntries(await Promise.all(counted));
    },
    alone: async (containerId, work) => {
      const all = await running();
      const service = all.find(({ id }) => id === containerId)?.service;
      const others = all.filter((one) => one.service === service && one.id !== containerId);
      try {
        for (const { name } of others) onPause(name);
        await Promise.all(others.map(({ id }) => api.post(`/containers/${id}/pause`)));
        return await work();
      } finally {
        await Promise.all(others.map(({ id }) => api.post(`/containers/${id}/unpause`).catch(unlessEnded)));
      }
    },
  };
}

/** A container that has ended is not paused any more. */
function unlessEnded(error: unknown): void {
  if (!(error instanceof ApiError && [404, 409, 500].includes(error.status))) throw error;
}
