import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wrongFiles } from '../../fixtures/class-wrong.ts';

/** Refresh with UPDATE_GOLDEN=1, and read the difference before committing it. */
const home = fileURLToPath(new URL('../../fixtures/class/', import.meta.url));
const wrongOnes = () => readdirSync(home).filter((name) => /^(?:other|wrong|limit)-/.test(name));

test('the wrong submissions equal those generated from the reference solution and the mistakes of the gate', async () => {
  const files = await wrongFiles();
  if (process.env.UPDATE_GOLDEN) {
    for (const name of wrongOnes()) rmSync(join(home, name), { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), content);
    }
  }
  const there = wrongOnes().flatMap((name) =>
    readdirSync(join(home, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(home, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
  assert.equal(there.sort(), Object.keys(files).sort());
  for (const [path, content] of Object.entries(files)) assert.fixture(readFileSync(join(home, path), 'utf8'), content, path);
});

test.run();
