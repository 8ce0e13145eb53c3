import { join } from 'node:path';
import { gradingHomes } from '../../docker/embedded/grading-engine.ts';
import { openBuildAccess } from '../../docker/embedded/network/build-access.ts';
import { contains, parseCidr } from '../../formats/cidr.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { type BuildMode, type BuildNetwork, type SubmissionBuilds, withoutProxy } from './build-network.ts';
import { directEgress, type Egress } from './egress.ts';
import { ForwardProxy } from './forward-proxy.ts';
import { HttpCache } from './http-cache.ts';
import { indexAnswers } from './index-answers.ts';
import type { ProxyLimits, Share } from './share.ts';
import { egressOf } from './upstream.ts';

const gigabyte = 1024 ** 3;
/** npm opens 50 connections at a time. */
const ofService: ProxyLimits = { connections: 64, bytes: 2 * gigabyte };
const ofClass: ProxyLimits = { connections: 512, bytes: 50 * gigabyte };
const cacheBytes = 2 * gigabyte;

export interface BuildNetworkOptions {
  /** Left out: `packages` if an index answers, else `none`. */
  readonly asked?: BuildMode;
  /** Whether submissions run on the grading engine; on another Docker, builds cannot be restricted to a proxy. */
  readonly isolated: boolean;
  readonly homes: Homes;
  /** The rubric's hosts. */
  readonly hosts: readonly string[];
  /** Names the proxy of this machine, if there is one. */
  readonly env: NodeJS.ProcessEnv;
  progress(line: Text): void;
  readonly signal: AbortSignal;
}

/** What builds of a class will reach. `open` is for when the engine runs. */
export interface ChosenBuilds {
  open(): Promise<BuildNetwork>;
}

/**
 * Chooses what builds reach. Without a choice of the user's it looks for an index while the engine starts. Throws LabError E_USAGE for `packages` on
 * another Docker, and for an invalid HTTPS_PROXY; `open` throws E_ENGINE_START if builds cannot be restricted as requested.
 */
export async function chooseBuilds(options: BuildNetworkOptions): Promise<ChosenBuilds> {
  const { asked, isolated, hosts, signal, progress } = options;
  if (asked === 'packages' && !isolated) throw needsOwnEngine();
  if (asked === 'none' || asked === 'open') return { open: () => openBuildNetwork(asked, directEgress, options) };
  if (!isolated) return { open: async () => withoutProxy('none') };
  const egress = egressOf(options.env);
  if (asked) return { open: () => openBuildNetwork(asked, egress, options) };
  const looking = indexAnswers(hosts, egress, signal);
  return {
    open: async () => {
      if (!(await looking)) return withoutProxy('none');
      return openBuildNetwork('packages', egress, options).catch((error: unknown) => {
        if (!(error instanceof LabError) || error.code !== 'E_ENGINE_START') throw error;
        progress(error.text);
        return withoutProxy('none');
      });
    },
  };
}

const needsOwnEngine = (): LabError =>
  new LabError(
    'E_USAGE',
    text(
      'lab grade: --build-network packages needs the grading engine, and --engine docker uses your own',
      'lab grade：--build-network packages 需要評分引擎，而 --engine docker 使用的是你自己的引擎',
    ),
    text(
      'leave out --engine docker, or use --build-network none or open',
      '請拿掉 --engine docker，或改用 --build-network none 或 open',
    ),
  );

/** Opens the network of a class's builds on a running engine. Throws LabError E_ENGINE_START, and the signal's reason. */
export async function openBuildNetwork(
  mode: BuildMode,
  egress: Egress,
  { isolated, homes, hosts, signal, progress }: Omit<BuildNetworkOptions, 'asked' | 'env'>,
): Promise<BuildNetwork> {
  if (mode === 'none' || !isolated) return withoutProxy(mode === 'none' ? 'none' : 'open');
  const own = gradingHomes(homes);
  const access = await openBuildAccess(own, mode === 'open' ? 'open' : 'proxy', { onWait: () => progress(waiting), signal });
  if (mode === 'open') return withoutProxy('open', async () => access[Symbol.asyncDispose]());
  try {
    const cache = await HttpCache.open(join(own.state, 'packages'), cacheBytes);
    const builds = parseCidr(access.subnet);
    const proxy = await ForwardProxy.listen({
      address: access.address,
      accepts: (remote) => {
        const client = parseCidr(remote);
        return remote !== access.address && builds !== undefined && client !== undefined && contains(builds, client);
      },
      hosts,
      egress,
      cache,
      limits: ofService,
      total: ofClass,
    });
    try {
      await access.allow(proxy.port);
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
    return {
      mode,
      openBuilds: () => buildsThrough(proxy),
      [Symbol.asyncDispose]: async () => {
        await proxy[Symbol.asyncDispose]();
        await access[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await access[Symbol.asyncDispose]();
    throw error;
  }
}

const waiting = text(
  'waiting: another lab grade on this engine gives builds another network',
  '等待中：另一個 lab grade 正在這個引擎上使用不同的建置網路',
);

/** The builds of one submission, each service with its own share of the proxy. */
function buildsThrough(proxy: ForwardProxy): SubmissionBuilds {
  const shares = new Map<string, Share>();
  const shareOf = (service: string): Share => {
    const share = shares.get(service) ?? proxy.open();
    shares.set(service, share);
    return share;
  };
  return {
    mode: 'packages',
    proxyFor: (service) => proxy.urlFor(shareOf(service)),
    seen: (service) => {
      const { missed, used } = shareOf(service);
      return { missed, used, anonymous: proxy.anonymous.missed };
    },
    [Symbol.dispose]: () => {
      for (const share of shares.values()) proxy.close(share);
    },
  };
}
