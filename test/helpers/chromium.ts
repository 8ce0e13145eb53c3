import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { lock } from '../../src/platform/lock.ts';
import { locateHomes } from '../../src/platform/state-dirs.ts';
import { folder } from './folder.ts';

const run = promisify(execFile);
const architectures = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as Record<string, string>;
const packages = ['chromium-headless-shell', 'fonts-dejavu-core', 'fonts-wqy-microhei'];

/**
 * Opens Debian's Chromium with fonts for both languages. Downloads it with its dependencies (160 MB) and unpacks it in the cache, without installing it on the
 * system. Needs Debian's apt. The caller closes the browser.
 */
export async function openChromium(): Promise<Browser> {
  const root = await provideChromium();
  const own = architectures[process.arch] ?? process.arch;
  const libraries = [`lib/${own}`, `usr/lib/${own}`, `usr/lib/${own}/pulseaudio`].map((path) => join(root, path)).join(':');
  const fonts = folder({
    'fonts.conf': `<?xml version="1.0"?><fontconfig><dir>${root}/usr/share/fonts</dir><cachedir>${root}/fonts</cachedir><alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias></fontconfig>`,
  });
  return chromium.launch({
    executablePath: join(root, 'usr/lib/chromium/chromium-headless-shell'),
    // Chromium's sandbox does not work for root; the pages are trusted
    args: ['--no-sandbox'],
    env: { PATH: process.env.PATH, HOME: fonts, LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(fonts, 'fonts.conf') },
  });
}

async function provideChromium(): Promise<string> {
  const dir = join(locateHomes().cache, 'test');
  const root = join(dir, 'chromium');
  const held = await lock(`${dir}.lock`);
  try {
    const there = await access(root).then(
      () => true,
      () => false,
    );
    if (!there) await unpack(dir, root);
    return root;
  } finally {
    await held.release();
  }
}

async function unpack(dir: string, root: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const at = await mkdtemp(join(dir, 'unpacking-'));
  await mkdir(join(at, 'archives', 'partial'), { recursive: true });
  // apt sees an empty package status, so that the download does not depend on the host's installed packages
  await writeFile(join(at, 'status'), '');
  const options = [
    `Dir::State::status=${at}/status`,
    `Dir::Cache::archives=${at}/archives`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=root',
  ].flatMap((one) => ['-o', one]);
  const download = () =>
    run('apt-get', ['-q', '-y', '--no-install-recommends', '--download-only', ...options, 'install', ...packages]);
  // a new machine has no package lists yet
  await download().catch(async () => {
    await run('apt-get', ['-q', 'update']);
    await download();
  });
  // a process can use only one C library: the host's
  const debs = (await readdir(join(at, 'archives'))).filter((name) => name.endsWith('.deb') && !name.startsWith('libc6_'));
  for (const deb of debs) await run('dpkg-deb', ['-x', join(at, 'archives', deb), join(at, 'root')]);
  await rename(join(at, 'root'), root);
  await rm(at, { recursive: true });
}
