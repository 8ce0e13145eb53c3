import { posix } from 'node:path';
import { printable, withoutControls } from '../../formats/untrusted-text.ts';
import type { Replica } from '../../lab/facts.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { readInside } from '../evidence/probes.ts';
import { nameOf, type StackFacts, textWith } from '../evidence/stack-facts.ts';
import { type ComposeSource, placeText } from './compose-source.ts';

/** The proxy's configuration on the host. */
export interface ProxyConfSource {
  /** Below the project's folder. */
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
  /** Its path in the container. */
  readonly target: string;
}

/** The configuration file that a proxy's container mounts. Undefined: it mounts none of the project's folder, or the file is gone. */
export async function readProxyConf(world: World, proxy: Replica): Promise<ProxyConfSource | undefined> {
  const confDir = world.spec.proxy?.confDir;
  if (confDir === undefined) return undefined;
  const dir = await world.realPath(world.dir);
  for (const { type, source, destination } of proxy.mounts) {
    if (type !== 'bind' || !`${destination}/`.startsWith(`${confDir}/`)) continue;
    const path = posix.relative(dir, await world.realPath(source));
    const [name = ''] = path.startsWith('..') ? [] : (await world.folder(path)).filter((one) => one.endsWith('.conf'));
    const [at, target] = name === '' ? [path, destination] : [posix.join(path, name), posix.join(destination, name)];
    const file = await world.file(at);
    if (file.kind === 'file') return { path: at, text: file.text, sha256: file.sha256, target };
  }
  return undefined;
}

/** What is wrong in the proxy's configuration, as far as reading it and the log shows, with its place. `ports`: on which the app listens; empty: unknown. */
export function confFault(
  spec: StackSpec,
  known: StackFacts,
  conf: ProxyConfSource,
  { log, ports }: { readonly log: readonly string[]; readonly ports: readonly number[] },
): Placed | undefined {
  const { proxy } = spec;
  if (!proxy) return undefined;
  const names = [...Object.values(known.services), ...known.replicas.map(({ service }) => service)];
  const hosts = Object.fromEntries([
    ...known.replicas.flatMap((one) =>
      Object.values(one.networks).flatMap(({ aliases }) =>
        aliases.filter((alias) => alias !== one.name && !one.id.startsWith(alias)).map((alias) => [alias, one.service]),
      ),
    ),
    ...names.map((name) => [name, name]),
  ]);
  const facts = { proxy: nameOf(known, proxy.role), upstream: nameOf(known, proxy.upstream), ports, hosts, log };
  const fault = proxy.faultIn?.(conf.text, { ...facts, file: posix.basename(conf.target) });
  if (!fault) return undefined;
  return placed(conf, fault);
}

interface Placed {
  readonly place: string;
  readonly text: Text;
}

function placed({ path }: ProxyConfSource, fault: { readonly line: number; readonly text: Text }): Placed {
  const place = placeText(path, fault.line);
  const [en, zh] = [withoutControls(fault.text.en.replace(/\.$/, '')), withoutControls(fault.text['zh-TW'].replace(/。$/, ''))];
  return { place, text: text(`${place}: ${en}`, `${place}：${zh}`) };
}

/** What makes the proxy reach only some replicas although each answers: an upstream that is not the app's name, or a preference. */
export const preferenceFault = (spec: StackSpec, known: StackFacts, conf: ProxyConfSource): Placed | undefined => {
  const preference = spec.proxy?.preferenceIn?.(conf.text);
  return preference ? placed(conf, preference) : confFault(spec, known, conf, { log: [], ports: [] });
};

/** What makes the proxy change, keep, replace or refuse answers, or not log them. */
export const rewriteFault = (spec: StackSpec, conf: ProxyConfSource): Placed | undefined => {
  const rewrite = spec.proxy?.rewriteIn?.(conf.text);
  return rewrite && placed(conf, rewrite);
};

/** The proxy listens on another port than the one that is published. */
export function listenCause(
  spec: StackSpec,
  known: StackFacts,
  conf: ProxyConfSource,
  compose: ComposeSource | undefined,
): Cause | undefined {
  const { proxy } = spec;
  const listens = proxy?.readConf?.(conf.text).listens ?? [];
  const front = proxy && known.replicas.find((one) => one.service === nameOf(known, proxy.role));
  const open = [...new Set(front?.published.map(({ containerPort }) => containerPort) ?? [])];
  const [listen] = listens;
  if (!front || listen === undefined || open.length === 0 || listens.some((port) => open.includes(port))) return undefined;
  const at = conf.text.split('\n').findIndex((line) => /^\s*listen\b/.test(line) && line.includes(String(listen)));
  const item = compose?.itemsOf(front.service, 'ports')[0];
  const names = {
    front: front.service,
    listen,
    conf: placeText(conf.path, at + 1),
    open: open[0] ?? '',
    place: compose && item ? placeText(compose.file, item.line) : 'compose.yaml',
  };
  return {
    text: textWith(
      '{front} listens on port {listen} ({conf}), but {place} publishes port {open} of it',
      '{front} 在連接埠 {listen} 上監聽（{conf}），但 {place} 發佈的是它的連接埠 {open}',
      names,
    ),
    help: listens.some((port) => port === spec.published?.containerPort)
      ? textWith(
          'publish port {listen} in {place} ("…:{listen}"), then docker compose up -d',
          '請在 {place} 發佈連接埠 {listen}（"…:{listen}"），再執行 docker compose up -d',
          names,
        )
      : textWith(
          'write `listen {open};` in {conf}, then docker compose restart {front}',
          '請在 {conf} 寫 `listen {open};`，再執行 docker compose restart {front}',
          names,
        ),
  };
}

/** Prints the digest of a file, its time of change, and the time and processes of the machine's clock. */
const ageScript = (target: string): string =>
  `command -v sha256sum >/dev/null || exit 127; sha256sum <'${target}'; stat -c 'changed %Y' '${target}'; grep btime /proc/stat; cat /proc/[0-9]*/stat 2>/dev/null; true`;

/** What `ageScript` starts itself. */
const ownPrograms = new Set(['sh', 'cat', 'grep', 'stat', 'sha256sum', 'tini', 'docker-init']);
/** Ticks a second in /proc/…/stat (sysconf(_SC_CLK_TCK), 100 on Linux for all architectures that Docker runs on). */
const ticks = 100;

/** The digest of a file, and whether it changed after the newest process started, from the output of `ageScript`. */
export function readAge(output: string): { readonly sha256: string; readonly isNewer: boolean } {
  const lines = output.split('\n');
  const numberAfter = (word: string) => Number(lines.find((line) => line.startsWith(`${word} `))?.split(' ')[1]);
  const boot = numberAfter('btime');
  const starts = lines.flatMap((line) => {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/.exec(line) ?? [];
    // starttime is field 22; `rest` begins with field 3
    return rest === '' || ownPrograms.has(name) ? [] : [boot + Number(rest.split(' ')[19]) / ticks];
  });
  return {
    sha256: lines[0]?.split(' ')[0] ?? '',
    isNewer: starts.length > 0 && numberAfter('changed') > Math.max(...starts) + 1,
  };
}

/** The proxy uses another configuration than the file on the host: the file was replaced, or changed after the proxy read it. */
export async function staleConfCause(world: World, proxy: Replica, conf: ProxyConfSource): Promise<Cause | undefined> {
  const { stdout } = await readInside(world, proxy, ageScript(conf.target));
  const { sha256, isNewer } = readAge(stdout);
  const names = { path: conf.path, front: proxy.service };
  const help = textWith(
    'make {front} read the file again: docker compose restart {front}',
    '讓 {front} 重新讀取檔案：docker compose restart {front}',
    names,
  );
  if (sha256 !== '' && sha256 !== conf.sha256)
    return {
      text: textWith(
        '{front} still has an earlier {path}: an editor replaced the file after {front} was started, and the mount keeps the old one',
        '{front} 使用的仍是先前的 {path}：{front} 啟動之後，編輯器用新檔案取代了它，而掛載的還是舊檔案',
        names,
      ),
      help,
    };
  if (!isNewer) return undefined;
  return {
    text: textWith('{path} was changed after {front} read it', '{front} 讀取 {path} 之後，檔案又有變更', names),
    help,
  };
}

/** Prints the command line of each process on a line of its own. */
const commandLines = `for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <"$one"; echo; done 2>/dev/null; true`;

/** The proxy was started with another configuration than the file on the host. */
export async function otherConfCause(world: World, proxy: Replica, conf: ProxyConfSource): Promise<Cause | undefined> {
  const { otherConfIn, role } = world.spec.proxy ?? {};
  if (!otherConfIn || role === undefined) return undefined;
  const { stdout } = await readInside(world, proxy, commandLines);
  const other = stdout
    .split('\n')
    .map((line) => otherConfIn(line.trim()))
    .find((path) => path !== undefined);
  if (other === undefined) return undefined;
  const names = { front: proxy.service, path: conf.path, other: printable(other) };
  return {
    text: textWith(
      '{front} was started with the configuration `{other}` of its own, so it does not use {path}',
      '{front} 啟動時使用的設定是 `{other}`，沒有使用 {path}',
      names,
    ),
    help: textWith(
      'start {front} as its official image does: look at `command:` and `entrypoint:` in compose.yaml, and at CMD, ENTRYPOINT and scripts of its Dockerfile',
      '請以官方映像檔的方式啟動 {front}：檢查 compose.yaml 的 `command:` 與 `entrypoint:`，以及 Dockerfile 的 CMD、ENTRYPOINT 與指令稿',
      names,
    ),
    faultIn: [role],
  };
}
