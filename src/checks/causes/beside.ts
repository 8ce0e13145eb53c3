import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { ConnectedContainer, OtherProject, RemovedContainer } from '../../lab/world.ts';
import { listed, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';

/** What is known about containers that could have been the missing replicas of a service. */
export interface BesideFacts {
  readonly service: string;
  readonly project: string;
  /** The project's folder, with links resolved. */
  readonly dir: string;
  /** The command that starts the service as the step needs it. */
  readonly command: string;
  /** The replicas that run, and how many should. */
  readonly running: readonly Replica[];
  readonly count: number;
  /** The containers on the networks of the replicas. */
  readonly connected: readonly ConnectedContainer[];
  readonly elsewhere: readonly OtherProject[];
  readonly removals: readonly RemovedContainer[];
}

/** Why fewer replicas run than should, if the missing ones are somewhere else or were removed. Undefined: nothing shows that there were any. */
export function besideCause(facts: BesideFacts): Cause | undefined {
  const { service, project, connected, running } = facts;
  const oneOff = connected.filter((one) => one.oneOff && one.project === project && one.service === service);
  if (oneOff.length > 0) return oneOffCause(facts, oneOff);
  const images = new Set(running.map(({ imageId }) => imageId));
  const byHand = connected.filter((one) => one.project === '' && images.has(one.imageId));
  if (byHand.length > 0) return byHandCause(facts, byHand);
  const other = facts.elsewhere.find((one) => one.dir === facts.dir && one.running > running.length);
  return other ? otherProjectCause(facts, other) : removedCause(facts);
}

const namesOf = (containers: readonly ConnectedContainer[]): string[] => containers.map(({ name }) => name).sort();

/** Containers that are no replicas, but look like some: they are removed, and the service is scaled. */
const strayCause = (
  { service, command }: BesideFacts,
  containers: readonly ConnectedContainer[],
  what: readonly [en: string, zhTW: string],
): Cause =>
  causeWith({ service, command, list: listed(namesOf(containers)), names: namesOf(containers).join(' ') }, what, [
    'remove them and scale: docker rm -f {names}, then {command}',
    '移除它們再擴展：docker rm -f {names}，再執行 {command}',
  ]);

const oneOffCause = (facts: BesideFacts, containers: readonly ConnectedContainer[]): Cause =>
  strayCause(facts, containers, [
    '{list} were started with `docker compose run`: such one-off containers are no replicas of {service}',
    '{list} 是用 `docker compose run` 啟動的：這種一次性的容器不是 {service} 的副本',
  ]);

const byHandCause = (facts: BesideFacts, containers: readonly ConnectedContainer[]): Cause =>
  strayCause(facts, containers, [
    '{list} run the same image, but were started with `docker run`, not by Compose: they are no replicas of {service}',
    '{list} 使用相同的映像檔，但是用 `docker run` 啟動的，不是由 Compose 啟動：它們不是 {service} 的副本',
  ]);

function otherProjectCause({ service, command }: BesideFacts, { project, running }: OtherProject): Cause {
  const names = { service, command, project, running };
  return causeWith(
    names,
    [
      '{running} replicas of {service} run in another project of this folder, {project} (`-p {project}`)',
      '另外有 {running} 個 {service} 副本在這個資料夾的另一個專案 {project} 裡執行（`-p {project}`）',
    ],
    [
      'leave out `-p` and COMPOSE_PROJECT_NAME, and scale here: {command}',
      '不要使用 `-p` 和 COMPOSE_PROJECT_NAME，在這裡擴展：{command}',
    ],
  );
}

/** Removals this close together are of one command. */
const oneCommandMs = 30_000;

/** The replicas that the last command removed. */
function removedCause({ service, project, command, running, count, removals }: BesideFacts): Cause | undefined {
  const mine = removals.filter((one) => one.project === project && one.service === service);
  const last = mine.at(-1);
  if (!last || count <= running.length) return undefined;
  const together = mine.filter(({ removedAt }) => Date.parse(last.removedAt) - Date.parse(removedAt) < oneCommandMs);
  if (running.length + together.length < count) return undefined;
  const names = { service, command, removed: together.length, at: last.removedAt.slice(11, 19) };
  return {
    text:
      running.length === 0
        ? textWith(
            'its containers were removed at {at} (UTC), as by `--scale {service}=0`, `rm` or `down`',
            '它的容器在 {at}（UTC）被移除，例如執行了 `--scale {service}=0`、`rm` 或 `down`',
            names,
          )
        : textWith(
            '{removed} replicas were removed at {at} (UTC): `docker compose up` without `--scale` sets {service} back to one',
            '有 {removed} 個副本在 {at}（UTC）被移除：`docker compose up` 沒有 `--scale` 時，會讓 {service} 恢復成一個',
            names,
          ),
    help:
      running.length === 0
        ? textWith('start it: {command}', '啟動它：{command}', names)
        : textWith('give the number each time: {command}', '每次都要指定數量：{command}', names),
  };
}
