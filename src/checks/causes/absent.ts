import { posix } from 'node:path';
import type { Cause } from '../../lab/verdict.ts';
import type { OtherProject } from '../../lab/world.ts';
import { listed, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, placeText } from './compose-source.ts';

/** What is known about a service without a container. */
export interface AbsentFacts {
  readonly service: string;
  readonly project: string;
  readonly dir: string;
  readonly compose?: ComposeSource;
  readonly command: string;
  /** The image that it should run, whether the engine has it, and the images with the same name and another tag. */
  readonly image: { readonly ref: string; readonly present: boolean; readonly tags: readonly string[] };
  /** The project has no network, and the engine has no addresses for another one. */
  readonly noAddresses: boolean;
  /** Other projects that run the service. */
  readonly elsewhere: readonly Pick<OtherProject, 'project' | 'dir' | 'running'>[];
}

/** Why a service has no container. Undefined: nothing shows that it was started. */
export function absentCause(facts: AbsentFacts): Cause | undefined {
  if (facts.noAddresses) return noAddresses;
  const other = nearest(facts);
  if (other) return elsewhereCause(facts, other);
  return facts.image.present ? undefined : imageCause(facts);
}

/** The other project that was started in this folder, or in one beside, above or below it. Projects of other folders are other work. */
function nearest({ dir, elsewhere: all }: AbsentFacts): AbsentFacts['elsewhere'][number] | undefined {
  const elsewhere = all.filter(({ running }) => running > 0);
  const isNear = (other: string) => other === posix.dirname(dir) || posix.dirname(other) === posix.dirname(dir);
  return elsewhere.find((one) => one.dir === dir) ?? elsewhere.find((one) => isNear(one.dir) || posix.dirname(one.dir) === dir);
}

const noAddresses: Cause = {
  text: textWith(
    'the engine has no addresses left for another network, so Compose cannot create one',
    '引擎已經沒有可以分配給新網路的位址，所以 Compose 無法建立網路',
  ),
  help: textWith(
    'remove networks that you no longer need (docker network ls, docker network rm NAME), then docker compose up -d',
    '請移除不再需要的網路（docker network ls、docker network rm 名稱），再執行 docker compose up -d',
  ),
};

function elsewhereCause({ service, dir, command }: AbsentFacts, other: { project: string; dir: string }): Cause {
  const names = { service, project: other.project, other: other.dir, dir, command };
  if (other.dir === dir)
    return causeWith(
      names,
      [
        '{service} runs in another project of this folder, {project} (`-p {project}`)',
        '{service} 在這個資料夾的另一個專案 {project} 裡執行（`-p {project}`）',
      ],
      [
        'leave out `-p` and COMPOSE_PROJECT_NAME, and start it here: {command}',
        '不要使用 `-p` 和 COMPOSE_PROJECT_NAME，在這裡啟動：{command}',
      ],
    );
  return causeWith(
    names,
    [
      '{service} runs in the project {project}, which was started in another folder: {other}',
      '{service} 在專案 {project} 裡執行，它是在另一個資料夾啟動的：{other}',
    ],
    ['start the stack of this folder: cd {dir} && {command}', '啟動這個資料夾的服務：cd {dir} && {command}'],
  );
}

/** The engine does not have the image of a service. */
export function imageCause({
  service,
  compose,
  image,
  command,
}: Pick<AbsentFacts, 'service' | 'compose' | 'image' | 'command'>): Cause {
  const written = compose?.valueOf(service, 'image');
  const place = compose && written ? placeText(compose.file, written.line) : (compose?.placeOf(service) ?? 'compose.yaml');
  const names = { service, place, ref: image.ref, command, tags: listed(image.tags.slice(0, 4)) };
  if (compose?.buildOf(service))
    return causeWith(
      names,
      ['its image {ref} ({place}) is not built', '它的映像檔 {ref}（{place}）尚未建置'],
      ['docker compose build {service}', 'docker compose build {service}'],
    );
  if (image.tags.length > 0)
    return causeWith(
      names,
      ['the engine has no image {ref} ({place}), but {tags}', '引擎上沒有映像檔 {ref}（{place}），只有 {tags}'],
      ['correct the tag in {place}, then {command}', '請修正 {place} 的標籤，再執行 {command}'],
    );
  return causeWith(
    names,
    ['the engine has no image {ref} ({place})', '引擎上沒有映像檔 {ref}（{place}）'],
    [
      'check the name and tag in {place}, then docker compose pull {service}',
      '請檢查 {place} 的名稱和標籤，再執行 docker compose pull {service}',
    ],
  );
}
