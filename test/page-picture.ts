import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../src/platform/package-root.ts';
import { runBin } from './helpers/bin.ts';
import { openChromium } from './helpers/chromium.ts';
import { folder } from './helpers/folder.ts';

/** Writes the picture of a student's page in src/grade/README.md (`npm run picture`): grades a submission of the sample class, and takes a screenshot. */

const submission = 'wrong-localhost-in-conf';
const student = 'B10902017';
const out = folder();
const handedIn = join(folder(), student);
cpSync(join(root, 'test/fixtures/class', submission), handedIn, { recursive: true });
const graded = await runBin(['grade', handedIn, '--out', out, '--build-network', 'none'], process.env);
if (graded.exitCode !== 0) throw new Error(`lab grade exited with ${graded.exitCode}\n${graded.stdout}${graded.stderr}`);
const browser = await openChromium();
try {
  const page = await browser.newPage({ viewport: { width: 960, height: 900 }, deviceScaleFactor: 1.5 });
  await page.goto(pathToFileURL(join(out, 'students', `${student}.html`)).href);
  await page.screenshot({ path: join(root, 'assets/student-page.png') });
} finally {
  await browser.close();
}
