/** The library's door, for authors of labs: what a tutorial is made of, and the claims that it can make. */
export * from './checks/access-log.ts';
export * from './checks/answers.ts';
export * from './checks/balance.ts';
export * from './checks/cleanup.ts';
export * from './checks/connections.ts';
export * from './checks/counter.ts';
export * from './checks/dns.ts';
export * from './checks/evidence/log-tail.ts';
export { probingContainer, runProbe } from './checks/evidence/probes.ts';
export * from './checks/evidence/sample.ts';
export {
  addressesOf,
  gatherStack,
  keysOf,
  nameOf,
  replicasOf,
  runningOf,
  type StackFacts,
  say,
} from './checks/evidence/stack-facts.ts';
export * from './checks/images.ts';
export * from './checks/learner-traffic.ts';
export * from './checks/mounts.ts';
export * from './checks/networks.ts';
export * from './checks/ports.ts';
export * from './checks/replicas.ts';
export { hasReplicas as replicas } from './checks/replicas.ts';
export * from './checks/reverse-proxy.ts';
export * from './checks/start-order.ts';
export * from './lab/check.ts';
export * from './lab/define.ts';
export * from './lab/error.ts';
export * from './lab/event.ts';
export * from './lab/facts.ts';
export type * from './lab/gate-case.ts';
export { needsBaseline } from './lab/judge-checks.ts';
export type * from './lab/stack.ts';
export * from './lab/text.ts';
export type * from './lab/tutorial.ts';
export * from './lab/verdict.ts';
export type * from './lab/world.ts';
