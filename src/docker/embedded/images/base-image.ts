import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '../../../lab/text.ts';
import { complaint, shell } from '../../../platform/system-command.ts';
import { dropForeignMounts } from '../mounts.ts';
import { hostSettings } from '../packages/apt-settings.ts';
import type { Archive } from '../packages/distribution.ts';
import type { EmbeddedOptions } from '../progress.ts';
import { buildFailed } from './build-failed.ts';
import { inspect } from './inspect.ts';
import { baseRef, label } from './recipes.ts';

/** What is left out of the base, as in debian:trixie-slim: copyright files stay. */
const slim = (root: string): string => `cd "${root}/usr/share"
rm -rf man/* locale/* info/* && find doc -type f ! -name copyright -delete && find doc -depth -type d -empty -delete
for what in doc man locale info; do echo "path-exclude=/usr/share/$what/*"; done > "${root}/etc/dpkg/dpkg.cfg.d/slim"
echo 'path-include=/usr/share/doc/*/copyright' >> "${root}/etc/dpkg/dpkg.cfg.d/slim"
`;

/** Keeps archives and caches of apt out of the layers, as in the official image. */
const aptSettings = [
  'Acquire::Languages "none"',
  'Dir::Cache::pkgcache ""',
  'Dir::Cache::srcpkgcache ""',
  'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; }',
];

/**
 * A small Debian image to build on: an existing one that was pulled or made by this recipe, else a new one made by mmdebstrap. Returns the value that
 * identifies it in the labels of images built on it. Throws LabError E_IMAGE_BUILD.
 */
export async function provideBase(
  env: Readonly<Record<string, string>>,
  archive: Archive,
  progress: EmbeddedOptions,
): Promise<string> {
  const recipe = [archive.release, archive.arch, ...archive.imageLines, slim('$1'), ...aptSettings];
  const wanted = createHash('sha256').update(recipe.join('\n')).digest('hex').slice(0, 16);
  const there = await inspect(env, baseRef);
  if (there && !there.label) return there.id;
  if (there?.label === wanted) return wanted;
  progress.progress?.(
    text(`building a small Debian (${archive.release}) from its packages`, `用套件建置精簡的 Debian（${archive.release}）`),
  );
  const work = await mkdtemp(join(tmpdir(), 'labwright-base-'));
  try {
    await make(env, archive, { work, wanted, signal: progress.signal });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return wanted;
}

async function make(
  env: Readonly<Record<string, string>>,
  archive: Archive,
  { work, wanted, signal }: { readonly work: string; readonly wanted: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const sources = join(work, 'sources.list');
  const hook = join(work, 'slim');
  await writeFile(sources, archive.imageLines.map((it) => `${it}\n`).join(''));
  // a container may not reach a proxy of the host: it is used here, but not kept in the image
  await writeFile(hook, `#!/bin/sh -e\n${slim('$1')}sed -i '/Proxy/Id' "$1/etc/apt/apt.conf.d/99mmdebstrap"\n`, { mode: 0o755 });
  const options = [...aptSettings, ...(await hostSettings()).map((it) => it.replace(/;$/, ''))].map((it) => `--aptopt=${it}`);
  // without force-unsafe-io dpkg waits for the disk after every package
  const run = shell({ env, ...(signal ? { signal } : {}) });
  // as root, mmdebstrap runs `mount --make-rprivate /` in its mount namespace: it must not be this machine's, and what it has a copy of stays in use
  // until it ends
  const script = `${dropForeignMounts()}\nexec "$@"`;
  const done =
    await run`unshare --mount sh -c ${script} sh mmdebstrap --variant=minbase --skip=check/signed-by ${options} --dpkgopt=force-unsafe-io --customize-hook=${hook} ${archive.release} - ${sources} | docker import --change ${`LABEL ${label}=${wanted}`} --change 'CMD ["bash"]' - ${baseRef}`;
  signal?.throwIfAborted();
  if (!done.ok) throw buildFailed(baseRef, complaint(done, 8));
}
