import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { joinTexts, type Text, text } from '../lab/text.ts';
import { failed, type Judgement, type Mismatch, passed, type Verdict, waiting } from '../lab/verdict.ts';
import type { World } from '../lab/world.ts';
import { explainReplicas } from './causes/containers.ts';
import { hasFixedName } from './causes/scaling.ts';
import { type LogTail, logTailOf, restartsRepeatedly, withLogTail } from './evidence/log-tail.ts';
import {
  addressesOf,
  exitCodeText,
  gatherStack,
  listed,
  nameOf,
  replicaCount,
  replicasOf,
  runningOf,
  type StackFacts,
  short,
  stateNames,
  textWith,
} from './evidence/stack-facts.ts';

const moving = new Set(['created', 'restarting', 'removing']);

interface ReplicaFacts extends StackFacts {
  /** Logs of the replicas that exited or restarted; omitted if there are none. */
  readonly lastWords?: LogTail;
  /** The engine's time of this look; omitted unless a replica that Docker started again runs. */
  readonly now?: string;
}

/** The gather function of all checks on the number of running replicas; reads logs only if a replica exited. */
async function lookAtReplicas(world: World): Promise<ReplicaFacts> {
  const stack = await gatherStack(world);
  const ailing = stack.replicas.filter((one) => one.restarts > 0 || ['exited', 'restarting', 'dead'].includes(one.state));
  if (ailing.length === 0) return stack;
  // the engine takes long to report its time
  const needsTime = ailing.some((one) => one.state === 'running' && one.restarts > 0);
  const [lastWords, now] = await Promise.all([logTailOf(world, ailing), needsTime ? world.time() : undefined]);
  return { ...stack, lastWords, ...(now === undefined ? {} : { now }) };
}

/** `web has 3 running replicas`, and no container of it is in another state. */
export function hasReplicas<R extends string>(role: R, count: number): Check<ReplicaFacts, R> {
  return defineCheck({
    id: `${role}-has-${count}-replica${count === 1 ? '' : 's'}`,
    roles: [role],
    claim:
      count === 0
        ? textWith('{role} has no container', '{role} 沒有容器', { role })
        : textWith('{role} has {count}, running', '{role} 有 {count}在執行', { role, count: replicaCount(count) }),
    gather: lookAtReplicas,
    judge: (facts) => judgeReplicas(facts, role, count),
    // the causes are those of a container that does not run
    ...(count === 0 ? {} : { explain: explainReplicas(role, count) }),
  });
}

/** A start that lasts this long counts as successful, as in Docker itself (moby, restartmanager). */
const goodStartMs = 10_000;
/** Docker restarted the replica too recently to say that it stays running. */
const justRestarted = (replica: Replica, now: string | undefined): boolean =>
  replica.state === 'running' &&
  replica.restarts > 0 &&
  now !== undefined &&
  Math.abs(Date.parse(now) - Date.parse(replica.startedAt)) < goodStartMs;

function judgeReplicas(facts: ReplicaFacts, role: string, count: number): Judgement {
  const service = nameOf(facts, role);
  const all = replicasOf(facts, role);
  const running = runningOf(facts, role);
  const others = all.filter((replica) => replica.state !== 'running' || justRestarted(replica, facts.now));
  if (running.length === count && others.length === 0) {
    if (count === 0) return passed(text('none', '沒有'));
    return passed(
      textWith('{count} running: {names}', '{count} 個執行中：{names}', {
        count,
        names: listed(running.map(({ name }) => name)),
      }),
    );
  }
  const mismatch = {
    expected:
      count === 0
        ? textWith('no container of {service}', '{service} 沒有容器', { service })
        : textWith('{count} of {service}, running', '{service} 有 {count}在執行', { count: replicaCount(count), service }),
    actual:
      all.length === 0
        ? textWith('no container of {service} in the project {project}', '專案 {project} 裡沒有 {service} 的容器', {
            service,
            project: facts.project,
          })
        : states(running.length, others),
    help:
      count > 1 && running.length === 1 && others.length === 0 && running.every((one) => hasFixedName(facts.project, one))
        ? textWith(
            'Compose does not scale a service with a fixed name: remove `container_name: {name}` of {service} from compose.yaml, then docker compose up -d --scale {service}={count}',
            'Compose 無法擴展有固定名稱的服務：請移除 compose.yaml 裡 {service} 的 `container_name: {name}`，再執行 docker compose up -d --scale {service}={count}',
            { service, count, name: running[0]?.name ?? '' },
          )
        : help(service, count, running.length, others),
    ...withLogTail(others, facts.lastWords ?? {}),
  };
  if (others.some(restartsRepeatedly)) return failed(mismatch);
  return others.some((replica) => moving.has(replica.state) || replica.state === 'running')
    ? waiting(mismatch, { evident: others.some(({ restarts, state }) => restarts > 0 || state === 'restarting') })
    : failed(mismatch);
}

const states = (running: number, others: readonly Replica[]): Text =>
  joinTexts([textWith('{running} running', '{running} 個執行中', { running }), ...others.map(stateOf)], text('', ''));

function stateOf(replica: Replica): Text {
  const { id, state, restarts } = replica;
  const values = { id: short(id), state: stateNames[state], code: exitCodeText(replica), restarts };
  switch (state) {
    case 'exited':
      return textWith(', {id} exited with code {code}', '，{id} 已結束（結束碼 {code}）', values);
    case 'restarting':
      return textWith(
        ', {id} exited with code {code} and Docker starts it again (restarts so far: {restarts})',
        '，{id} 已結束（結束碼 {code}），Docker 會再次啟動它（已重新啟動 {restarts} 次）',
        values,
      );
    case 'running':
      return textWith(
        ', {id} has only just been started again (restarts so far: {restarts})',
        '，{id} 才剛重新啟動（已重新啟動 {restarts} 次）',
        values,
      );
    default:
      return textWith(', {id} is {state}', '，{id} 的狀態是 {state}', values);
  }
}

const help = (service: string, count: number, running: number, others: readonly Replica[]): Text => {
  if (others.some((one) => one.state === 'paused')) {
    return textWith(
      'a replica is paused: docker compose unpause {service}',
      '有副本處於暫停狀態：docker compose unpause {service}',
      {
        service,
      },
    );
  }
  if (count === 0)
    return textWith('remove it: docker compose rm -sf {service}', '移除它：docker compose rm -sf {service}', { service });
  const scale = count === 1 ? '' : ` --scale ${service}=${count}`;
  if (others.length > 0 && others.every((one) => one.state === 'created')) {
    return textWith(
      'created, but not started: start it and read what Compose reports: docker compose up -d{scale}',
      '已建立但尚未啟動；請啟動它，並查看 Compose 的輸出：docker compose up -d{scale}',
      { scale },
    );
  }
  const leftOver = running === count && others.every((one) => ['created', 'exited', 'dead'].includes(one.state));
  if (others.length > 0 && !leftOver) {
    return textWith(
      'see why it does not run: docker compose logs {service}',
      '查看它沒有執行的原因：docker compose logs {service}',
      {
        service,
      },
    );
  }
  return running === 0
    ? textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d')
    : textWith(
        'set the exact number: docker compose up -d --scale {service}={count}',
        '指定正確的數量：docker compose up -d --scale {service}={count}',
        { service, count },
      );
};

/** Every replica has an address of its own on each of its networks. */
export function hasOwnAddresses<R extends string>(role: R, count: number): Check<StackFacts, R> {
  return defineCheck({
    id: `${role}-has-${count}-addresses`,
    roles: [role],
    claim: textWith('the {count} replicas of {role} have {count} addresses', '{role} 的 {count} 個副本有 {count} 個不同的位址', {
      role,
      count,
    }),
    gather: gatherStack,
    judge: (facts) => {
      const service = nameOf(facts, role);
      const first = runningOf(facts, role).map((one) => addressesOf(one)[0] ?? '');
      const different = new Set(first.filter((address) => address !== ''));
      if (different.size === count && first.length === count) return passed(listed(first));
      return failed({
        expected: textWith('{count} different addresses', '{count} 個不同的位址', { count }),
        actual: textWith('{size}: {list}', '{size} 個：{list}', { size: different.size, list: listed([...different]) }),
        help: textWith(
          'a replica is on no network; reconnect it: docker compose up -d --no-deps --force-recreate --scale {service}={count} {service}',
          '有副本不在任何網路上；請重新加入：docker compose up -d --no-deps --force-recreate --scale {service}={count} {service}',
          { service, count },
        ),
      });
    },
  });
}

/** The containers of a service are the same as before the step's work: same IDs, same start times. Needs a baseline. */
export function isUntouched<R extends string>(role: R): Check<StackFacts, R> {
  return defineCheck({
    id: `${role}-is-untouched`,
    roles: [role],
    claim: textWith('the containers of {role} are the same as before, none restarted', '{role} 還是原來的容器，都沒有重新啟動', {
      role,
    }),
    needsBaseline: true,
    gather: (world) => gatherStack(world),
    judge: (facts, before) => judgeUntouched(facts, before, role),
    renews: (facts, before) => runningOf(before, role).length === 0 && isSettled(facts, role),
  });
}

const identity = (replica: Replica) => `${replica.id} ${replica.startedAt}`;

function judgeUntouched(facts: StackFacts, before: StackFacts | undefined, role: string): Verdict {
  const service = nameOf(facts, role);
  const was = before ? runningOf(before, role) : [];
  const is = runningOf(facts, role);
  const ids = (of: readonly Replica[]) => listed(of.map((one) => short(one.id)));
  const now = is.map(identity);
  if (was.length > 0 && was.length === is.length && was.every((one) => now.includes(identity(one)))) {
    return passed(textWith('still {ids}', '仍是 {ids}', { ids: ids(is) }));
  }
  const restarted = was.length > 0 && was.length === is.length && was.every((one) => is.some((two) => two.id === one.id));
  return failed({
    expected: textWith('{service}: {ids}, running on', '{service}：{ids}，持續執行', { service, ids: ids(was) }),
    actual: restarted
      ? textWith('the same container, started again', '同一個容器，但曾重新啟動')
      : was.length === 0 || is.length === 0 || is.some((one) => was.some(({ id }) => id === one.id))
        ? textWith('{ids}', '{ids}', { ids: ids(is) })
        : allAreNew(facts, before)
          ? textWith('{ids}: all containers of the project are new', '{ids}：專案的所有容器都是新的', { ids: ids(is) })
          : textWith('{ids}: only {service} is new', '{ids}：只有 {service} 是新的', { ids: ids(is), service }),
    ...lastingOf(service, was, replicasOf(facts, role)),
    help: restarted
      ? restartHelp(facts, before, service)
      : allAreNew(facts, before)
        ? textWith(
            'leave {service} alone: no `--force-recreate`, and no `down` before `up`',
            '不要更動 {service}：不要加 `--force-recreate`，也不要先 `down` 再 `up`',
            { service },
          )
        : textWith(
            'leave {service} alone: `up` recreates a container when its part of compose.yaml has changed',
            '不要更動 {service}：如果它在 compose.yaml 中的設定有變更，`up` 會重新建立容器',
            { service },
          ),
  });
}

/** What was started again: everything, or these services alone. */
function restartHelp({ replicas }: StackFacts, before: StackFacts | undefined, service: string): Text {
  const isAgain = (one: Replica) => replicas.some(({ id, startedAt }) => id === one.id && startedAt !== one.startedAt);
  const ran = (before?.replicas ?? []).filter(({ state }) => state === 'running');
  const others = [...new Set(ran.filter((one) => !isAgain(one)).map((one) => one.service))].filter((one) => one !== service);
  return others.length === 0
    ? textWith(
        'change only what the step names, and leave {service} alone: everything was started again, as after `docker compose restart` without a name',
        '只變更這一步指定的部分，不要更動 {service}：全部都重新啟動了，例如執行了沒有指定服務的 `docker compose restart`',
        { service },
      )
    : textWith(
        'change only what the step names, and leave {service} alone: it was started again while {others} kept running, as after `docker compose restart {service}`',
        '只變更這一步指定的部分，不要更動 {service}：它重新啟動了，而 {others} 沒有，例如執行了 `docker compose restart {service}`',
        { service, others: listed(others) },
      );
}

/** No container of the project is from before the step's work. */
const allAreNew = (facts: StackFacts, before: StackFacts | undefined): boolean =>
  before !== undefined &&
  before.replicas.length > 1 &&
  !facts.replicas.some(({ id }) => before.replicas.some((one) => one.id === id));

/** How containers differ from those before in a way that cannot be undone: their start times do not come back. More containers can be removed again. */
function lastingOf(service: string, was: readonly Replica[], is: readonly Replica[]): Pick<Mismatch, 'lasting'> {
  const of = (one: Replica) => is.find(({ id }) => id === one.id);
  const again = was.map(of).find((one) => one?.state === 'running' && !was.some((two) => identity(two) === identity(one)));
  if (again) return { lasting: { service, how: 'restarted', at: again.startedAt } };
  const ended = was.map(of).find((one) => one !== undefined && ['exited', 'dead'].includes(one.state));
  if (ended) return { lasting: { service, how: 'stopped', ...(ended.finishedAt === undefined ? {} : { at: ended.finishedAt }) } };
  if (was.every((one) => of(one))) return {};
  const made = is.find(({ id }) => !was.some((one) => one.id === id));
  return { lasting: { service, ...(made ? { how: 'replaced', at: made.createdAt } : { how: 'stopped' }) } };
}

/**
 * Of the replicas that ran before the step's work, exactly `left` are still running and the others are removed. Needs a baseline.
 */
export function othersAreGone<R extends string>(role: R, left: number): Check<StackFacts, R> {
  return defineCheck({
    id: `${role}-others-are-gone`,
    roles: [role],
    claim: textWith(
      '{left} of the earlier replicas of {role} is left, the others were removed',
      '原來的 {role} 副本留下 {left} 個，其他的都移除了',
      { role, left },
    ),
    needsBaseline: true,
    gather: (world) => gatherStack(world),
    judge: (facts, before) => judgeOthersGone(facts, before, role, left),
    renews: (facts, before) => {
      const was = replicasOf(before, role);
      const is = replicasOf(facts, role);
      const isOver = was.length <= left || !was.some((one) => is.some((two) => two.id === one.id));
      return isOver && is.length > left && isSettled(facts, role);
    },
  });
}

/** Replicas of the role run, and no container of it is in another state. */
const isSettled = (facts: StackFacts, role: string): boolean => {
  const all = replicasOf(facts, role);
  return all.length > 0 && all.every(({ state }) => state === 'running');
};

function judgeOthersGone(facts: StackFacts, before: StackFacts | undefined, role: string, left: number): Judgement {
  const was = before ? replicasOf(before, role) : [];
  const is = replicasOf(facts, role);
  const kept = is.filter((one) => was.some((two) => two.id === one.id));
  const gone = was.length - kept.length;
  if (was.length > left && kept.length === left && is.length === left) {
    return passed(
      textWith('{gone} gone, {kept} kept', '移除 {gone} 個，留下 {kept}', {
        gone,
        kept: listed(kept.map((one) => short(one.id))),
      }),
    );
  }
  const mismatch = {
    expected: textWith('{left} of {was} replicas left', '{was} 個副本中留下 {left} 個', { left, was: was.length }),
    actual: textWith('{kept} of them left, {all} in all{new}', '留下其中 {kept} 個，共 {all} 個{new}', {
      kept: kept.length,
      all: is.length,
      new:
        is.length !== left || kept.length >= left
          ? ''
          : allAreNew(facts, before)
            ? text(': every container of the project is new', '：專案的所有容器都是新的')
            : textWith(': the {service} that is left is new', '：留下的 {service} 是新的容器', { service: nameOf(facts, role) }),
    }),
    help:
      was.length <= left
        ? textWith(
            'this step begins with more than {left}: scale out first (docker compose up -d --scale {service}={more}), then scale in',
            '這一步開始時副本要多於 {left} 個：請先擴展（docker compose up -d --scale {service}={more}），再縮減',
            { left, more: left + 2, service: nameOf(facts, role) },
          )
        : is.length === left && kept.length < left
          ? textWith(
              'scale out to {was} again, then scale in without {wrong}: docker compose up -d --scale {service}={left}',
              '先恢復成 {was} 個，再縮減，不要使用 {wrong}：docker compose up -d --scale {service}={left}',
              {
                was: was.length,
                service: nameOf(facts, role),
                left,
                wrong: allAreNew(facts, before) ? '`down`' : '`--force-recreate`',
              },
            )
          : textWith('docker compose up -d --scale {service}={left}', 'docker compose up -d --scale {service}={left}', {
              service: nameOf(facts, role),
              left,
            }),
  };
  if (is.some((one) => moving.has(one.state))) return waiting(mismatch);
  const early = textWith('the others were gone before this step began', '其他的在這一步開始之前就不在了');
  return failed(was.length <= left ? { ...mismatch, cause: early } : mismatch);
}
