import { posix } from 'node:path';
import { isProgram, isRequestLine, placeInLog } from '../../checks/evidence/log-place.ts';
import { lastLines } from '../../checks/evidence/log-tail.ts';
import { quoting, shown, withoutControls } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { LogExcerpt } from '../../lab/verdict.ts';
import type { NormalBuild, NormalService } from '../policy/sanitized-stack.ts';
import type { Cause, SourcePlace } from '../types.ts';
import type { Evidence, FailedBuild, ServiceEvidence } from './evidence.ts';
import type { Part } from './part.ts';
import { mainConf, type Project } from './replace.ts';

/** A submission's own files, as handed in. */
export interface HandedIn {
  readonly composeFile: string;
  readonly composeText: string;
  /** The names of the files in the folder that each built service is built from, by service. */
  readonly built: Readonly<Record<string, readonly string[]>>;
}

interface Finding {
  readonly what: Text;
  readonly replacement: Text;
  readonly place?: SourcePlace;
  readonly service?: string;
  /** What is wrong, in one sentence; left out: it is not known. */
  readonly why?: Text;
  readonly said?: LogExcerpt;
}

/** Names the cause: `part` was replaced, and the stack works. `all`: everything else in it passes. */
export function explainCause(
  part: Part,
  { project, handedIn, evidence, points, all }: Explaining & { readonly points: number; readonly all: boolean },
): Cause {
  const found = findingOf(part, { project, handedIn, evidence });
  const { what, replacement, why, place, service, said } = found;
  const works = all ? text('everything else works', '其餘的檢查都通過') : text('the stack works', '整組服務就能運作');
  const line = place?.line === undefined ? undefined : text(`Line ${place.line}`, `第 ${place.line} 行`);
  const reason = why && (line ? text(`${line.en}: ${why.en}`, `${line['zh-TW']}：${why['zh-TW']}`) : why);
  return {
    part,
    ...(service === undefined ? {} : { service }),
    ...(place ? { place } : {}),
    text: text(
      `${what.en} ${part === 'networks' ? 'are' : 'is'} the cause: with ${replacement.en} ${works.en}.${reason ? ` ${reason.en}` : ''}`,
      `原因在 ${what['zh-TW']}：換成${replacement['zh-TW']}後，${works['zh-TW']}。${reason?.['zh-TW'] ?? ''}`,
    ),
    points,
    ...(said ? { said } : {}),
  };
}

interface Explaining {
  readonly project: Project;
  readonly handedIn: HandedIn;
  readonly evidence: Evidence;
}

function findingOf(part: Part, explaining: Explaining): Finding {
  if (part === 'conf') return ofConf(explaining);
  if (part === 'networks') return ofNetworks(explaining);
  return ofService(part, explaining);
}

function ofConf({ project, handedIn, evidence }: Explaining): Finding {
  const { spec, names, confs, stack } = project;
  const { role = '', upstream = '' } = spec.proxy ?? {};
  const [proxy, app] = [names[role] ?? role, names[upstream] ?? upstream];
  const seen = evidence.services[role];
  const replacement = text('the reference configuration', '參考解答的設定檔');
  const said = saidBy(proxy, seen);
  const main = mainConf(confs, spec);
  if (!main) {
    const what = text(`the configuration of ${shown(proxy)}`, `${shown(proxy)} 的設定檔`);
    return {
      ...composeFinding(what, replacement, proxy, handedIn),
      why: text('None was handed in.', '沒有繳交設定檔。'),
      ...said,
    };
  }
  const what = text(shown(main.path), shown(main.path));
  if (main.text === undefined)
    return { what, replacement, place: { file: main.path }, service: proxy, why: notHandedIn(main.path), ...said };
  const facts = {
    proxy: shown(proxy),
    upstream: shown(app),
    ports: evidence.services[upstream]?.ports?.open ?? [],
    hosts: Object.fromEntries(
      Object.entries(stack.services).flatMap(([name, { networks }]) =>
        [name, ...Object.values(networks).flatMap(({ aliases }) => aliases)].map((host) => [host, shown(name)]),
      ),
    ),
    file: posix.basename(main.target),
    log: seen?.log ?? [],
  };
  const fault = spec.proxy?.faultIn?.(main.text, facts);
  const why = fault ? cleaned(fault.text) : lastOf(seen);
  return {
    what,
    replacement,
    place: { file: main.path, ...(fault ? { line: fault.line } : {}) },
    service: proxy,
    ...(why ? { why } : {}),
    ...said,
  };
}

function ofNetworks({ project, handedIn }: Explaining): Finding {
  const { stack, names, spec } = project;
  const shareNone = (one: string, other: string) => {
    const [a, b] = [stack.services[one]?.networks, stack.services[other]?.networks];
    return a && b && !Object.keys(a).some((key) => b[key]);
  };
  const app = names[spec.proxy?.upstream ?? ''];
  const apart = Object.values(names).find((name) => app !== undefined && name !== app && shareNone(app, name));
  const what = text(`the networks in ${handedIn.composeFile}`, `${handedIn.composeFile} 的網路`);
  const why =
    app !== undefined && apart !== undefined
      ? text(`${shown(app)} and ${shown(apart)} share no network.`, `${shown(app)} 和 ${shown(apart)} 沒有共用的網路。`)
      : undefined;
  const line = lineOfService(handedIn.composeText, app ?? '');
  return {
    what,
    replacement: text('the networks of the reference', '參考解答的網路'),
    place: { file: handedIn.composeFile, ...(why && line ? { line } : {}) },
    ...(why ? { why } : {}),
  };
}

function ofService(role: string, { project, handedIn, evidence }: Explaining): Finding {
  const { stack, names, spec } = project;
  const name = names[role] ?? role;
  const service = stack.services[name];
  const seen = evidence.services[role];
  const said = saidBy(name, seen);
  const replacement = text(`the reference's ${shown(name)}`, `參考解答的 ${shown(name)} `);
  const inFile = composeFinding(
    text(`the service ${shown(name)} in ${handedIn.composeFile}`, `${handedIn.composeFile} 的服務 ${shown(name)}`),
    replacement,
    name,
    handedIn,
  );
  if (!service) return { ...inFile, why: text(`There is no service ${shown(name)}.`, `沒有服務 ${shown(name)}。`) };
  if (seen?.state === 'unhealthy' && service.healthcheck?.test)
    return { ...inFile, ...ofHealth(service, name, handedIn), ...said };
  const why = whyOf(seen, role === spec.proxy?.upstream ? evidence.status : undefined, name);
  if (!service.build) {
    const image = quoting(service.named ?? service.image ?? '', 'Only the image {} was handed in.', '只繳交了映像檔 {}。');
    // a service that the reference builds has files of its own
    const isMeantBuilt = spec.services[role]?.build !== undefined;
    const both = isMeantBuilt ? (why ? text(`${image.en} ${why.en}`, `${image['zh-TW']}${why['zh-TW']}`) : image) : why;
    return { ...inFile, ...(both ? { why: both } : {}), ...said };
  }
  const { failedBuild } = evidence;
  if (failedBuild?.service === name) return { replacement, service: name, ...ofBuild(failedBuild) };
  const setting = why && settingIn(why, service.environment, name);
  if (setting) {
    const line = 1 + handedIn.composeText.split('\n').findIndex((one) => one.includes(setting[0]) && one.includes(setting[1]));
    const set = shown(setting.join('='));
    return {
      ...inFile,
      place: { file: handedIn.composeFile, ...(line > 0 ? { line } : {}) },
      why: text(`${set} is set there. ${why.en}`, `這裡設定了 ${set}。${why['zh-TW']}`),
      ...said,
    };
  }
  const at = placeInLog(seen?.log ?? [], handedIn.built[name] ?? []);
  const files = at ? [posix.join(service.build.context, at.file)] : filesOf(service.build, handedIn.built[name] ?? []);
  const all = files.map(shown).join(', ');
  return {
    what: at ? text(all, all) : text(`${shown(name)} (${all})`, `${shown(name)}（${all}）`),
    replacement,
    service: name,
    place: { file: files[0] ?? service.build.origin.file, ...(at ? { line: at.line } : {}) },
    ...(why ? { why } : {}),
    ...said,
  };
}

/** The Dockerfile of a service, and the programs beside it. */
const filesOf = (build: NormalBuild, beside: readonly string[]): string[] =>
  [build.origin.file, ...beside.filter(isProgram).map((file) => posix.join(build.context, file))].slice(0, mostFiles);
const mostFiles = 4;

/** A health check in the Compose file that fails although the service runs. */
function ofHealth({ healthcheck }: NormalService, name: string, { composeFile, composeText }: HandedIn): Partial<Finding> {
  const from = (lineOfService(composeText, name) ?? 1) - 1;
  const at = composeText.split('\n').findIndex((line, index) => index > from && /^\s+healthcheck:/.test(line));
  const command = (healthcheck?.test ?? []).filter((word, index) => index > 0 || !/^CMD(?:-SHELL)?$/.test(word)).join(' ');
  const own = shown(name);
  const fails = quoting(command, `The health check of ${own} fails: {}.`, `${own} 的健康檢查失敗：{}。`);
  return {
    place: { file: composeFile, ...(at < 0 ? {} : { line: at + 1 }) },
    why: fails,
  };
}

function ofBuild({ file, line, instruction, output }: FailedBuild): Pick<Finding, 'what' | 'place' | 'why' | 'said'> {
  // the builder's own error comes last
  const last = lastLines(output.slice(0, -1).join('\n')).at(-1) ?? output.at(-1);
  const failing = quoting(instruction, 'the step {} fails', '步驟 {} 失敗');
  return {
    what: text(shown(file), shown(file)),
    place: { file, ...(line === undefined ? {} : { line }) },
    why:
      last === undefined
        ? text(`${failing.en}.`, `${failing['zh-TW']}。`)
        : text(`${failing.en}: ${shown(last)}`, `${failing['zh-TW']}：${shown(last)}`),
  };
}

/** Why a service does not do its part, from its state, its sockets and its log; `status`: of the answer of the app through the proxy. */
function whyOf(seen: ServiceEvidence | undefined, status: number | undefined, name: string): Text | undefined {
  const { state, exitCode, outOfMemory, ports } = seen ?? {};
  const own = shown(name);
  if (outOfMemory) return text(`${own} used more memory than the limit.`, `${own} 使用的記憶體超過上限。`);
  const last = lastOf(seen);
  if (state === 'ended' && exitCode !== undefined) {
    const [en, zh] = [`${own} ends with exit code ${exitCode}`, `${own} 以結束碼 ${exitCode} 結束`];
    return last ? text(`${en}: ${last.en}`, `${zh}：${last['zh-TW']}`) : text(`${en}.`, `${zh}。`);
  }
  if (state === 'unhealthy') return text(`The health check of ${own} fails.`, `${own} 的健康檢查失敗。`);
  if (state === 'running' && ports?.open.length === 0)
    return ports.loopback.length > 0
      ? text(
          `${own} listens on 127.0.0.1:${ports.loopback[0]} only, where no other container can connect; it must listen on 0.0.0.0.`,
          `${own} 只在 127.0.0.1:${ports.loopback[0]} 上監聽，其他容器無法連線；必須在 0.0.0.0 上監聽。`,
        )
      : text(`${own} runs, but listens on no port.`, `${own} 在執行，但沒有在任何連接埠上監聽。`);
  if (state === 'running' && (status === 0 || status === 504))
    return last ?? text(`${own} accepts requests, but does not answer in time.`, `${own} 收到請求，但沒有及時回應。`);
  return last;
}

/** The last line of a log that reports an error; of a service that ended, its last line, unless that only says what was requested. */
const lastOf = (seen: ServiceEvidence | undefined): Text | undefined => {
  const all = lastLines((seen?.log ?? []).join('\n'));
  const last = seen?.state === 'ended' && !isRequestLine(all.at(-1) ?? '') ? all.at(-1) : undefined;
  const line = last ?? all.findLast((one) => reportsError.test(one) && !isRequestLine(one));
  return line === undefined ? undefined : text(shown(withoutControls(line)), shown(withoutControls(line)));
};

const reportsError = /error|exception|refused|denied|\[crit\]|\[emerg\]/i;

function saidBy(service: string, seen: ServiceEvidence | undefined): { said?: LogExcerpt } {
  const lines = lastLines((seen?.log ?? []).join('\n'));
  return lines.length === 0 ? {} : { said: { service, lines } };
}

/** The environment variable whose value an error repeats: `REDIS_HOST=localhost` for "connecting to localhost:6379". */
function settingIn(
  { en }: Text,
  environment: Readonly<Record<string, string>>,
  service: string,
): readonly [name: string, value: string] | undefined {
  for (const [name, value] of Object.entries(environment))
    if (value.length > 2 && value !== service && wholeWord(value).test(en)) return [name, value];
  return undefined;
}

const wholeWord = (word: string): RegExp => new RegExp(`(?<![\\w.-])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`);

function composeFinding(what: Text, replacement: Text, service: string, { composeFile, composeText }: HandedIn): Finding {
  const line = lineOfService(composeText, service);
  return { what, replacement, service, place: { file: composeFile, ...(line === undefined ? {} : { line }) } };
}

/** The line of a service's key in a Compose file; undefined: it is written in another form. */
export function lineOfService(compose: string, service: string): number | undefined {
  const at = compose.split('\n').findIndex((line) => {
    const trimmed = line.trim();
    return /^\s/.test(line) && [`${service}:`, `"${service}":`, `'${service}':`].some((key) => trimmed.startsWith(key));
  });
  return at < 0 ? undefined : at + 1;
}

const notHandedIn = (path: string): Text => quoting(path, '{} was not handed in.', '沒有繳交 {}。');

const cleaned = ({ en, 'zh-TW': zh }: Text): Text => text(withoutControls(en), withoutControls(zh));
