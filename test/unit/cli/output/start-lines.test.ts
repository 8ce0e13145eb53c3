import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { learnerReadme, startLines, startPointer, tutorialOption } from '../../../../src/cli/output/start-lines.ts';

const next = { call: 'lab', path: 'x', engine: 'docker' } as const;

test('commands for another tutorial than the default one name it', () => {
  const option = tutorialOption('/home/me/my labs');
  assert.is(option, " --tutorial '/home/me/my labs'");
  assert.match(startLines(composeScale, 'en', { ...next, option }), "lab learn --tutorial '/home/me/my labs'\n");
  for (const lang of ['en', 'zh-TW'] as const) {
    const readme = learnerReadme(composeScale, lang, { ...next, option });
    for (const command of ['learn', 'verify', 'verify setup', 'run']) assert.match(readme, `lab ${command}${option}`);
  }
  assert.match(startPointer('en', 'labs/database'), /lab start --tutorial labs\/database\n$/);
});

test('commands for the default tutorial name none', () => {
  assert.is(tutorialOption(composeScale.id), '');
  assert.not.match(learnerReadme(composeScale, 'en', { ...next, option: '' }), '--tutorial');
  assert.match(startPointer('en', composeScale.id), /lab start\n$/);
});

test.run();
