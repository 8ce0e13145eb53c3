import { posix } from 'node:path';
import { readStages } from '../../formats/dockerfile.ts';
import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { textWith } from '../evidence/stack-facts.ts';
import { missingFrom } from '../image-history.ts';
import { causeWith } from './cause.ts';
import type { ComposeSource } from './compose-source.ts';

/** A file of the build folder, and where the Dockerfile puts it in the image: one of these paths. */
export interface CopiedFile {
  readonly source: string;
  readonly targets: readonly string[];
}

const mostFiles = 20;

/** The files that the last stage of a Dockerfile copies from its folder. `names`: the files there. Forms that are not understood are left out. */
export function copiedFiles(dockerfile: string, names: readonly string[]): CopiedFile[] {
  let workdir = '/';
  const found: CopiedFile[] = [];
  for (const { word, rest } of readStages(dockerfile).stages.at(-1)?.instructions ?? []) {
    if (word === 'WORKDIR') workdir = posix.resolve(workdir, rest.trim());
    const parts = rest.split(/\s+/);
    if ((word !== 'COPY' && word !== 'ADD') || parts.some((part) => /^--|["'[\]$*?]/.test(part)) || parts.length < 2) continue;
    const to = parts.at(-1) ?? '';
    for (const from of parts.slice(0, -1)) {
      const source = posix.normalize(from).replace(/\/$/, '');
      const files = source === '.' ? names.filter((name) => !/dockerfile/i.test(name)) : [source];
      for (const file of files) {
        const inside = posix.resolve(workdir, to, posix.basename(file));
        found.push({ source: file, targets: source === '.' ? [inside] : [inside, posix.resolve(workdir, to)] });
      }
    }
  }
  return found.slice(0, mostFiles);
}

/** The container runs another image than the project's files would give. Undefined: it does not, or that cannot be seen. */
export async function outdatedCause(
  world: World,
  compose: ComposeSource | undefined,
  replica: Replica,
  command: string,
): Promise<Cause | undefined> {
  const build = compose?.buildOf(replica.service);
  const image = await world.image(await world.imageOf(replica.service));
  const names = { service: replica.service, ref: image.ref, command };
  if (image.id !== undefined && image.id !== replica.imageId)
    return causeWith(
      names,
      [
        'the container of {service} still runs an older image than {ref}: it was not recreated after the build',
        '{service} 的容器執行的仍是比 {ref} 舊的映像檔：建置之後沒有重新建立容器',
      ],
      ['recreate it: {command}', '重新建立容器：{command}'],
    );
  if (!build) return undefined;
  const path = posix.join(build.context, build.dockerfile);
  const dockerfile = await world.file(path);
  if (dockerfile.kind !== 'file') return undefined;
  const missing = image.history.length > 0 ? missingFrom(image.history, dockerfile.text) : undefined;
  const changed = missing?.length ? path : await changedFile(world, replica, build.context, dockerfile.text);
  if (changed === undefined) return undefined;
  return {
    text: textWith(
      '{changed} was changed after the image {ref} was built, so the container runs the earlier version',
      '映像檔 {ref} 建置之後，{changed} 又有變更，所以容器執行的是先前的版本',
      { ...names, changed },
    ),
    help: textWith('build it again: {command} --build', '重新建置：{command} --build', names),
  };
}

/** The first file that differs from the container's copy. */
async function changedFile(world: World, replica: Replica, context: string, dockerfile: string): Promise<string | undefined> {
  for (const { source, targets } of copiedFiles(dockerfile, await world.folder(context))) {
    const path = posix.join(context, source);
    const file = await world.file(path);
    if (file.kind !== 'file') continue;
    for (const target of targets) {
      const inside = await world.around?.digestInside(replica, target);
      if (inside !== undefined && inside !== file.sha256) return path;
      if (inside !== undefined) break;
    }
  }
  return undefined;
}
