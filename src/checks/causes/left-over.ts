import type { Cause } from '../../lab/verdict.ts';
import type { ConnectedContainer, OtherProject, RemovedContainer, World } from '../../lab/world.ts';
import { listed, type StackFacts, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, readComposeSource } from './compose-source.ts';

/** What is known about containers that should have been stopped or removed. */
export interface LeftOverFacts extends StackFacts {
  readonly compose?: ComposeSource;
  /** The project's folder, with links resolved. */
  readonly dir: string;
  /** The command that the step teaches: `docker compose rm`. */
  readonly command: string;
  readonly isDone: 'stopped' | 'removed';
  readonly elsewhere: readonly OtherProject[];
  readonly removals: readonly RemovedContainer[];
}

/** Why containers of the project are left: a service that the file no longer has, another project, only some services. */
export function leftOverCause(facts: LeftOverFacts): Cause | undefined {
  return orphanCause(facts) ?? otherProjectCause(facts) ?? partCause(facts);
}

function orphanCause({ replicas, compose, isDone }: LeftOverFacts): Cause | undefined {
  const orphan = isDone === 'removed' && compose ? replicas.find(({ service }) => !compose.valueOf(service)) : undefined;
  if (!orphan || !compose) return undefined;
  const names = { service: orphan.service, file: compose.file };
  return {
    text: textWith(
      '{file} no longer has the service {service}, so Compose leaves its container alone (an orphan)',
      '{file} 已經沒有 {service} 這個服務，所以 Compose 不會處理它的容器（孤兒容器）',
      names,
    ),
    help: textWith('docker compose down --remove-orphans', 'docker compose down --remove-orphans'),
  };
}

function otherProjectCause({ project, dir, command, isDone, elsewhere, removals }: LeftOverFacts): Cause | undefined {
  const removed = removals.findLast((one) => one.dir === dir && one.project !== project)?.project;
  const stopped = elsewhere.find((one) => one.dir === dir && one.running === 0 && one.stopped > 0)?.project;
  const other = isDone === 'removed' ? removed : stopped;
  if (other === undefined || removals.some((one) => one.project === project)) return undefined;
  const names = { other, command };
  return {
    text:
      isDone === 'removed'
        ? textWith(
            'the containers of another project of this folder, {other}, were removed instead (`-p {other}`)',
            '移除的是這個資料夾另一個專案 {other} 的容器（`-p {other}`）',
            names,
          )
        : textWith(
            'the containers of another project of this folder, {other}, were stopped instead (`-p {other}`)',
            '停止的是這個資料夾另一個專案 {other} 的容器（`-p {other}`）',
            names,
          ),
    help: textWith(
      'leave out `-p` and COMPOSE_PROJECT_NAME: {command}',
      '不要使用 `-p` 和 COMPOSE_PROJECT_NAME：{command}',
      names,
    ),
  };
}

/** Only some services were stopped or removed. */
function partCause({ replicas, services, command, isDone }: LeftOverFacts): Cause | undefined {
  const left = replicas.filter(({ state }) => isDone === 'removed' || state !== 'exited').map(({ service }) => service);
  const done = Object.values(services).filter((service) => !left.includes(service));
  if (done.length === 0 || left.length === 0) return undefined;
  const names = { done: listed(done), command };
  return {
    text:
      isDone === 'removed'
        ? textWith('only {done} was removed', '只移除了 {done}', names)
        : textWith('only {done} was stopped', '只停止了 {done}', names),
    help: textWith('name no service: {command}', '不要指定服務：{command}', names),
  };
}

/** Containers that should be stopped or removed. */
export const explainLeftOver =
  (command: string, isDone: LeftOverFacts['isDone']) =>
  async (world: World, facts: StackFacts): Promise<Cause | undefined> => {
    const { around } = world;
    const service = facts.replicas[0]?.service;
    if (!around || service === undefined) return undefined;
    const isRunning = facts.replicas.some(({ state }) => state === 'running');
    const [compose, elsewhere, removals, dir] = await Promise.all([
      readComposeSource(world),
      around.projectsWith(service),
      around.removals(),
      world.realPath(world.dir),
    ]);
    const first = command.endsWith(' rm') && isRunning ? `docker compose stop && ${command}` : command;
    return leftOverCause({ ...facts, ...(compose ? { compose } : {}), dir, command: first, isDone, elsewhere, removals });
  };

/** A network that is left because other containers are on it. */
export async function explainNetworks(world: World, facts: StackFacts): Promise<Cause | undefined> {
  const { around } = world;
  return around && guestCause(facts, await around.connectedTo(facts.networks.map(({ name }) => name)));
}

/** Why networks are left, with the containers on them. Undefined: containers of the project, which another check is about. */
export function guestCause({ project, networks }: StackFacts, connected: readonly ConnectedContainer[]): Cause | undefined {
  const guests = connected.filter((one) => one.project !== project || one.oneOff).map(({ name }) => name);
  if (guests.length === 0) {
    if (connected.length > 0) return undefined;
    return {
      text: textWith(
        'no container uses it any more: `stop` and `rm` do not remove networks',
        '已經沒有容器使用它：`stop` 和 `rm` 不會移除網路',
      ),
      help: textWith('docker compose down', 'docker compose down'),
    };
  }
  const names = { guests: listed(guests), words: guests.join(' '), networks: listed(networks.map(({ name }) => name)) };
  return causeWith(
    names,
    ['in use by {guests}, which `docker compose down` does not stop', '{guests} 還在使用，而 `docker compose down` 不會停止它'],
    [
      'stop it, then remove the network: docker stop {words}, then docker compose down',
      '先停止它，再移除網路：docker stop {words}，再執行 docker compose down',
    ],
  );
}
