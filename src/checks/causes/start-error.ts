import { relative } from 'node:path';
import type { Replica } from '../../lab/facts.ts';
import { text } from '../../lab/text.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { PortHolder } from '../../lab/world.ts';
import { textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, placeText } from './compose-source.ts';

/** What is known about a container that the engine could not start. */
export interface StartFacts {
  readonly project: string;
  /** The project's folder, with links resolved. */
  readonly dir: string;
  readonly compose?: ComposeSource;
  readonly replica: Replica;
  /** The command that starts the service as the step needs it. */
  readonly command: string;
  /** What uses the port that the engine could not bind; undefined: unknown. */
  readonly holder?: PortHolder;
  /** What is at the source of the mount that failed. */
  readonly source?: 'file' | 'absent' | 'not-a-file' | 'too-large';
}

/** The port of this machine that could not be published: `Bind for 127.0.0.1:8000 failed`, `listen tcp4 0.0.0.0:8000: bind: …`, `exposing port TCP 0.0.0.0:8000 -> …`. */
export function portInError(error: string): number | undefined {
  if (!/already allocated|already in use|not available/i.test(error)) return undefined;
  const [, port] = /(?:bind for|listen tcp[46]?|bind port|port TCP) \S*?:(\d{1,5})\b/i.exec(error) ?? [];
  return port === undefined ? undefined : Number(port);
}

/** The source on the host of the mount that failed because one side is a file and the other a folder. */
export function mountInError(error: string): string | undefined {
  if (!/not a directory|is a directory|directory onto a file/i.test(error)) return undefined;
  return /(?:mounting|rootfs_linux.go:\d+: mounting) "([^"]+)"/.exec(error)?.[1];
}

/** Why the engine could not start a container. */
export function startCause(facts: StartFacts): Cause {
  const error = facts.replica.startError ?? '';
  const port = portInError(error);
  if (port !== undefined) return portCause(facts, port);
  const source = mountInError(error);
  if (source !== undefined) return mountCause(facts, source);
  const last = error
    .split(/: (?=[a-z])/)
    .slice(-2)
    .join(': ');
  return {
    text: textWith('Docker could not start it: {last}', 'Docker 無法啟動它：{last}', { last }),
    help: textWith('correct {place}, then {command}', '請修正 {place}，再執行 {command}', {
      place: facts.compose?.placeOf(facts.replica.service) ?? 'compose.yaml',
      command: facts.command,
    }),
  };
}

function portCause({ compose, replica, project, holder, command }: StartFacts, port: number): Cause {
  const items = compose?.itemsOf(replica.service, 'ports') ?? [];
  const item = items.find(({ value }) => JSON.stringify(value).includes(String(port))) ?? items[0];
  const place =
    compose && item ? placeText(compose.file, item.line) : (compose?.placeOf(replica.service, 'ports') ?? 'compose.yaml');
  const names = { place, port, command, service: replica.service };
  if (holder && 'container' in holder && holder.project === project && holder.service === replica.service)
    return causeWith(
      names,
      [
        '{place} publishes the fixed port {port} of this machine, which only one container of {service} can have',
        '{place} 發佈了這台機器的固定連接埠 {port}，只有一個 {service} 容器能使用',
      ],
      ['remove that line of `ports:`, then {command}', '請移除 `ports:` 的那一行，再執行 {command}'],
    );
  const by = !holder
    ? text('by another program (`ss -ltnp` shows it)', '另一個程式佔用（可以用 `ss -ltnp` 查看）')
    : 'container' in holder
      ? holder.project
        ? textWith('by the container {container} of the project {project}', '專案 {project} 的容器 {container} 佔用', {
            ...holder,
          })
        : textWith('by the container {container}, which is of no project', '容器 {container} 佔用，它不屬於任何專案', {
            ...holder,
          })
      : textWith('by the process {process} (PID {pid})', '行程 {process}（PID {pid}）佔用', { ...holder });
  const stop = !holder
    ? text('stop that program', '請停止該程式')
    : 'container' in holder
      ? textWith('stop it: docker stop {container}', '請停止它：docker stop {container}', { ...holder })
      : textWith('stop it: kill {pid}', '請停止它：kill {pid}', { ...holder });
  return {
    text: textWith('port {port} of this machine ({place}) is in use {by}', '這台機器的連接埠 {port}（{place}）已被{by}', {
      ...names,
      by,
    }),
    help: textWith(
      '{stop}, or publish another port in {place}; then {command}',
      '{stop}，或在 {place} 發佈其他連接埠；再執行 {command}',
      { ...names, stop },
    ),
  };
}

function mountCause({ compose, replica, dir, source: kind, command }: StartFacts, source: string): Cause {
  const at = `${source}/`.indexOf(`${dir}/`);
  const path = at < 0 ? source : relative(dir, source.slice(at));
  const item = compose?.mountOf(replica.service, path);
  const place = compose
    ? item
      ? placeText(compose.file, item.line)
      : compose.placeOf(replica.service, 'volumes')
    : 'compose.yaml';
  const names = { path, place, command };
  if (kind === 'file')
    return causeWith(
      names,
      ['{path} ({place}) was no file when the container was created', '建立容器時，{path}（{place}）還不是檔案'],
      ['it is a file now: {command}', '現在已經是檔案：{command}'],
    );
  return causeWith(
    names,
    [
      '{path} ({place}) is a folder: no such file existed, so Docker created a folder of that name',
      '{path}（{place}）是資料夾：原本沒有這個檔案，所以 Docker 建立了同名的資料夾',
    ],
    [
      'remove the empty folder (rmdir {path}), write the file {path} or correct the path in {place}, then {command}',
      '請移除空的資料夾（rmdir {path}），放入檔案 {path}，或修正 {place} 的路徑，再執行 {command}',
    ],
  );
}

/** The command that starts a stack with this number of replicas of a service. */
export const startsAll = (service: string, count: number): string =>
  count === 1 ? 'docker compose up -d' : `docker compose up -d --scale ${service}=${count}`;
