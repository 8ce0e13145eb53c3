import type { Missed } from './proxy-rules.ts';

/** What builds of submissions reach: nothing, package indexes through a proxy, or what this machine reaches. */
export const buildModes = ['none', 'packages', 'open'] as const;
export type BuildMode = (typeof buildModes)[number];

/** The network of a class's builds. */
export interface BuildNetwork extends AsyncDisposable {
  readonly mode: BuildMode;
  /** The network of one submission's builds. */
  openBuilds(): SubmissionBuilds;
}

/** The network of one submission's builds. */
export interface SubmissionBuilds extends Disposable {
  readonly mode: BuildMode;
  /** The proxy for the builds of a service; undefined: none. */
  proxyFor(service: string): string | undefined;
  seen(service: string): SeenRequests;
}

/** What the proxy saw of a service's builds. */
export interface SeenRequests {
  readonly missed: readonly Missed[];
  /** What builds of any submission missed that did not name themselves to the proxy. */
  readonly anonymous: readonly Missed[];
  /** Whether anything was transferred. */
  readonly used: boolean;
}

const nothingSeen: SeenRequests = { missed: [], anonymous: [], used: false };

/** Builds without a proxy: no network, or an unrestricted one. `release` is called at the end. */
export const withoutProxy = (mode: 'none' | 'open', release: () => Promise<void> = async () => undefined): BuildNetwork => ({
  mode,
  openBuilds: () => ({ mode, proxyFor: () => undefined, seen: () => nothingSeen, [Symbol.dispose]: () => undefined }),
  [Symbol.asyncDispose]: release,
});
