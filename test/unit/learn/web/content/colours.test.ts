import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadColours, styleOf } from '../../../../../src/learn/web/content/colours.ts';
import { assets, root } from '../../../../../src/platform/package-root.ts';

test('the innermost name that has a style decides', () => {
  assert.is(styleOf(['source.yaml', 'string.unquoted.plain.out.yaml', 'entity.name.tag.yaml']), 'name');
  assert.is(styleOf(['source.yaml', 'comment.line.number-sign.yaml', 'punctuation.definition.comment.yaml']), 'comment');
  assert.is(styleOf(['source.python', 'string.quoted.single.python', 'punctuation.definition.string.begin.python']), 'string');
  assert.is(styleOf(['source.python', 'meta.function.python', 'storage.type.function.python']), 'keyword');
  assert.is(styleOf(['source.python', 'meta.function.python', 'entity.name.function.python']), 'function');
  assert.is(styleOf(['source.conf', 'constant.numeric.conf']), 'number');
  assert.is(styleOf(['source.shell', 'keyword.operator.pipe.shell']), 'punctuation');
  assert.is(styleOf(['source.shell', 'meta.argument.shell', 'string.unquoted.argument.shell']), undefined);
  assert.is(styleOf(['source.yaml']), undefined);
});

test('the build has coloured the shown files, and changed no character of them', async () => {
  const colours = await loadColours();
  const files = [
    join(assets, 'compose-scale/base/compose.yaml'),
    join(assets, 'compose-scale/base/flask/Dockerfile'),
    join(assets, 'compose-scale/nginx/nginx/nginx.conf'),
    join(root, 'labs/failover/stack/client/load'),
    join(root, 'labs/database/stack/db/schema.sql'),
  ];
  for (const file of files) {
    const content = readFileSync(file, 'utf8');
    const lines = colours[createHash('sha256').update(content).digest('hex')];
    assert.ok(lines, file);
    assert.is(lines.map((line) => line.map(([text]) => text).join('')).join('\n'), content);
    const styles = new Set(lines.flat().map(([, style]) => style));
    assert.ok(styles.size >= 3, `${file}: ${[...styles].join(' ')}`);
  }
});

test.run();
