import { type Check, defineCheck } from '../lab/check.ts';
import type { ImageFacts } from '../lab/facts.ts';
import { type ServiceNames, serviceNames } from '../lab/stack.ts';
import { text } from '../lab/text.ts';
import { failed, passed, type Verdict } from '../lab/verdict.ts';
import type { FileFacts, World } from '../lab/world.ts';
import { explainAbsentImage } from './causes/containers.ts';
import { otherDockerfileCause } from './causes/files.ts';
import { listed, nameOf, short, textWith } from './evidence/stack-facts.ts';
import { missingFrom } from './image-history.ts';

interface ImagesFacts {
  readonly services: ServiceNames;
  readonly images: Readonly<Record<string, ImageFacts>>;
  readonly dockerfile: FileFacts;
}

/** Inspects the images of all of a stack's services, and reads the Dockerfile of the one that is built. */
const lookAtImages =
  (built: string) =>
  async (world: World): Promise<ImagesFacts> => {
    const services = serviceNames(world.spec);
    const found = await Promise.all(
      Object.entries(services).map(async ([role, service]) => [role, await world.image(await world.imageOf(service))] as const),
    );
    return {
      services,
      images: Object.fromEntries(found),
      dockerfile: await world.file(`${world.spec.services[built]?.build ?? '.'}/Dockerfile`),
    };
  };

/** The pulled images exist on the engine, and the built image exists and was built from the stack's own Dockerfile. */
export function imagesExist<R extends string>(built: R): [Check<ImagesFacts, R>, Check<ImagesFacts, R>, Check<ImagesFacts, R>] {
  const gather = lookAtImages(built);
  return [
    defineCheck({
      id: 'images-are-present',
      roles: [built],
      claim: text('the images to pull are on the engine', '要下載的映像檔都已下載'),
      gather,
      judge: (facts) => judgePresent(facts, built),
      explain: (world, facts) => explainAbsentImage(world, absentIn(facts, built)),
    }),
    defineCheck({
      id: `${built}-image-is-built`,
      roles: [built],
      claim: textWith('the image of {built} is there', '{built} 的映像檔已經建置', { built }),
      gather,
      judge: (facts) => judgeBuilt(facts, built),
    }),
    defineCheck({
      id: `${built}-image-is-from-its-dockerfile`,
      roles: [built],
      claim: textWith(
        "the image of {built} is built from the stack's own Dockerfile",
        '{built} 的映像檔是用這組服務自己的 Dockerfile 建置的',
        { built },
      ),
      needs: [`${built}-image-is-built`],
      gather,
      judge: (facts) => judgeFromDockerfile(facts, built),
      explain: async (world, facts) => {
        const { ref = '', id, history = [] } = facts.images[built] ?? {};
        const folder = world.spec.services[built]?.build ?? '.';
        return id === undefined
          ? undefined
          : otherDockerfileCause(world, { service: nameOf(facts, built), folder, image: { ref, id, history } });
      },
    }),
  ];
}

const pulledIn = (facts: ImagesFacts, built: string) => Object.entries(facts.images).filter(([role]) => role !== built);

/** The first image to pull that is not on the engine, and its service. */
function absentIn(facts: ImagesFacts, built: string): { service: string; ref: string } | undefined {
  const [role, image] = pulledIn(facts, built).find(([, { id }]) => !id) ?? [];
  return image && { service: nameOf(facts, role ?? ''), ref: image.ref };
}

function judgePresent(facts: ImagesFacts, built: string): Verdict {
  const pulled = pulledIn(facts, built);
  const absent = pulled.filter(([, image]) => !image.id).map(([, image]) => image.ref);
  if (pulled.length > 0 && absent.length === 0) return passed(listed(pulled.map(([, image]) => image.ref)));
  return failed({
    expected: listed(pulled.map(([, image]) => image.ref)),
    actual: textWith('absent: {absent}', '缺少：{absent}', { absent: listed(absent) }),
    help: textWith('docker compose pull --ignore-buildable', 'docker compose pull --ignore-buildable'),
  });
}

function judgeBuilt(facts: ImagesFacts, built: string): Verdict {
  const image = facts.images[built];
  if (image?.id)
    return passed(textWith('{ref}, {id}', '{ref}，{id}', { ref: image.ref, id: short(image.id.replace('sha256:', '')) }));
  return failed({
    expected: textWith('an image {ref}', '映像檔 {ref}', { ref: image?.ref ?? built }),
    actual: textWith('no such image', '沒有這個映像檔'),
    help: textWith('docker compose build', 'docker compose build'),
  });
}

function judgeFromDockerfile(facts: ImagesFacts, built: string): Verdict {
  const image = facts.images[built];
  const missing = facts.dockerfile.kind === 'file' ? missingFrom(image?.history ?? [], facts.dockerfile.text) : undefined;
  if (missing?.length === 0)
    return passed(textWith("the image's history shows each of its instructions", '映像檔的歷史紀錄裡有每一道指令'));
  return failed({
    expected: textWith(
      'the instructions of {dir}/Dockerfile in the history of {ref}',
      '{ref} 的歷史紀錄裡有 {dir}/Dockerfile 的指令',
      { dir: built, ref: image?.ref ?? '' },
    ),
    actual: missing
      ? textWith('not there: {missing}', '找不到：{missing}', { missing: listed(missing.slice(0, 3)) })
      : textWith('there is no Dockerfile', '沒有 Dockerfile'),
    help: textWith('build it again: docker compose build {service}', '重新建置：docker compose build {service}', {
      service: nameOf(facts, built),
    }),
  });
}
