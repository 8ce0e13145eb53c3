import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOfInterest } from '../../../src/learn/file-changes.ts';

test('files that a learner edits matter; progress, backups and version control do not', () => {
  for (const path of ['compose.yaml', 'web/app.py', 'logs/access.log', '.env']) assert.ok(isOfInterest(path), path);
  for (const path of ['.labwright/progress.json', '.git/index', 'compose.yaml~', 'web/.app.py.swp', '4913', 'web/.#app.py'])
    assert.not(isOfInterest(path), path);
});

test.run();
