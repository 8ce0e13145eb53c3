/** The public API, for authors of labs: what defines a tutorial, the catalogue of checks, and what a check of their own needs. */
export { logGains, withHostLog } from './checks/access-log.ts';
export { eachAnswers, hostnamesAreReplicas, isReady } from './checks/answers.ts';
export { curlMeetsAll, pingMeetsAll, pingsAreReplicas, spreadIsFair } from './checks/balance.ts';
export { allExited, containersGone, fileRemains, networkRemains, networksGone } from './checks/cleanup.ts';
export { addressesMatch, foundInLogs } from './checks/connections.ts';
export { counterRises } from './checks/counter.ts';
export { dnsKnows } from './checks/dns.ts';
export { runProbe } from './checks/evidence/probes.ts';
export {
  askEach,
  askThrice,
  pingOnce,
  type SampleFacts,
  sampleByCurl,
  sampleByPing,
  sampleThroughFront,
} from './checks/evidence/sample.ts';
export { gatherStack, nameOf, replicasOf, runningOf, type StackFacts, say } from './checks/evidence/stack-facts.ts';
export { imagesAreThere } from './checks/images.ts';
export { frontWasAsked, gatherTraffic, wasAsked, wasPinged } from './checks/learner-traffic.ts';
export { mountedFile, mountedFolder } from './checks/mounts.ts';
export { isolated, networksAre } from './checks/networks.ts';
export { publishes, publishesNothing } from './checks/ports.ts';
export { hasOwnAddresses, hasReplicas, isUntouched, othersAreGone } from './checks/replicas.ts';
export { frontReaches, frontSpreadsEvenly, oneHostname } from './checks/reverse-proxy.ts';
export { startedBefore, startedBeforeYoungest } from './checks/start-order.ts';
export { type Check, defineCheck, requires } from './lab/check.ts';
export { defineLab, defineStack, defineTutorial } from './lab/define.ts';
export { type ErrorCode, LabError } from './lab/error.ts';
export type { Equivalent, Gate, Mistake, Scenario } from './lab/gate-case.ts';
export type { ProxySpec, ServiceSpec, Stack, StackSpec } from './lab/stack.ts';
export { type Lang, type Text, text, verbatim } from './lab/text.ts';
export type { Lab, Step, Tutorial } from './lab/tutorial.ts';
export { failed, type Judgement, passed, skipped, type Verdict, waiting } from './lab/verdict.ts';
export type { World } from './lab/world.ts';
