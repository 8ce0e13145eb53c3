import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildOutput } from '../../../../../src/docker/embedded/images/build-failed.ts';

/** As BuildKit 0.13 prints it with `--progress plain`, without a mirror. */
const printed = `#6 [lists 2/2] RUN apt-get -q update
#6 7.356 W: Some index files failed to download.
#6 DONE 7.4s

#7 [stage-1 2/3] RUN --mount=from=lists apt-get -q -y install --no-install-recommends postgresql-17
#7 0.272 Reading state information...
#7 0.280 E: Unable to locate package postgresql-17
#7 ERROR: process "/bin/sh -c apt-get -q -y install --no-install-recommends postgresql-17" did not complete successfully: exit code: 100
------
 > [stage-1 2/3] RUN --mount=from=lists apt-get -q -y install --no-install-recommends postgresql-17:
0.265 Building dependency tree...
0.272 Reading state information...
0.280 E: Unable to locate package postgresql-17
------
Dockerfile:10
--------------------
   9 |     # the user first
  10 | >>> RUN --mount=from=lists apt-get -q -y install --no-install-recommends postgresql-17
--------------------
ERROR: failed to solve: process "/bin/sh -c apt-get -q -y install --no-install-recommends postgresql-17" did not complete successfully: exit code: 100
`;

test('a build that failed: the instruction and its last line first, then the lines before it, without the Dockerfile', () => {
  assert.is(
    buildOutput(printed),
    [
      'RUN --mount=from=lists apt-get -q -y install --no-install-recommends postgresql-…: E: Unable to locate package postgresql-17',
      'Building dependency tree...',
      'Reading state information...',
    ].join('\n'),
  );
});

test('a mirror that was not reached is named: apt only warned in an earlier step', () => {
  const warning = 'W: Failed to fetch http://mirror.example/dists/trixie/InRelease  Unable to connect to 127.0.0.1:9:';
  const lines = buildOutput(`#8 0.412 ${warning}\n#8 0.413 ${warning}\n${printed}`).split('\n');
  assert.equal(lines.slice(1, 3), [warning, 'Building dependency tree...']);
});

test('another failure is shown as it was printed', () => {
  assert.is(buildOutput('ERROR: failed to read dockerfile: no such file\n'), 'ERROR: failed to read dockerfile: no such file');
  assert.is(buildOutput(''), '');
});

test.run();
