import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { libraryFolder, unpackedPackages } from './debian-packages.ts';
import { folder } from './folder.ts';

const packages = ['chromium-headless-shell', 'fonts-dejavu-core', 'fonts-wqy-microhei'];

/**
 * Opens Debian's Chromium with fonts for both languages. Downloads it with its dependencies (160 MB) and unpacks it in the cache, without installing it on the
 * system. Needs Debian's apt. The caller closes the browser.
 */
export async function openChromium(): Promise<Browser> {
  const root = await unpackedPackages('chromium', packages);
  const libraries = [`lib/${libraryFolder}`, `usr/lib/${libraryFolder}`, `usr/lib/${libraryFolder}/pulseaudio`]
    .map((path) => join(root, path))
    .join(':');
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
