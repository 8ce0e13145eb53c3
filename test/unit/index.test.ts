import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as api from '../../src/index.ts';
import { root } from '../../src/platform/package-root.ts';

/** Tutorials elsewhere import these names: remove or rename one only on purpose. */
const names = [
  ...[
    'LabError',
    'addressesMatch',
    'advised',
    'allExited',
    'requestEach',
    'requestThreeTimes',
    'commandShows',
    'containersGone',
    'counted',
    'counterRises',
    'curlReachesAll',
  ],
  ...['defineCheck', 'defineLab', 'defineStack', 'defineTutorial', 'dnsResolves', 'eachAnswers', 'failed', 'fileRemains'],
  ...['foundInLogs', 'proxyReaches', 'proxyBalances', 'proxyReceivedRequests', 'gatherStack', 'gatherTraffic', 'hasOwnAddresses'],
  ...['hasReplicas', 'hostnamesAreReplicas', 'imagesExist', 'isReady', 'isUntouched', 'isolated', 'logGrows', 'mountedFile'],
  ...['mountedFolder', 'nameOf', 'networkRemains', 'networksAre', 'networksGone', 'oneHostname', 'othersAreGone', 'passed'],
  ...['pingReachesAll', 'pingOnce', 'pingsAreReplicas', 'publishes', 'publishesNothing', 'replicasOf', 'requires', 'runProbe'],
  ...['runningOf', 'sampleByCurl', 'sampleByPing', 'sampleThroughProxy', 'textWith', 'skipped', 'isBalanced', 'startedBefore'],
  ...['isHealthy', 'logContains', 'negated', 'pageIs', 'removedByStep'],
  ...['shown', 'startedBeforeYoungest', 'text', 'verbatim', 'waiting', 'receivedRequests', 'wasPinged', 'withHostLog'],
];

test('the public API exports exactly these names', () => {
  assert.equal(Object.keys(api).sort(), names.toSorted());
});

test('each export has a doc comment', () => {
  const index = readFileSync(join(root, 'src/index.ts'), 'utf8');
  const undocumented = [...index.matchAll(/export \{([^}]*)\} from '\.\/([^']+)'/g)].flatMap(([, list = '', file = '']) => {
    const source = readFileSync(join(root, 'src', file), 'utf8');
    const exported = list.split(',').map((one) => one.trim());
    return exported
      .filter((one) => one !== '' && !one.startsWith('type '))
      .filter((one) => !new RegExp(`\\*/\\nexport (?:async )?(?:function|const|class) ${one}\\b`).test(source));
  });
  assert.equal(undocumented, []);
});

test.run();
