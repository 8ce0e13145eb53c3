import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import { placeInLog, reportsError } from '../evidence/log-place.ts';
import { exitCodeText, short, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, placeText } from './compose-source.ts';

/** What is known about a container that has ended. */
export interface EndedFacts {
  readonly compose?: ComposeSource;
  readonly replica: Replica;
  /** Every container of the project has ended. */
  readonly all: boolean;
  /** The command that starts the service as the step needs it. */
  readonly command: string;
  /** The signals that clients of the engine sent to it since its last start: `15`, then `9`. */
  readonly signals: readonly string[];
  /** The end of its log: more lines than are shown. */
  readonly log: readonly string[];
  /** The files that its image is built from: the folder, and the names of the files there. */
  readonly built?: { readonly folder: string; readonly names: readonly string[] };
}

const killed = 137;
const terminated = 143;

/** Why a container has ended. Undefined: its log has to show it. */
export function endedCause(facts: EndedFacts): Cause | undefined {
  const { replica, signals } = facts;
  if (replica.outOfMemory) return { ...memoryCause(facts), withoutLog: true };
  const stopped = signals.length > 0 || replica.exitCode === terminated || replica.exitCode === killed;
  if (stopped) return { ...stopCause(facts), withoutLog: true };
  return crashCause(facts) ?? commandCause(facts);
}

function memoryCause({ compose, replica, command }: EndedFacts): Cause {
  const { service } = replica;
  const keys = [['mem_limit'], ['deploy', 'resources', 'limits', 'memory']].find((one) => compose?.valueOf(service, ...one));
  const limit = keys && compose?.valueOf(service, ...keys);
  const place = compose?.placeOf(service, ...(keys ?? [])) ?? 'compose.yaml';
  const names = { service, limit: String(limit?.value ?? ''), place, command };
  return {
    text: limit
      ? textWith(
          '{service} used more memory than its limit of {limit} ({place}), and was killed',
          '{service} 使用的記憶體超過上限 {limit}（{place}），因此被強制終止',
          names,
        )
      : textWith('{service} was killed because memory ran out', '記憶體不足，{service} 被強制終止', names),
    help: limit
      ? textWith('raise or remove the limit in {place}, then {command}', '請提高或移除 {place} 的上限，再執行 {command}', names)
      : textWith('free memory on this machine, then {command}', '請釋放這台機器的記憶體，再執行 {command}', names),
  };
}

function stopCause({ replica, signals, all, command }: EndedFacts): Cause {
  const names = { id: short(replica.id), code: exitCodeText(replica), command };
  const help = textWith('start it again: {command}', '重新啟動它：{command}', names);
  if (all)
    return causeWith(
      names,
      [
        'all containers of the project were stopped, as by `docker compose stop`, or by Ctrl-C after `docker compose up` without `-d`',
        '專案的所有容器都被停止，例如執行了 `docker compose stop`，或在沒有 `-d` 的 `docker compose up` 之後按了 Ctrl-C',
      ],
      ['start them in the background: {command}', '在背景啟動它們：{command}'],
    );
  if (replica.exitCode === killed && signals[0] !== '15')
    return {
      text: textWith(
        '{id} was killed from outside (exit code 137), as by `docker kill`',
        '{id} 被外部強制終止（結束碼 137），例如執行了 `docker kill`',
        names,
      ),
      help,
    };
  if (replica.exitCode === killed)
    return {
      text: textWith(
        '{id} was stopped from outside, as by `docker stop`, and killed after 10 s (exit code 137)',
        '{id} 被外部停止，例如執行了 `docker stop`，10 秒後被強制終止（結束碼 137）',
        names,
      ),
      help,
    };
  return {
    text: textWith(
      '{id} was stopped from outside (exit code {code}), as by `docker stop`',
      '{id} 被外部停止（結束碼 {code}），例如執行了 `docker stop`',
      names,
    ),
    help,
  };
}

/** An error that names a line of the project's own files. */
function crashCause({ replica, log, built, command }: EndedFacts): Cause | undefined {
  const place = built && placeInLog(log, built.names);
  if (!place) return undefined;
  const error = log.findLast(reportsError) ?? log.at(-1) ?? '';
  const names = {
    service: replica.service,
    place: placeText(`${built.folder}/${place.file}`, place.line),
    error: error.trim().slice(0, longest),
    command: `${command} --build`,
  };
  return causeWith(
    names,
    ['{place}: {error}', '{place}：{error}'],
    ['correct {place}, then {command}', '請修正 {place}，再執行 {command}'],
  );
}

const longest = 160;

/** A command that ends by itself, that cannot be executed, or that does not exist. Any other exit code is explained by the log. */
const ofCommand: ReadonlySet<number | undefined> = new Set([0, 126, 127]);

/** A command of the Compose file that is not one of a server. */
function commandCause({ compose, replica, command }: EndedFacts): Cause | undefined {
  const written = compose?.valueOf(replica.service, 'command') ?? compose?.valueOf(replica.service, 'entrypoint');
  // the engine forgets how a container ended when it starts it again
  const isAgain = replica.state === 'running';
  if (!compose || !written || !(isAgain || ofCommand.has(replica.exitCode))) return undefined;
  const names = {
    place: placeText(compose.file, written.line),
    words: (Array.isArray(written.value) ? written.value.join(' ') : String(written.value)).slice(0, longest),
    code: exitCodeText(replica),
    service: replica.service,
    command,
  };
  return causeWith(
    names,
    isAgain
      ? ['its command `{words}` ({place}) ended, and was started again', '它的指令 `{words}`（{place}）結束後又重新啟動']
      : ['its command `{words}` ({place}) ended with exit code {code}', '它的指令 `{words}`（{place}）以結束碼 {code} 結束'],
    [
      'correct or remove the command in {place}, then {command}; its output: docker compose logs {service}',
      '請修正或移除 {place} 的指令，再執行 {command}；它的輸出：docker compose logs {service}',
    ],
  );
}
