import type { ServiceNames, StackSpec } from '../../lab/stack.ts';
import type { NormalMount, NormalService, NormalStack } from '../policy/sanitized-stack.ts';
import type { ConfFile } from './conf-files.ts';
import type { Part } from './part.ts';

/** The reference solution. */
export interface Reference {
  /** Its folder, absolute. */
  readonly dir: string;
  readonly stack: NormalStack;
  readonly names: ServiceNames;
  /** The path of the proxy's configuration file in the container; undefined: the stack has none. */
  readonly confTarget?: string;
}

/** A submission's stack, what its services are, and the files of its proxy's configuration. */
export interface Project {
  readonly stack: NormalStack;
  readonly names: ServiceNames;
  /** The stack with the submission's names, ports and files. */
  readonly spec: StackSpec;
  readonly confs: readonly ConfFile[];
  /** The port on which the app accepts connections, if it is known: the configuration can name another. */
  readonly appPort?: number;
}

/** The stack with one part replaced by the reference solution's, under the submission's own names and ports. */
export function replacePart(part: Part, project: Project, reference: Reference): NormalStack {
  if (part === 'conf') return withConf(project, reference);
  if (part === 'networks') return withNetworks(project, reference);
  return withService(part, project, reference);
}

/** The ports of the reference's configuration, in the submission's place for it. */
function withConf(project: Project, reference: Reference): NormalStack {
  const { stack, names, spec, confs } = project;
  const { proxy } = spec;
  const name = names[proxy?.role ?? ''] ?? '';
  const service = stack.services[name];
  if (!proxy?.writeConf || !service || reference.confTarget === undefined) return stack;
  const main = mainConf(confs, spec);
  if (!main) return withServices(stack, { [name]: { ...service, mounts: [...service.mounts, confMount(project, reference)] } });
  const isRead = proxy.confFiles.some((pattern) => matches(main.target, `${proxy.confDir}/${pattern}`));
  const target = isRead || !main.target.endsWith('.conf') ? main.target : reference.confTarget;
  const mounts = service.mounts.map((mount) => (mount.target === main.target ? { ...mount, target } : mount));
  const others = confs.filter(({ path }) => path !== main.path).map(({ path }) => [path, ''] as const);
  const files = { ...stack.files, ...Object.fromEntries(others), [main.path]: confText(project, target) };
  return { ...withServices(stack, { [name]: { ...service, mounts } }), files };
}

/** The file that defines where requests go: the main one, or the one that the stack names, or any. */
export function mainConf(confs: readonly ConfFile[], { proxy, files }: StackSpec): ConfFile | undefined {
  return (
    confs.find(({ target }) => target === `${proxy?.confDir}/${proxy?.confFiles[0]}`) ??
    confs.find(({ path }) => path === files?.['conf']) ??
    confs[0]
  );
}

const confMount = (project: Project, { confTarget = '' }: Reference): NormalMount => ({
  type: 'content',
  content: confText(project, confTarget),
  target: confTarget,
});

function confText({ stack, names, spec, appPort }: Project, path: string): string {
  const { proxy, published } = spec;
  const host = names[proxy?.upstream ?? ''] ?? '';
  const open = (stack.services[names[proxy?.role ?? ''] ?? '']?.ports ?? []).map(({ containerPort }) => containerPort);
  const usual = published?.containerPort ?? 80;
  const listen = open.includes(usual) ? usual : (open[0] ?? usual);
  return proxy?.writeConf?.({ listen, host, port: appPort ?? portOfRole(spec, proxy.upstream), path }) ?? '';
}

const portOfRole = ({ services }: StackSpec, role: string): number => services[role]?.port ?? 80;

/** Whether a path matches a pattern with `*` for any part of a name. */
function matches(path: string, pattern: string): boolean {
  const [names, patterns] = [path.split('/'), pattern.split('/')];
  return (
    names.length === patterns.length && patterns.every((one, at) => one === names[at] || (one === '*' && names[at] !== undefined))
  );
}

/** The reference's service, with the submission's name, ports, networks and dependencies. */
function withService(role: string, project: Project, reference: Reference): NormalStack {
  const { stack, names } = project;
  const name = names[role] ?? role;
  const model = reference.stack.services[reference.names[role] ?? ''];
  if (!model) return stack;
  const own = stack.services[name];
  const { build, ...others } = model;
  const replaced: NormalService = {
    ...others,
    ...(build ? { build: { ...build, from: reference.dir } } : {}),
    environment: environmentOf(role, model, project, reference),
    expose: own?.expose ?? model.expose,
    ports: own?.ports ?? model.ports,
    networks: own?.networks ?? networksFor(role, project, reference),
    dependsOn: own?.dependsOn ?? {},
    mounts: mountsOf(role, own?.mounts ?? [], model.mounts, project, reference),
  };
  return waitingForStarts(withServices(stack, { [name]: replaced }), name, replaced);
}

/** The reference's variables: a service that they name has the submission's name, and the app listens on the submission's port. */
function environmentOf(
  role: string,
  { environment }: NormalService,
  { names, spec }: Project,
  reference: Reference,
): Record<string, string> {
  const roleOf = (value: string) => Object.entries(reference.names).find(([, name]) => name === value)?.[0];
  const renamed = Object.entries(environment).map(([key, value]) => [key, names[roleOf(value) ?? ''] ?? value]);
  const { port, portVariable } = spec.services[role] ?? {};
  const listening = portVariable !== undefined && port !== undefined ? { [portVariable]: String(port) } : {};
  return { ...Object.fromEntries(renamed), ...listening };
}

/**
 * What the reference mounts, from the submission's files. The proxy also keeps the submission's own configuration, which is another part; if it was in
 * the image, it has the reference's.
 */
function mountsOf(
  role: string,
  own: readonly NormalMount[],
  model: readonly NormalMount[],
  project: Project,
  reference: Reference,
): NormalMount[] {
  const { proxy } = project.spec;
  const isConf = ({ target }: NormalMount) => proxy?.role === role && `${target}/`.startsWith(`${proxy.confDir}/`);
  const kept = own.filter(isConf);
  const given = model
    .filter((mount) => !isConf(mount))
    .flatMap((mount): NormalMount[] => {
      if (mount.type !== 'bind') return [mount];
      const same = own.find(({ type, target }) => type === 'bind' && target === mount.target);
      return same?.type === 'bind' ? [{ ...same, readOnly: mount.readOnly }] : [];
    });
  const conf = proxy?.role === role && kept.length === 0 && reference.confTarget ? [confMount(project, reference)] : [];
  return [...kept, ...conf, ...given];
}

/** Compose cannot wait for the health of a service without a health check. */
function waitingForStarts(stack: NormalStack, name: string, { healthcheck }: NormalService): NormalStack {
  if (healthcheck) return stack;
  const services = Object.entries(stack.services).map(([one, service]) => {
    if (service.dependsOn[name] !== 'service_healthy') return [one, service] as const;
    return [one, { ...service, dependsOn: { ...service.dependsOn, [name]: 'service_started' as const } }] as const;
  });
  return { ...stack, services: Object.fromEntries(services) };
}

/** The networks of a service that the submission does not have: for each of the reference's, one that the same other services share. */
function networksFor(role: string, { stack, names }: Project, reference: Reference): NormalService['networks'] {
  const model = reference.stack.services[reference.names[role] ?? '']?.networks ?? {};
  const found = Object.keys(model).flatMap((network) => {
    const members = Object.keys(reference.names).filter(
      (one) => one !== role && reference.stack.services[reference.names[one] ?? '']?.networks[network],
    );
    const services = members.flatMap((one) => stack.services[names[one] ?? ''] ?? []);
    const others = Object.entries(names).flatMap(([one, name]) => (members.includes(one) ? [] : (stack.services[name] ?? [])));
    const shared = Object.keys(stack.networks).filter((key) => services.every(({ networks }) => networks[key]));
    return shared.find((key) => !others.some(({ networks }) => networks[key])) ?? shared[0] ?? [];
  });
  return Object.fromEntries(found.map((key) => [key, { aliases: [] }]));
}

/** All services of roles on the networks of the reference, under the names that they have among them. */
function withNetworks({ stack, names }: Project, reference: Reference): NormalStack {
  const moved = Object.entries(reference.names).flatMap(([role, model]) => {
    const name = names[role] ?? role;
    const own = stack.services[name];
    const drawn = Object.keys(reference.stack.services[model]?.networks ?? {});
    if (!own || drawn.length === 0) return [];
    const aliases = [...new Set(Object.values(own.networks).flatMap((at) => at.aliases))];
    return [[name, { ...own, networks: Object.fromEntries(drawn.map((key) => [key, { aliases }])) }] as const];
  });
  return {
    ...withServices(stack, Object.fromEntries(moved)),
    networks: { ...stack.networks, ...reference.stack.networks },
  };
}

const withServices = (stack: NormalStack, changed: NormalStack['services']): NormalStack => ({
  ...stack,
  services: { ...stack.services, ...changed },
});
