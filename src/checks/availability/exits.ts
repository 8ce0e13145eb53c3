import { type Check, defineCheck } from '../../lab/check.ts';
import type { Replica } from '../../lab/facts.ts';
import { text } from '../../lab/text.ts';
import { errored, failed, type Judgement, passed, waiting, withFaultIn } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { type LogTail, logTailOf, restartsRepeatedly, withLogTail } from '../evidence/log-tail.ts';
import {
  exitCodeText,
  gatherStack,
  listed,
  nameOf,
  replicaCount,
  replicasOf,
  runningOf,
  type StackFacts,
  short,
  textWith,
} from '../evidence/stack-facts.ts';
import { unrecordedEnd } from './unrecorded-end.ts';

interface ExitFacts extends StackFacts {
  /** Logs of the replicas that exited or restarted. */
  readonly lastWords: LogTail;
}

async function lookAtExits(world: World): Promise<ExitFacts> {
  const stack = await gatherStack(world);
  const replicas = await Promise.all(stack.replicas.map((one) => (isUnrecorded(one) ? withReportedCode(world, one) : one)));
  const ended = replicas.filter((one) => one.restarts > 0 || one.state !== 'running');
  return { ...stack, replicas, lastWords: await logTailOf(world, ended) };
}

const isUnrecorded = ({ state, exitCode }: Replica): boolean => state === 'exited' && exitCode === undefined;

/** The replica with the exit code that the engine reported when it ended, if it still remembers one. */
async function withReportedCode(world: World, replica: Replica): Promise<Replica> {
  const exitCode = await world.around?.reportedExitCode(replica);
  return exitCode === undefined ? replica : { ...replica, exitCode };
}

/** So many replicas of a role have exited and were not started again; with `code`, each with this exit code. */
export function hasExited<R extends string>(
  role: R,
  { count, code }: { readonly count: number; readonly code?: number },
): Check<ExitFacts, R> {
  const values = { role, count: replicaCount(count), code: code ?? '' };
  return defineCheck({
    id: `${role}-has-${count}-exited${code === undefined ? '' : `-with-${code}`}`,
    roles: [role],
    claim:
      code === undefined
        ? textWith('{count} of {role} exited', '{role} 有 {count}已結束', values)
        : textWith('{count} of {role} exited with code {code}', '{role} 有 {count}以結束碼 {code} 結束', values),
    gather: lookAtExits,
    judge: (facts) => withFaultIn([role], judgeExits(facts, role, count, code)),
  });
}

function judgeExits(facts: ExitFacts, role: string, count: number, code: number | undefined): Judgement {
  const service = nameOf(facts, role);
  const all = replicasOf(facts, role);
  const exited = all.filter((one) => one.state === 'exited');
  const unknown = code === undefined ? undefined : exited.find(isUnrecorded);
  const other = code === undefined ? undefined : exited.find((one) => !isUnrecorded(one) && one.exitCode !== code);
  if (exited.length === count && unknown && !other) return errored(unrecordedEnd(unknown));
  if (exited.length === count && !other) return passed(exited.length === 0 ? text('none', '沒有') : listed(exited.map(withCode)));
  const values = { service, count: replicaCount(count), code: code ?? '' };
  const mismatch = {
    expected:
      code === undefined
        ? textWith('{count} of {service}, exited', '{service} 有 {count}已結束', values)
        : textWith('{count} of {service}, exited with code {code}', '{service} 有 {count}以結束碼 {code} 結束', values),
    actual: textWith('exited: {exited}; running: {running}', '已結束：{exited}；執行中：{running}', {
      exited: listed(exited.map(withCode)),
      running: runningOf(facts, role).length,
    }),
    help: other ? meaningOf(other, service) : countHelp(exited.length, count, service),
    ...withLogTail(exited, facts.lastWords),
  };
  return all.some((one) => ['restarting', 'removing'].includes(one.state)) || exited.length < count
    ? waiting(mismatch)
    : failed(mismatch);
}

const withCode = ({ id, exitCode = '?' }: Pick<Replica, 'id'> & { readonly exitCode?: number | string }): string =>
  `${short(id)} (${exitCode})`;

const countHelp = (exited: number, count: number, service: string) =>
  exited < count
    ? textWith(
        'see the state of each replica: docker compose ps --all {service}',
        '查看每個副本的狀態：docker compose ps --all {service}',
        { service },
      )
    : textWith('start those that should run: docker compose up -d', '啟動應該執行的副本：docker compose up -d');

/** What an exit code shows (128 and the number of the signal), and what to do. */
function meaningOf(replica: Replica, service: string) {
  const values = { service, code: exitCodeText(replica) };
  switch (replica.exitCode) {
    case 137:
      return textWith(
        'code 137: SIGKILL ended it, from `docker kill` or because it did not end within `stop_grace_period`',
        '結束碼 137：它被 SIGKILL 終止，可能是 `docker kill`，或沒有在 `stop_grace_period` 內結束',
      );
    case 143:
      return textWith(
        'code 143: SIGTERM ended it at once; to finish its requests, the app of {service} has to handle SIGTERM',
        '結束碼 143：SIGTERM 立即終止了它；{service} 的應用程式必須處理 SIGTERM，才能完成進行中的請求',
        values,
      );
    default:
      return textWith(
        'code {code}: see why it ended: docker compose logs {service}',
        '結束碼 {code}：查看結束的原因：docker compose logs {service}',
        values,
      );
  }
}

/** The engine has started a replica of a role again after it ended by itself, and every replica runs. */
export function wasRestarted<R extends string>(role: R): Check<ExitFacts, R> {
  return defineCheck({
    id: `${role}-was-restarted`,
    roles: [role],
    claim: textWith('Docker started a replica of {role} again after it had ended', '{role} 的副本結束後，Docker 重新啟動了它', {
      role,
    }),
    gather: lookAtExits,
    judge: (facts) => withFaultIn([role], judgeRestart(facts, role)),
  });
}

function judgeRestart(facts: ExitFacts, role: string): Judgement {
  const service = nameOf(facts, role);
  const all = replicasOf(facts, role);
  const restarted = all.filter((one) => one.restarts > 0);
  const down = all.filter((one) => one.state !== 'running');
  if (restarted.length > 0 && down.length === 0)
    return passed(
      textWith('started again: {list}', '已重新啟動：{list}', {
        list: listed(restarted.map((one) => `${short(one.id)} ×${one.restarts}`)),
      }),
    );
  const unrecorded = down.find(isUnrecorded);
  // with `restart: on-failure`, Docker does not start again what it takes for a success
  if (unrecorded) return errored(unrecordedEnd(unrecorded));
  const [first] = down;
  const mismatch = {
    expected: textWith('a replica of {service} that Docker started again', '{service} 有副本由 Docker 重新啟動', { service }),
    actual: first
      ? textWith('{id} is {state}, exit code {code}', '{id} 的狀態是 {state}，結束碼 {code}', {
          id: short(first.id),
          state: first.state,
          code: exitCodeText(first),
        })
      : textWith('no replica of {service} was started again', '{service} 沒有副本被重新啟動', { service }),
    help:
      first?.state === 'exited'
        ? textWith(
            'Docker starts it again only with `restart:` in compose.yaml, and not after `docker kill` or `docker stop`',
            '只有在 compose.yaml 設定了 `restart:`，Docker 才會重新啟動它；用 `docker kill` 或 `docker stop` 結束的不會重新啟動',
          )
        : textWith(
            'see the state of each replica: docker compose ps --all {service}',
            '查看每個副本的狀態：docker compose ps --all {service}',
            { service },
          ),
    ...withLogTail(down, facts.lastWords),
  };
  return first?.state === 'exited' || down.some(restartsRepeatedly) ? failed(mismatch) : waiting(mismatch);
}
