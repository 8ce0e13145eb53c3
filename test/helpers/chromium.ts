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
 * Debian's Chromium, with fonts for both languages, downloaded with all that it depends on and unpacked in our cache (160 MB to
 * download), installed nowhere. Needs Debian's apt, and the host's release. Close it when done.
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
    // its sandbox is not for root; the pages are our own
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
  // an apt that knows of nothing installed, so that what is unpacked does not depend on what the host has
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
  // a bare machine has no lists of packages yet
  await download().catch(async () => {
    await run('apt-get', ['-q', 'update']);
    await download();
  });
  // a process has one C library, and that is the host's
  const debs = (await readdir(join(at, 'archives'))).filter((name) => name.endsWith('.deb') && !name.startsWith('libc6_'));
  for (const deb of debs) await run('dpkg-deb', ['-x', join(at, 'archives', deb), join(at, 'root')]);
  await rename(join(at, 'root'), root);
  await rm(at, { recursive: true });
}
