import { type Check, defineCheck } from '../lab/check.ts';
import type { Volume } from '../lab/facts.ts';
import { text, verbatim } from '../lab/text.ts';
import { failed, type Judgement, passed, waiting } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { gatherStack, listed, nameOf, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';

interface VolumeFacts extends StackFacts {
  readonly volumes: readonly Volume[];
}

const gatherVolumes = async (world: World): Promise<VolumeFacts> => {
  const [stack, volumes] = await Promise.all([gatherStack(world), world.volumes()]);
  return { ...stack, volumes };
};

/** A named volume of the project exists. `key`: its name in the Compose file. */
export function volumeExists(key: string): Check<VolumeFacts> {
  return defineCheck({
    id: `volume-${key}-exists`,
    claim: textWith('the volume {key} exists', '磁碟區 {key} 存在', { key }),
    gather: gatherVolumes,
    judge: ({ volumes, project }) => {
      const found = volumes.find((one) => one.key === key);
      if (found) return passed(verbatim(found.name));
      return failed({
        expected: textWith('a volume {key} of the project {project}', '專案 {project} 有磁碟區 {key}', { key, project }),
        actual: listed(
          volumes.map((one) => one.key),
          text('no volume of this project', '這個專案沒有磁碟區'),
        ),
        help: textWith(
          '`down -v`, `rm -v` and `docker volume rm` remove volumes; `up` creates those that compose.yaml names and services mount: docker compose up -d',
          '`down -v`、`rm -v` 和 `docker volume rm` 會移除磁碟區；`up` 會建立 compose.yaml 中有命名而且被服務掛載的磁碟區：docker compose up -d',
        ),
      });
    },
  });
}

/** The step removed a named volume of the project. Compares with a baseline: where it did not exist before, nothing was removed. */
export function volumeGone(key: string): Check<VolumeFacts> {
  return defineCheck({
    id: `volume-${key}-is-gone`,
    claim: textWith('the volume {key} is removed', '磁碟區 {key} 已移除', { key }),
    needsBaseline: true,
    gather: gatherVolumes,
    judge: (facts, before) => judgeGone(facts, before, key),
  });
}

function judgeGone({ volumes, replicas, project }: VolumeFacts, before: VolumeFacts | undefined, key: string): Judgement {
  const found = volumes.find((one) => one.key === key);
  const existed = before?.volumes.some((one) => one.key === key);
  if (!found && existed) return passed(text('removed', '已移除'));
  if (!found)
    return failed({
      expected: textWith('a volume {key} to remove', '有可以移除的磁碟區 {key}', { key }),
      actual: text('there was none before this step', '這一步之前沒有這個磁碟區'),
      help: text('start the stack first: docker compose up -d', '請先啟動服務：docker compose up -d'),
    });
  const mismatch = {
    expected: textWith('no volume {key} of the project {project}', '專案 {project} 沒有磁碟區 {key}', { key, project }),
    actual: verbatim(found.name),
    help: textWith(
      '`down` keeps volumes unless its option for them is given: docker compose down --help',
      '`down` 會保留磁碟區，除非加上移除磁碟區的選項：docker compose down --help',
    ),
  };
  // `down` removes the containers first
  return replicas.length === 0 ? waiting(mismatch) : failed(mismatch);
}

/** A path in the containers of a role is a named volume of the project. */
export function mountedVolume<R extends string>(
  key: string,
  { role, at }: { readonly role: R; readonly at: string },
): Check<VolumeFacts, R> {
  return defineCheck({
    id: `${role}-keeps-data-in-${key}`,
    roles: [role],
    claim: textWith('{at} of {role} is the volume {key}', '{role} 的 {at} 是磁碟區 {key}', { role, at, key }),
    gather: gatherVolumes,
    judge: (facts) => judgeMounted(facts, key, { role, at }),
  });
}

function judgeMounted(facts: VolumeFacts, key: string, { role, at }: { readonly role: string; readonly at: string }): Judgement {
  const service = nameOf(facts, role);
  const volume = facts.volumes.find((one) => one.key === key);
  const mounts = runningOf(facts, role)[0]?.mounts ?? [];
  const mount = mounts.find((one) => one.destination === at);
  if (volume && mount?.name === volume.name) return passed(verbatim(volume.name));
  const elsewhere = volume && mounts.find((one) => one.name === volume.name);
  return failed({
    expected: textWith('the volume {key} at {at} of {service}', '磁碟區 {key} 掛載於 {service} 的 {at}', { key, at, service }),
    actual: elsewhere
      ? textWith('it is mounted at {destination}', '它掛載於 {destination}', { destination: elsewhere.destination })
      : mount
        ? textWith('another {type}: {source}', '另一個 {type}：{source}', { type: mount.type, source: mount.source })
        : textWith('nothing is mounted there', '該位置沒有掛載任何內容'),
    help: textWith(
      'under `volumes:` of {service}: {key}:{at}; then: docker compose up -d',
      '在 {service} 的 `volumes:` 寫：{key}:{at}；再執行 docker compose up -d',
      { key, at, service },
    ),
  });
}
