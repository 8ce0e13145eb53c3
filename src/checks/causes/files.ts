import { posix } from 'node:path';
import type { PlacedValue } from '../../formats/compose-places.ts';
import { readStages } from '../../formats/dockerfile.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { textWith } from '../evidence/stack-facts.ts';
import { missingFrom } from '../image-history.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, placeText, readComposeSource } from './compose-source.ts';

/** An item of `volumes:`: `./logs:/var/log:ro`, or a mapping. A source that is no path is a volume. */
interface WrittenMount {
  readonly place: string;
  readonly source: string;
  readonly target: string;
}

const asMount = (file: string, { line, value }: PlacedValue): WrittenMount => {
  const place = placeText(file, line);
  if (typeof value !== 'object' || value === null) {
    const [source = '', target = ''] = String(value).split(':');
    return { place, source, target };
  }
  const { source = '', target = '' } = value as { source?: unknown; target?: unknown };
  return { place, source: String(source), target: String(target) };
};

/** The mounts of a service, as its Compose file says. */
const writtenMounts = (compose: ComposeSource, service: string): WrittenMount[] =>
  compose.itemsOf(service, 'volumes').map((item) => asMount(compose.file, item));

const isPath = (source: string): boolean => /^[./~]/.test(source);
const isAt = (mount: WrittenMount, path: string): boolean => isPath(mount.source) && posix.relative(path, mount.source) === '';

/** Why a log of the proxy is not on the host after its containers were removed: it was deleted there, or never written there. */
export async function lostLogCause(world: World, path: string): Promise<Cause | undefined> {
  const { proxy, services } = world.spec;
  const service = proxy && (services[proxy.role]?.name ?? proxy.role);
  const compose = await readComposeSource(world);
  if (!compose || service === undefined) return undefined;
  const folder = posix.dirname(path);
  const mounts = writtenMounts(compose, service);
  const right = mounts.find((one) => isAt(one, folder));
  const names = { folder, path, service };
  if (right)
    return {
      text: textWith(
        '{folder} is mounted ({place}), so {path} was on the host and was deleted there: `down` does not delete it',
        '{folder} 有掛載（{place}），所以 {path} 原本在主機上，後來被刪除了：`down` 不會刪除它',
        { ...names, place: right.place },
      ),
      help: textWith(
        'do not delete {folder}: docker compose up -d, send a request, then docker compose down',
        '不要刪除 {folder}：docker compose up -d，送出請求，再執行 docker compose down',
        names,
      ),
    };
  const volume = mounts.find(({ source, target }) => source !== '' && !isPath(source) && `/${folder}`.endsWith(target));
  if (!volume) return undefined;
  return {
    text: textWith(
      'the log was in the volume {volume} ({place}), not in {folder} of this folder; `down -v` removes volumes',
      '日誌放在磁碟區 {volume}（{place}），不在這個資料夾的 {folder}；`down -v` 會移除磁碟區',
      { ...names, volume: volume.source, place: volume.place },
    ),
    help: textWith(
      'write ./{folder}:{target} in {place}, then docker compose up -d, send a request, and docker compose down',
      '請在 {place} 寫 ./{folder}:{target}，再執行 docker compose up -d、送出請求，然後執行 docker compose down',
      { ...names, target: volume.target, place: volume.place },
    ),
  };
}

/** The folder of a log is mounted at another path than the one that the service writes to. */
export function elsewhereCause(
  compose: ComposeSource | undefined,
  { service, folder, destination }: { readonly service: string; readonly folder: string; readonly destination: string },
): Cause | undefined {
  const mount = compose && writtenMounts(compose, service).find((one) => isAt(one, folder));
  if (!mount || mount.target.replace(/\/$/, '') === destination) return undefined;
  const names = { service, folder, destination, place: mount.place, target: mount.target };
  return causeWith(
    names,
    [
      '{place} mounts {folder} at {target}, but {service} writes its log to {destination}, which is inside the container only',
      '{place} 把 {folder} 掛載到 {target}，但 {service} 的日誌寫在 {destination}，只存在容器裡',
    ],
    [
      'write ./{folder}:{destination} in {place}, then docker compose up -d',
      '請在 {place} 寫 ./{folder}:{destination}，再執行 docker compose up -d',
    ],
  );
}

/** The configuration is not mounted because the service's own Dockerfile copies it into an image. */
export async function bakedInCause(
  world: World,
  { service, source, destination }: { readonly service: string; readonly source: string; readonly destination: string },
): Promise<Cause | undefined> {
  const compose = await readComposeSource(world);
  const build = compose?.buildOf(service);
  if (!compose || !build) return undefined;
  const path = posix.join(build.context, build.dockerfile);
  const file = await world.file(path);
  if (file.kind !== 'file') return undefined;
  const name = posix.basename(source);
  const at = file.text.split('\n').findIndex((line) => /^\s*(?:COPY|ADD)\s/i.test(line) && line.split(/[\s/]+/).includes(name));
  if (at < 0) return undefined;
  const names = { source, destination, service, copy: placeText(path, at + 1), place: compose.placeOf(service, 'build') };
  return causeWith(
    names,
    [
      '{copy} copies it into an image of its own ({place}), so a change needs a new build',
      '{copy} 把它複製進自己的映像檔（{place}），所以每次變更都要重新建置',
    ],
    [
      'use the image as it is in {place}, and mount the file: ./{source}:{destination}:ro',
      '請在 {place} 直接使用原本的映像檔，並掛載檔案：./{source}:{destination}:ro',
    ],
  );
}

/** Why an image is not from the stack's own Dockerfile: another Dockerfile, a name given by `docker tag`, or a later change of the file. */
export async function otherDockerfileCause(
  world: World,
  { service, folder, image }: { readonly service: string; readonly folder: string; readonly image: BuiltImage },
): Promise<Cause | undefined> {
  const compose = await readComposeSource(world);
  const build = compose?.buildOf(service);
  const own = `${folder}/Dockerfile`;
  const names = { service, own, ref: image.ref };
  const help = textWith(
    'build it from {own}: docker compose build {service}',
    '請用 {own} 建置：docker compose build {service}',
    names,
  );
  if (compose && build && posix.join(build.context, build.dockerfile) !== posix.normalize(own)) {
    const place = compose.placeOf(service, 'build', 'dockerfile');
    const other = posix.join(build.context, build.dockerfile);
    return {
      text: textWith('{place} builds it from another file, {other}', '{place} 用另一個檔案 {other} 建置', {
        ...names,
        place,
        other,
      }),
      help: textWith(
        'remove `dockerfile:` from {place}, then docker compose build {service}',
        '請移除 {place} 的 `dockerfile:`，再執行 docker compose build {service}',
        { ...names, place },
      ),
    };
  }
  const others = ((await world.around?.namesOf(image.id)) ?? []).filter(
    (name) => name !== image.ref && !name.startsWith('<none>'),
  );
  const [other] = others;
  if (other !== undefined)
    return {
      text: textWith(
        '{ref} is another image, {other}, to which `docker tag` gave this name',
        '{ref} 其實是另一個映像檔 {other}，用 `docker tag` 取了這個名稱',
        { ...names, other },
      ),
      help,
    };
  const file = await world.file(own);
  const [missing] = file.kind === 'file' ? missingFrom(image.history, file.text) : [];
  const line = file.kind === 'file' && missing !== undefined ? lineOf(file.text, missing) : 0;
  if (line === 0) return undefined;
  return {
    text: textWith('{place} was changed after the image was built', '映像檔建置之後，{place} 又有變更', {
      place: placeText(own, line),
    }),
    help: textWith('build it again: docker compose build {service}', '重新建置：docker compose build {service}', names),
  };
}

interface BuiltImage {
  readonly ref: string;
  readonly id: string;
  readonly history: readonly string[];
}

/** The line of an instruction; 0: it is not found, or there is no other instruction of that word left in the image. */
const lineOf = (dockerfile: string, instruction: string): number => {
  const word = instruction.split(' ', 1)[0] ?? '';
  const found =
    readStages(dockerfile)
      .stages.at(-1)
      ?.instructions.filter((one) => one.word === word) ?? [];
  return found.length === 0 ? 0 : dockerfile.split('\n').findLastIndex((line) => line.trim().startsWith(`${word} `)) + 1;
};
