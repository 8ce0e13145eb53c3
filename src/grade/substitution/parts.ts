import type { ServiceNames, StackSpec } from '../../lab/stack.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { Evidence, ServiceEvidence } from './evidence.ts';
import type { Part } from './part.ts';

/** The most parts that are tried for one submission: each takes a run. */
const mostTries = 4;

interface Suspected {
  readonly stack: NormalStack;
  readonly names: ServiceNames;
  readonly spec: StackSpec;
  /** The reference's services, and their networks. */
  readonly reference: { readonly stack: NormalStack; readonly names: ServiceNames };
  /** What a part costs; a part without a price is not replaced. */
  readonly prices: Readonly<Record<Part, { readonly points: number }>>;
}

/** The parts to replace, one at a time, the likeliest first. */
export function partsToTry(project: Suspected, evidence: Evidence): Part[] {
  const usual = usualOrder(project);
  const suspects = [...suspectsOf(project, evidence), ...usual].filter((part) => usual.includes(part));
  return [...new Set(suspects)].slice(0, mostTries);
}

/** All parts of this stack that have a price. */
function usualOrder({ stack, names, spec, reference, prices }: Suspected): Part[] {
  const { proxy } = spec;
  const roles = Object.keys(reference.names).filter((role) => reference.stack.services[reference.names[role] ?? '']);
  const app = proxy?.upstream;
  const has = (role: string | undefined) => role !== undefined && stack.services[names[role] ?? ''] !== undefined;
  const order = [
    ...(proxy?.writeConf && has(proxy.role) ? ['conf'] : []),
    ...roles.filter((role) => role === app),
    'networks',
    ...roles.filter((role) => role !== app && role !== proxy?.role),
    ...roles.filter((role) => role === proxy?.role),
  ];
  return order.filter((part) => (prices[part]?.points ?? 0) > 0);
}

/** HTTP statuses of a proxy that gets no answer from the app, and no answer at all. */
const withoutApp: ReadonlySet<number> = new Set([0, 502, 503, 504]);

/** The parts that the evidence points to, most certain first. */
function suspectsOf(project: Suspected, { services, status, failedBuild }: Evidence): Part[] {
  const { stack, names, spec } = project;
  const [app, proxy] = [spec.proxy?.upstream, spec.proxy?.role];
  const those = (state: ServiceEvidence['state']) => Object.keys(services).filter((role) => services[role]?.state === state);
  const ended = those('ended');
  const built = Object.keys(services).filter((role) => failedBuild !== undefined && names[role] === failedBuild.service);
  const first = [
    ...built,
    ...Object.keys(services).filter((role) => !stack.services[names[role] ?? '']),
    ...(isApart(project) ? ['networks'] : []),
    // others wait for it, and are not started
    ...those('unhealthy'),
    ...ended.filter((role) => role !== app && role !== proxy),
    ...ended.filter((role) => role === app),
    ...(proxy !== undefined && ended.includes(proxy) ? ['conf', proxy] : []),
  ];
  if (app === undefined) return first;
  const isDeaf = services[app]?.ports?.open.length === 0;
  return [...first, ...(status !== undefined && withoutApp.has(status) && !isDeaf ? ['conf', app] : [app])];
}

/** Whether two services share no network, although the reference's do. */
function isApart({ stack, names, reference }: Suspected): boolean {
  const roles = Object.keys(reference.names);
  const networksOf = (of: NormalStack, service: string | undefined) => Object.keys(of.services[service ?? '']?.networks ?? {});
  const share = (of: NormalStack, by: ServiceNames, one: string, other: string) =>
    networksOf(of, by[one]).some((key) => networksOf(of, by[other]).includes(key));
  return roles.some((one, at) =>
    roles
      .slice(at + 1)
      .some(
        (other) =>
          stack.services[names[one] ?? ''] !== undefined &&
          stack.services[names[other] ?? ''] !== undefined &&
          share(reference.stack, reference.names, one, other) &&
          !share(stack, names, one, other),
      ),
  );
}
