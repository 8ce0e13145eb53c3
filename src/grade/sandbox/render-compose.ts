import { join } from 'node:path';
import { runLabel } from '../../run/journal.ts';
import type { SubmissionBuilds } from '../build-network/build-network.ts';
import { capability, grantedCaps } from '../policy/keys/capabilities.ts';
import type { NormalBuild, NormalMount, NormalService, NormalStack } from '../policy/sanitized-stack.ts';
import type { RubricLimits } from '../rubric/rubric.ts';

/** The limits of a submission's stack, and its paths. */
export interface Held {
  readonly runId: string;
  readonly project: string;
  /** The submission's folder on this machine. */
  readonly dir: string;
  /** The folder of the Dockerfiles to build. */
  readonly dockerfiles: string;
  /** The folder of the files whose text the Compose file contains. */
  readonly contents: string;
  /** The copy of the submission's folder, for services that may write into all of it. */
  readonly copy: string;
  readonly limits: RubricLimits;
  /** The network of the builds. */
  readonly builds: Pick<SubmissionBuilds, 'mode' | 'proxyFor'>;
  /**
   * By service: the paths where the image declares a volume. A named volume replaces it, because an anonymous one would have no
   * label.
   */
  readonly wanted: Readonly<Record<string, readonly string[]>>;
}

/** The tag of a service's built image. */
export const builtTag = (project: string, service: string): string => `${project}-${service.toLowerCase()}:grade`;

/** Where the file of a service's mount of a text is, by the mount's index. */
export const contentPath = ({ contents }: Held, service: string, index: number): string => join(contents, `${service}=${index}`);

/**
 * The only Compose file of a submission that is ever run, generated from what the policy permits: internal networks, no published
 * ports, no privileges, and limits on everything that a container can use. It is JSON, which is also YAML.
 */
export function renderStack(stack: NormalStack, held: Held): string {
  const labels = { [runLabel]: held.runId };
  const volumes: Record<string, object> = Object.fromEntries(stack.volumes.map((name) => [name, { labels }]));
  const services = Object.entries(stack.services).map(([name, service]) => {
    const mounts = service.mounts.map((mount, index) => mountOf(mount, held, contentPath(held, name, index)));
    const taken = new Set(service.mounts.map(({ target }) => target));
    for (const [at, target] of (held.wanted[name] ?? []).filter((path) => !taken.has(path)).entries()) {
      const source = `${name}-image-${at}`;
      volumes[source] = { labels };
      mounts.push({ type: 'volume', source, target });
    }
    return [name, { ...serviceOf(name, service, held), volumes: mounts, labels }];
  });
  const networks = Object.keys(stack.networks).map((key) => [key, { internal: true, labels }]);
  const file = { services: Object.fromEntries(services), networks: Object.fromEntries(networks), volumes };
  return `${JSON.stringify(plain(file), null, 1)}\n`;
}

function serviceOf(name: string, service: NormalService, held: Held): object {
  const { memoryMb, cpus, pids } = held.limits;
  const dropped = new Set(service.capDrop.map(capability));
  const added = service.capAdd ?? [];
  return {
    ...(service.build
      ? { build: buildOf(name, service.build, held), image: builtTag(held.project, name), pull_policy: 'never' }
      : { image: service.image, pull_policy: 'never' }),
    ...(service.command === null ? {} : { command: service.command }),
    ...(service.entrypoint === null ? {} : { entrypoint: service.entrypoint }),
    environment: service.environment,
    ...(service.workingDir ? { working_dir: service.workingDir } : {}),
    ...(service.user ? { user: service.user } : {}),
    expose: service.expose,
    ...(service.extraHosts ? { extra_hosts: service.extraHosts } : {}),
    networks: service.networks,
    depends_on: Object.fromEntries(Object.entries(service.dependsOn).map(([on, condition]) => [on, { condition }])),
    ...(service.healthcheck ? { healthcheck: healthcheckOf(service.healthcheck) } : {}),
    read_only: service.readOnly,
    stdin_open: service.stdinOpen,
    tty: service.tty,
    init: true,
    restart: 'no',
    stop_grace_period: '1s',
    cap_drop: ['ALL'],
    cap_add: grantedCaps.filter((cap) => added.includes(cap) || !(dropped.has('ALL') || dropped.has(cap))),
    security_opt: ['no-new-privileges:true'],
    // `ping` without NET_RAW: an engine that maps users does not allow it by itself
    sysctls: { 'net.ipv4.ping_group_range': '0 65535' },
    mem_limit: `${memoryMb}m`,
    memswap_limit: `${memoryMb}m`,
    cpus,
    pids_limit: pids,
    ulimits: { nofile: 4096, core: 0 },
    logging: { driver: 'json-file', options: { 'max-size': '1m', 'max-file': '2' } },
  };
}

const buildOf = (name: string, { context, from, args, target }: NormalBuild, held: Held): object => ({
  context: join(from ?? held.dir, context),
  dockerfile: join(held.dockerfiles, name),
  args: { ...args, ...proxyArgs(held.builds.proxyFor(name)) },
  ...(target ? { target } : {}),
  ...(held.builds.mode === 'none' ? { network: 'none' } : {}),
  labels: { [runLabel]: held.runId },
});

/** Build arguments that a builder knows without ARG: they are in no image's history and in no key of the build cache. */
function proxyArgs(proxy: string | undefined): Record<string, string> {
  if (proxy === undefined) return {};
  const local = 'localhost,127.0.0.1,::1';
  const args = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: local };
  return Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => [name, name.toLowerCase()].map((key) => [key, value])),
  );
}

function mountOf(mount: NormalMount, { dir, copy }: Held, content: string): object {
  switch (mount.type) {
    case 'bind':
      return {
        type: 'bind',
        source: mount.copy ? copy : join(dir, mount.source),
        target: mount.target,
        read_only: mount.readOnly,
      };
    case 'content':
      return { type: 'bind', source: content, target: mount.target, read_only: true };
    case 'volume':
      return { type: 'volume', source: mount.source, target: mount.target, read_only: mount.readOnly };
    case 'tmpfs':
      return { type: 'tmpfs', target: mount.target, tmpfs: { size: 64_000_000 } };
  }
}

const healthcheckOf = ({ startPeriod, ...check }: NonNullable<NormalService['healthcheck']>): object => ({
  ...check,
  ...(startPeriod ? { start_period: startPeriod } : {}),
});

/** Escapes `$`, so that Compose interpolates nothing. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
