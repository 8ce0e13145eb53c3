import { dirname } from 'node:path';
import { type Check, defineCheck } from '../lab/check.ts';
import type { Replica } from '../lab/facts.ts';
import { joinTexts, type Text, text } from '../lab/text.ts';
import { failed, type Judgement, passed, type Verdict, waiting } from '../lab/verdict.ts';
import type { FileFacts, World } from '../lab/world.ts';
import { lostLogCause } from './causes/files.ts';
import { explainLeftOver, explainNetworks } from './causes/left-over.ts';
import { contains } from './evidence/contains.ts';
import { hostLog } from './evidence/host-log.ts';
import { logsRequests } from './evidence/log-line.ts';
import { gatherStack, listed, quoted, type StackFacts, stateNames, textWith } from './evidence/stack-facts.ts';

/** Every container of the project has stopped and none is removed. Containers that had to be killed are noted, with a remedy. */
export function allExited(): Check<StackFacts> {
  return defineCheck({
    id: 'all-containers-exited',
    claim: text("all of the project's containers have stopped", '專案的所有容器都已停止'),
    gather: gatherStack,
    judge: judgeAllExited,
    explain: explainLeftOver('docker compose stop', 'stopped'),
  });
}

function judgeAllExited(facts: StackFacts): Verdict {
  const { replicas } = facts;
  const up = replicas.filter((one) => one.state !== 'exited');
  if (replicas.length > 0 && up.length === 0) {
    const killed = replicas.filter((one) => one.exitCode === 137 && !one.outOfMemory && !one.init);
    return passed(
      textWith('{count} stopped: {list}', '{count} 個已停止：{list}', {
        count: replicas.length,
        list: listed(counted(replicas.map((one) => [one.service, one.exitCode]))),
      }),
      killed.length > 0 ? { note: killedNote(killed.map((one) => one.service)) } : {},
    );
  }
  return failed({
    expected: textWith('every container stopped, none removed', '每個容器都已停止，但還沒移除'),
    actual: replicas.length === 0 ? textWith('no container is left', '沒有留下任何容器') : withStates(up),
    help:
      replicas.length === 0
        ? textWith(
            'start the stack and stop it again: docker compose up -d, then docker compose stop',
            '先重新建立並啟動：docker compose up -d，再執行 docker compose stop',
          )
        : up.some((one) => one.state === 'created')
          ? textWith(
              'one that never started can not be stopped; start it, then stop all: docker compose up -d, then docker compose stop',
              '沒有啟動過的容器無法停止；先啟動它，再全部停止：docker compose up -d，接著 docker compose stop',
            )
          : textWith('docker compose stop', 'docker compose stop'),
  });
}

/** `client running, web exited`. */
const withStates = (replicas: readonly Replica[]): Text =>
  joinTexts(
    replicas.map(({ service, state }) =>
      textWith('{service} {state}', '{service} {state}', { service, state: stateNames[state] }),
    ),
    text(', ', '、'),
  );

/** `web ×3 (143)`: groups equal entries. `?`: Docker has no record of the exit code. */
function counted(ended: readonly (readonly [service: string, exitCode: number | undefined])[]): string[] {
  const counts = new Map<string, { service: string; exitCode: number | string; count: number }>();
  for (const [service, exitCode = '?'] of ended) {
    const key = `${service} ${exitCode}`;
    counts.set(key, { service, exitCode, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].map(({ service, exitCode, count }) => `${service}${count > 1 ? ` ×${count}` : ''} (${exitCode})`);
}

const killedNote = (services: readonly string[]): Text =>
  textWith(
    '{services} ignored SIGTERM and was killed after 10 s (exit code 137): as PID 1, a process without a signal handler ignores SIGTERM. With `init: true` a small init process is PID 1, and the program stops at once.',
    '{services} 忽略了 SIGTERM，10 秒後被強制終止（結束碼 137）：作為 PID 1 的行程如果沒有訊號處理常式，就會忽略 SIGTERM。使用 `init: true` 時，由輕量的 init 行程擔任 PID 1，程式會立即停止。',
    { services: listed([...new Set(services)]) },
  );

/** No container of the project exists. `by`: the command that the step teaches. */
export function containersGone(by: 'rm' | 'down' = 'rm'): Check<StackFacts> {
  return defineCheck({
    id: 'containers-are-gone',
    claim: text("the project's containers are gone", '專案的容器都移除了'),
    gather: gatherStack,
    judge: (facts) => judgeContainersGone(facts, by),
    explain: explainLeftOver(`docker compose ${by}`, 'removed'),
  });
}

function judgeContainersGone(facts: StackFacts, by: 'rm' | 'down'): Judgement {
  if (facts.replicas.length === 0) return passed(textWith('none left', '沒有留下任何容器'));
  const mismatch = {
    expected: textWith('no container of the project {project}', '專案 {project} 沒有任何容器', { project: facts.project }),
    actual: withStates(facts.replicas),
    help: byCommand(facts, by),
  };
  return facts.replicas.every((one) => one.state === 'removing') ? waiting(mismatch) : failed(mismatch);
}

function byCommand({ replicas }: StackFacts, by: 'rm' | 'down'): Text {
  if (by === 'down')
    return textWith(
      'docker compose down; for a service that compose.yaml no longer has: docker compose down --remove-orphans',
      'docker compose down；如果 compose.yaml 已經沒有那個服務：docker compose down --remove-orphans',
    );
  return replicas.some((one) => one.state === 'running')
    ? textWith(
        'stop them first: docker compose stop, then docker compose rm',
        '先停止：docker compose stop，再執行 docker compose rm',
      )
    : textWith('docker compose rm', 'docker compose rm');
}

/** The project's network still exists after `rm`; the note shows which command removes it. */
export function networkRemains(): Check<StackFacts> {
  return defineCheck({
    id: 'network-is-still-there',
    claim: text("the project's network is still there", '專案的網路還在'),
    gather: gatherStack,
    judge: (facts) =>
      facts.networks.length > 0
        ? passed(listed(facts.networks.map((one) => one.name)), {
            note: textWith(
              '`rm` removes containers only; `down` removes the network too',
              '`rm` 只移除容器；`down` 會連網路一起移除',
            ),
          })
        : failed({
            expected: textWith('the network that `up` made', '`up` 建立的網路'),
            actual: textWith('no network of this project', '這個專案沒有網路'),
            help: textWith(
              '`down` removes networks too; this step uses `stop` and `rm`',
              '`down` 會連網路一起移除；這一步要用的是 `stop` 和 `rm`',
            ),
          }),
  });
}

/** No network of the project exists. */
export function networksGone(): Check<StackFacts> {
  return defineCheck({
    id: 'networks-are-gone',
    claim: text("the project's networks are gone", '專案的網路都移除了'),
    gather: gatherStack,
    judge: judgeNetworksGone,
    explain: explainNetworks,
  });
}

function judgeNetworksGone(facts: StackFacts): Verdict {
  if (facts.networks.length === 0) return passed(textWith('none left', '沒有留下任何網路'));
  return failed({
    expected: textWith('no network of the project {project}', '專案 {project} 沒有任何網路', { project: facts.project }),
    actual: listed(facts.networks.map((one) => one.name)),
    help: textWith(
      'docker compose down; if it is in use, see which container is still connected to it: docker network inspect {names}',
      'docker compose down；如果網路仍在使用中，請查看還有哪個容器連線到它：docker network inspect {names}',
      { names: facts.networks.map((one) => one.name).join(' ') },
    ),
  });
}

/** The same check, which also needs containers before the step: where there were none, the step removed nothing. Needs a baseline. */
export const removedByStep = (check: Check<StackFacts>): Check<StackFacts> => ({
  ...check,
  needsBaseline: true,
  gather: (world) => check.gather(world),
  renews: (facts, before) => before.replicas.length === 0 && facts.replicas.length > 0,
  judge: (facts, before) =>
    before && before.replicas.length === 0
      ? failed({
          expected: text('containers of the project to remove', '專案有可以移除的容器'),
          actual: text('there were none before this step', '這一步之前沒有任何容器'),
          help: text('start the stack first: docker compose up -d', '請先啟動服務：docker compose up -d'),
        })
      : check.judge(facts, before),
});

interface HostFileFacts {
  readonly path: string;
  readonly file: FileFacts;
}

/**
 * A file that a container wrote remains on the host after the container is removed. `key` is a key of the stack's `files`.
 * `anyLog`: it is an access log, which may have another name in that folder.
 */
export function fileRemains(
  id: string,
  claim: Text,
  key: string,
  { anyLog = false }: { anyLog?: boolean } = {},
): Check<HostFileFacts> {
  return defineCheck({
    id,
    claim,
    gather: async (world: World) => {
      const path = world.spec.files?.[key] ?? key;
      if (!anyLog) return { path, file: await world.file(path, { tail: true }) };
      const found = await hostLog(world, key, { isIt: logsRequests });
      return { path: found.path, file: found.log };
    },
    judge: judgeFileRemains,
    explain: (world, { path }) => (anyLog ? lostLogCause(world, path) : Promise.resolve(undefined)),
  });
}

function judgeFileRemains({ path, file }: HostFileFacts): Verdict {
  const lines = file.kind === 'file' ? file.text.split('\n').filter((line) => line !== '').length : 0;
  const more = file.kind === 'file' && Buffer.byteLength(file.text) < file.size;
  if (lines > 0)
    return passed(
      more
        ? textWith('{path}: more than {lines} lines', '{path}：超過 {lines} 行', { path, lines })
        : textWith('{path}: {lines} lines', '{path}：{lines} 行', { path, lines }),
    );
  return failed({
    expected: textWith('lines in {path} on the host', '主機上的 {path} 有內容', { path }),
    actual: file.kind === 'file' ? textWith('it is empty', '檔案是空的') : textWith('no plain file there', '該位置沒有一般檔案'),
    help: textWith(
      '`down` leaves files of the host alone: was it deleted, or {folder} never mounted? Mount it, start the stack, send a request, and run `down` again',
      '`down` 不會更動主機上的檔案：是檔案已被刪除，還是從未掛載 {folder}？請掛載它、啟動服務、送出請求，再執行一次 `down`',
      { folder: dirname(path) },
    ),
  });
}

/** A file of the stack's folder is on the host and not empty; with `wanted`, one of its lines contains that text. `key`: of the stack's `files`, or a path. */
export function hostFile(id: string, key: string, wanted?: string): Check<HostFileFacts> {
  return defineCheck({
    id,
    claim:
      wanted === undefined
        ? textWith('{key} is on the host', '{key} 在主機上', { key })
        : textWith('{key} on the host contains {part}', '主機上的 {key} 包含{part}', { key, part: quoted(wanted) }),
    gather: async (world: World) => {
      const path = world.spec.files?.[key] ?? key;
      return { path, file: await world.file(path, { tail: true }) };
    },
    judge: (facts) => judgeHostFile(facts, wanted),
  });
}

function judgeHostFile({ path, file }: HostFileFacts, wanted: string | undefined): Judgement {
  const text = file.kind === 'file' ? file.text : '';
  const isThere = file.kind === 'file' && file.size > 0;
  if (isThere && (wanted === undefined || contains(text, wanted)))
    return passed(textWith('{path}: {size} bytes', '{path}：{size} 位元組', { path, size: file.size }));
  const [last = ''] = text.trim().split('\n').slice(-1);
  return waiting({
    expected:
      wanted === undefined
        ? textWith('{path}, with something in it', '{path} 有內容', { path })
        : textWith('{path}, with {part} in it', '{path} 包含{part}', { path, part: quoted(wanted) }),
    actual: !isThere
      ? file.kind === 'file'
        ? textWith('{path} is empty', '{path} 是空的', { path })
        : textWith('no plain file {path} in the folder of compose.yaml', 'compose.yaml 所在的資料夾裡沒有一般檔案 {path}', {
            path,
          })
      : textWith('{size} bytes without it; the last line is {last}', '{size} 位元組，但不包含它；最後一行是{last}', {
          size: file.size,
          last: quoted(last.slice(0, 80)),
        }),
    help: isThere
      ? textWith('see what is in it: cat {path}', '查看它的內容：cat {path}', { path })
      : textWith(
          'an empty file after `>` means that the command before it printed nothing: run that command without `> {path}`, and read its error',
          '使用 `>` 之後檔案是空的，表示前面的指令沒有輸出任何內容：請去掉 `> {path}` 再執行一次，並閱讀錯誤訊息',
          { path },
        ),
  });
}
