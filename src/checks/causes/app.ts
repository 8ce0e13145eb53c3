import { posix } from 'node:path';
import type { Replica } from '../../lab/facts.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { isProgram, placeInLog, reportsError } from '../evidence/log-place.ts';
import type { ListeningPorts } from '../evidence/sockets.ts';
import { type StackFacts, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, placeText } from './compose-source.ts';

/** A line of the project's files that decides how a service starts. */
interface SettingLine {
  readonly place: string;
  readonly text: string;
  /** Lines of the Dockerfile and of programs take effect only after a build. */
  readonly kind: 'command' | 'environment' | 'dockerfile' | 'program';
}

/** The lines that can define where an app listens: its entry in the Compose file, its Dockerfile, its programs; in the order of precedence. */
export async function settingLines(world: World, compose: ComposeSource, service: string): Promise<SettingLine[]> {
  const lines: SettingLine[] = ['command', 'entrypoint', 'environment'].flatMap((key) => {
    const whole = compose.valueOf(service, key);
    const items = compose.itemsOf(service, key);
    const all = items.length > 0 ? items : whole ? [whole] : [];
    return all.map(({ line, value }) => ({
      place: placeText(compose.file, line),
      text: Array.isArray(value) ? value.join(': ') : String(value),
      kind: key === 'environment' ? 'environment' : 'command',
    }));
  });
  const build = compose.buildOf(service);
  if (!build) return lines;
  const names = (await world.folder(build.context)).filter((name) => name !== build.dockerfile && isProgram(name));
  for (const name of [build.dockerfile, ...names]) {
    const path = posix.join(build.context, name);
    const file = await world.file(path);
    if (file.kind !== 'file') continue;
    for (const [at, line] of file.text.split('\n').entries())
      lines.push({
        place: placeText(path, at + 1),
        text: line.trim(),
        kind: name === build.dockerfile ? 'dockerfile' : 'program',
      });
  }
  return lines;
}

/** The line that makes an app listen on a port, or on 127.0.0.1 alone: one that names it, or else its command. */
function lineFor(lines: readonly SettingLine[], names: RegExp): SettingLine | undefined {
  const decides = ({ kind, text: written }: SettingLine) =>
    kind === 'dockerfile' ? /^(?:CMD|ENTRYPOINT|ENV|ARG)\b/i.test(written) : kind !== 'program' || listens.test(written);
  const named = lines.filter((line) => names.test(line.text) && decides(line));
  return (
    named.find(({ kind }) => kind === 'command' || kind === 'environment') ??
    lines.find(({ kind }) => kind === 'command') ??
    named[0] ??
    lines.findLast(({ kind, text: written }) => kind === 'dockerfile' && /^(?:CMD|ENTRYPOINT)\b/i.test(written))
  );
}

/** A call that starts a server: `app.run(host=…)`, `server.listen(…)`. */
const listens = /\.run\(|listen\(|bind|serve/i;

export interface ListeningFacts {
  readonly service: string;
  /** The port on which it should listen. */
  readonly port: number;
  readonly ports: ListeningPorts;
  readonly lines: readonly SettingLine[];
  readonly command: string;
}

/** The app listens where no other container can connect, or on another port. Undefined: it listens as it should, or not at all. */
export function listeningCause({ service, port, ports, lines, command }: ListeningFacts): Cause | undefined {
  if (ports.open.includes(port)) return undefined;
  const [other] = ports.open;
  const isLoopback = ports.loopback.includes(port) || (other === undefined && ports.loopback.length > 0);
  if (!isLoopback && other === undefined) return undefined;
  const found = lineFor(lines, isLoopback ? /\b127\.0\.0\.1\b|\blocalhost\b/ : new RegExp(`(?<![\\w.])${other}(?![\\w.])`));
  const place: Text = found ? text(` (${found.place})`, `（${found.place}）`) : text('', '');
  const again = found?.kind === 'dockerfile' || found?.kind === 'program' ? `${command} --build` : command;
  const names = { service, port, at: ports.loopback[0] ?? port, other: other ?? '', place, again };
  if (isLoopback)
    return {
      text: textWith(
        '{service} listens on 127.0.0.1:{at} only{place}, where no other container can connect',
        '{service} 只在 127.0.0.1:{at} 上監聽{place}，其他容器無法連線',
        names,
      ),
      help: found
        ? textWith('make it listen on 0.0.0.0 in {where}, then {again}', '請在 {where} 讓它在 0.0.0.0 上監聽，再執行 {again}', {
            ...names,
            where: found.place,
          })
        : textWith('make it listen on 0.0.0.0, then {again}', '請讓它在 0.0.0.0 上監聽，再執行 {again}', names),
    };
  return {
    text: textWith(
      '{service} listens on port {other}{place}, not on {port}',
      '{service} 在連接埠 {other} 上監聽{place}，不是 {port}',
      names,
    ),
    help: found
      ? textWith(
          'make it listen on port {port} in {where}, then {again}',
          '請在 {where} 讓它在連接埠 {port} 上監聽，再執行 {again}',
          {
            ...names,
            where: found.place,
          },
        )
      : textWith('make it listen on port {port}, then {again}', '請讓它在連接埠 {port} 上監聽，再執行 {again}', names),
  };
}

export interface ErrorFacts extends StackFacts {
  readonly compose?: ComposeSource;
  readonly replica: Replica;
  readonly log: readonly string[];
  /** The files that its image is built from. */
  readonly built?: { readonly folder: string; readonly names: readonly string[] };
  readonly command: string;
}

/** The app answers with an error, and its log shows which. Undefined: it does not. */
export function appErrorCause(facts: ErrorFacts): Cause | undefined {
  const { compose, replica, log, built, command } = facts;
  const error = log.findLast(reportsError)?.trim();
  if (error === undefined) return undefined;
  const settings = compose?.itemsOf(replica.service, 'environment') ?? [];
  const setting = settings.find(({ value }) => namesValueOf(error, value, replica.service));
  const short = error.slice(0, longest);
  if (compose && setting) {
    const written = Array.isArray(setting.value) ? setting.value.join(': ') : String(setting.value);
    const host = settingValue(setting.value);
    const down = facts.replicas.some((one) => one.service === host && one.state !== 'running');
    const isService = Object.values(facts.services).includes(host);
    const names = { written, place: placeText(compose.file, setting.line), error: short, host, command };
    if (isService)
      return down || !facts.replicas.some((one) => one.service === host)
        ? {
            text: textWith('{host} does not run: {error}', '{host} 沒有在執行：{error}', names),
            help: textWith('start {host}: docker compose up -d', '啟動 {host}：docker compose up -d', names),
          }
        : undefined;
    return causeWith(
      names,
      ['`{written}` ({place}) leads to: {error}', '`{written}`（{place}）造成：{error}'],
      ['correct {place}, then {command}', '請修正 {place}，再執行 {command}'],
    );
  }
  const at = built && placeInLog(log, built.names);
  if (!at) return undefined;
  const names = { place: placeText(posix.join(built.folder, at.file), at.line), error: short, command };
  return causeWith(
    names,
    ['{place}: {error}', '{place}：{error}'],
    ['correct {place}, then {command} --build', '請修正 {place}，再執行 {command} --build'],
  );
}

const longest = 160;

/** `A: b` of a mapping, or `A=b` of a list. */
const settingValue = (value: unknown): string =>
  Array.isArray(value) ? String(value[1] ?? '') : String(value).slice(String(value).indexOf('=') + 1);

/** Whether an error repeats the value of a variable as a word. */
function namesValueOf(error: string, written: unknown, service: string): boolean {
  const value = settingValue(written);
  if (value.length < 3 || value === service) return false;
  return new RegExp(`(?<![\\w.-])${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`).test(error);
}
