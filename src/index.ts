/** The public API, for authors of labs: what defines a tutorial, the catalogue of checks, and what a check of their own needs. */
export { logGrows, withHostLog } from './checks/access-log.ts';
export { eachAnswers, hostnamesAreReplicas, isReady } from './checks/answers.ts';
export { curlReachesAll, isBalanced, pingReachesAll, pingsAreReplicas } from './checks/balance.ts';
export { negated } from './checks/catalogue/negated.ts';
export { allExited, containersGone, fileRemains, networkRemains, networksGone, removedByStep } from './checks/cleanup.ts';
export { addressesMatch, foundInLogs } from './checks/connections.ts';
export { commandShows, logContains } from './checks/container-output.ts';
export { counterRises } from './checks/counter.ts';
export { dnsResolves } from './checks/dns.ts';
export { runProbe } from './checks/evidence/probes.ts';
export {
  pingOnce,
  requestEach,
  requestThreeTimes,
  type SampleFacts,
  sampleByCurl,
  sampleByPing,
  sampleThroughProxy,
} from './checks/evidence/sample.ts';
export { gatherStack, nameOf, replicasOf, runningOf, type StackFacts, textWith } from './checks/evidence/stack-facts.ts';
export { isHealthy } from './checks/health.ts';
export { imagesExist } from './checks/images.ts';
export { mountedFile, mountedFolder } from './checks/mounts.ts';
export { isolated, networksAre } from './checks/networks.ts';
export { pageIs } from './checks/page.ts';
export { publishes, publishesNothing } from './checks/ports.ts';
export { hasOwnAddresses, hasReplicas, isUntouched, othersAreGone } from './checks/replicas.ts';
export { oneHostname, proxyBalances, proxyReaches } from './checks/reverse-proxy.ts';
export { startedBefore, startedBeforeYoungest } from './checks/start-order.ts';
export { gatherTraffic } from './checks/traffic/evidence.ts';
export { wasPinged } from './checks/traffic/pings.ts';
export { proxyReceivedRequests, receivedRequests } from './checks/traffic/requests.ts';
export { advised, type Check, counted, defineCheck, requires, shown } from './lab/check.ts';
export { defineLab, defineStack, defineTutorial } from './lab/define.ts';
export { type ErrorCode, LabError } from './lab/error.ts';
export type { Equivalent, Gate, Mistake, Scenario } from './lab/gate-case.ts';
export type { ProxySpec, ServiceSpec, Stack, StackSpec } from './lab/stack.ts';
export { type Lang, type Text, text, verbatim } from './lab/text.ts';
export type { Lab, Step, Tutorial } from './lab/tutorial.ts';
export { failed, type Judgement, passed, skipped, type Verdict, waiting } from './lab/verdict.ts';
export type { World } from './lab/world.ts';
