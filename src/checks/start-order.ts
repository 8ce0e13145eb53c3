import { type Check, defineCheck } from '../lab/check.ts';
import { type Text, text, verbatim } from '../lab/text.ts';
import { failed, passed, skipped, type Verdict, withFaultIn } from '../lab/verdict.ts';
import { readComposeSource } from './causes/compose-source.ts';
import { startOrderCause } from './causes/start-order.ts';
import { gatherStack, nameOf, replicasOf, runningOf, type StackFacts, textWith } from './evidence/stack-facts.ts';
import { gatherTimes } from './evidence/times.ts';

/** The start times of a role's running replicas, oldest first. */
export const starts = (facts: StackFacts, role: string) =>
  runningOf(facts, role)
    .map((one) => one.startedAt)
    .sort(byTime);
/** The engine's times have nanoseconds, more than Date holds; with the same zone they sort as text if padded to equal length. */
const padded = (time: string) => time.replace(/(?:\.(\d+))?Z$/, (_, fraction = '') => `.${String(fraction).padEnd(9, '0')}Z`);
export const byTime = (a: string, b: string) => (padded(a) < padded(b) ? -1 : 1);
const clock = (time: string) => padded(time).slice(11, 23);

const notRunning = (facts: StackFacts, roles: readonly string[]): Verdict | undefined => {
  const absent = roles.find((role) => runningOf(facts, role).length === 0);
  if (absent === undefined) return undefined;
  const service = nameOf(facts, absent);
  return failed({
    expected: textWith('{service} running', '{service} 執行中', { service }),
    actual: textWith('no running container of {service}', '沒有執行中的 {service} 容器', { service }),
    help: replicasOf(facts, absent).some((one) => one.exitCode !== 0)
      ? textWith(
          'see why it does not run: docker compose logs {service}',
          '查看它沒有執行的原因：docker compose logs {service}',
          {
            service,
          },
        )
      : textWith('start the stack: docker compose up -d', '啟動服務：docker compose up -d'),
  });
};

/** The first replica of `first` started before any of `then`. */
export function startedBefore<R extends string>(first: R, then: R): Check<StackFacts, R> {
  return defineCheck({
    id: `${first}-started-before-${then}`,
    roles: [first, then],
    claim: textWith('{first} was started before {next}', '{first} 比 {next} 先啟動', { first, next: then }),
    gather: gatherTimes,
    judge: (facts) => judgeStartedBefore(facts, first, then),
    explain: async (world, facts) => startOrderCause(facts, { first, next: then }, await readComposeSource(world)),
  });
}

function judgeStartedBefore(facts: StackFacts, first: string, then: string): Verdict {
  const missing = notRunning(facts, [first, then]);
  if (missing) return missing;
  const [a = '', b = ''] = [starts(facts, first)[0], starts(facts, then)[0]];
  const names = { first: nameOf(facts, first), next: nameOf(facts, then), a: clock(a), b: clock(b) };
  if (byTime(a, b) < 0)
    return passed(textWith('{first} at {a}, {next} at {b}', '{first} 於 {a} 啟動，{next} 於 {b} 啟動', names));
  return failed({
    expected: textWith('{first} started before {next}', '{first} 比 {next} 先啟動', names),
    actual: textWith('{next} at {b}, {first} at {a}', '{next} 於 {b} 啟動，{first} 於 {a} 啟動', names),
    help: textWith(
      'give {next} a line `depends_on: [{first}]`; where it has one: docker compose restart {next}',
      '在 {next} 加上 `depends_on: [{first}]`；如果已經有這一行：docker compose restart {next}',
      names,
    ),
  });
}

/** Help to restore a proxy that does not know the new replicas. */
export const onceMore = (front: string, service: string, count: number): Text =>
  textWith(
    'in this step {front} is left alone. Once more: docker compose up -d --scale {service}=1, docker compose restart {front}, docker compose up -d --scale {service}={count}',
    '這一步不要更動 {front}。請重新執行：docker compose up -d --scale {service}=1、docker compose restart {front}、docker compose up -d --scale {service}={count}',
    { front, service, count },
  );

/**
 * `role` has not restarted since `newer` was scaled up: it started before that role's newest replica. Uses the engine's times
 * only.
 */
export function startedBeforeYoungest<R extends string>(role: R, newer: R): Check<StackFacts, R> {
  return defineCheck({
    id: `${role}-was-not-restarted`,
    roles: [role, newer],
    claim: textWith(
      '{role} has been running since before the new {newer} replicas',
      '{role} 在新的 {newer} 副本出現之前就已在執行',
      {
        role,
        newer,
      },
    ),
    gather: gatherTimes,
    judge: (facts) => judgeBeforeYoungest(facts, role, newer),
  });
}

function judgeBeforeYoungest(facts: StackFacts, role: string, newer: string): Verdict {
  const missing = notRunning(facts, [role, newer]);
  if (missing) return missing;
  const [mine = '', youngest = ''] = [starts(facts, role).at(-1), starts(facts, newer).at(-1)];
  const names = {
    role: nameOf(facts, role),
    newer: nameOf(facts, newer),
    mine: clock(mine),
    youngest: clock(youngest),
  };
  if (byTime(mine, youngest) < 0)
    return passed(
      textWith(
        '{role} since {mine}, the youngest {newer} since {youngest}',
        '{role} 從 {mine} 開始執行，最新的 {newer} 從 {youngest} 開始',
        names,
      ),
    );
  return failed({
    expected: textWith('{role} started before the youngest {newer}', '{role} 比最新的 {newer} 更早啟動', names),
    actual: textWith(
      '{role} started at {mine}, the youngest {newer} at {youngest}',
      '{role} 於 {mine} 啟動，最新的 {newer} 於 {youngest} 啟動',
      names,
    ),
    help: onceMore(names.role, names.newer, runningOf(facts, newer).length),
  });
}

/** Compose started `role` when `other` was healthy: it waits for that each time. */
export function waitsForHealthy<R extends string>(role: R, other: R): Check<StackFacts, R> {
  return defineCheck({
    id: `${role}-waits-for-${other}`,
    roles: [role, other],
    claim: textWith('{role} is started only when {other} is healthy', '{other} 健康（healthy）之後才會啟動 {role}', {
      role,
      other,
    }),
    gather: gatherStack,
    judge: (facts) => withFaultIn([role], judgeWaits(facts, role, other)),
  });
}

const healthy = 'service_healthy';

function judgeWaits(facts: StackFacts, role: string, other: string): Verdict {
  const missing = notRunning(facts, [role]);
  if (missing) return missing;
  const names = { role: nameOf(facts, role), other: nameOf(facts, other) };
  const waits = runningOf(facts, role).map((one) => one.waitsFor);
  if (waits.includes(undefined))
    return skipped(text('Compose 1 does not record what a container waited for', 'Compose 1 不會記錄容器等待了哪些服務'));
  const wrong = waits.map((one) => one?.[names.other]).find((condition) => condition !== healthy);
  if (waits.every((one) => one?.[names.other] === healthy)) return passed(verbatim(healthy));
  return failed({
    expected: textWith('{role} waits until {other} is healthy', '{role} 會等到 {other} 健康（healthy）', names),
    actual:
      wrong === undefined
        ? textWith('{role} was started without waiting for {other}', '{role} 啟動時沒有等待 {other}', names)
        : textWith('{role} waited for {other} with `condition: {wrong}`', '{role} 等待 {other} 的條件是 `condition: {wrong}`', {
            ...names,
            wrong,
          }),
    help: textWith(
      'below `depends_on:` of {role}, give {other} the line `condition: service_healthy`; a container that exists already has to be made again: docker compose up -d --force-recreate {role}',
      '在 {role} 的 `depends_on:` 裡，為 {other} 加上 `condition: service_healthy`；已經存在的容器必須重新建立：docker compose up -d --force-recreate {role}',
      names,
    ),
  });
}
