import { familyOf } from '../../docker/images/families.ts';
import { shown } from '../../formats/untrusted-text.ts';
import type { ProxySpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { BuildMode, SeenRequests } from '../build-network/build-network.ts';
import type { NormalService, ReplacedImage } from '../policy/sanitized-stack.ts';
import type { FailedStep } from './build-log.ts';
import { type Lack, lackOf, type UsedImage } from './lack.ts';
import { explainMissed, missedBy } from './missed.ts';

/** A submission's container that does not run as it should, as the engine reports it. */
export interface Troubled {
  readonly service: string;
  /** Its image, or the image that it is built on. */
  readonly image?: UsedImage;
  /** The engine's error and the last lines of its log, if it ended or could not start. */
  readonly output: readonly string[];
  /** The last output of its health check, if that fails. */
  readonly health?: string;
}

/** A build that failed. */
export interface FailedBuild {
  readonly step: FailedStep;
  /** The step's position in the submission: `web/Dockerfile:3`. */
  readonly place: string;
  readonly image?: UsedImage;
  /** What builds reach, and what the proxy saw of this service's builds. */
  readonly network: SeenRequests & { readonly mode: BuildMode };
  readonly unsupportedIn: ProxySpec['unsupportedIn'];
}

/** Why a failed build proves nothing about the submission; undefined: its output shows no such reason. */
export function explainBuild({ step, place, image, network, unsupportedIn }: FailedBuild): Text | undefined {
  if (!/^RUN\b/i.test(step.instruction)) return undefined;
  const lack = lackOf(image, step.output, unsupportedIn);
  const command = shown(step.instruction.replace(/\s+/g, ' '));
  if (lack && image) return inPlaceOf(text(`${place}: \`${command}\` failed`, `${place}：\`${command}\` 失敗`), image, lack);
  const missed = missedBy(network, step.output);
  if (missed) return explainMissed(place, command, missed);
  if (step.cut && network.used) return tooSlow(place, command);
  return step.output.some((line) => unreached.test(line)) ? needsNetwork(place, command, network.mode) : undefined;
}

/** A build that downloaded when its time was over. */
const tooSlow = (place: string, command: string): Text =>
  text(
    `${place}: \`${command}\` downloaded packages and did not end in time. Increase \`buildSeconds\` in the rubric, then grade again.`,
    `${place}：\`${command}\` 下載了套件，但沒有在時限內結束。請提高評分標準的 \`buildSeconds\`，再重新評分。`,
  );

/** Why a build step that tried to reach the network failed. */
export function needsNetwork(place: string, instruction: string, mode: BuildMode): Text {
  const command = shown(instruction.replace(/\s+/g, ' '));
  const [en, zhTW] = networkRemedies[mode];
  return text(`${place}: \`${command}\` needs the network${en}`, `${place}：\`${command}\` 需要網路，${zhTW}`);
}

const networkRemedies: Readonly<Record<BuildMode, readonly [en: string, zhTW: string]>> = {
  none: [
    ', and builds have none here. Grade again with `--build-network packages`, or `open`.',
    '但這裡的建置沒有網路。請加上 `--build-network packages`（或 `open`）重新評分。',
  ],
  packages: [
    ' and does not use the proxy for package indexes (HTTP_PROXY). Grade again with `--build-network open`.',
    '但沒有使用套件庫的代理伺服器（HTTP_PROXY）。請加上 `--build-network open` 重新評分。',
  ],
  open: [
    ' and did not reach it. Check the network of this machine, then grade again.',
    '但無法連線。請檢查這台機器的網路，再重新評分。',
  ],
};

/** Why containers that do not run prove nothing about the submission; undefined: there is no such reason. */
export function explainContainers(troubled: readonly Troubled[], unsupportedIn: ProxySpec['unsupportedIn']): Text | undefined {
  for (const { service, image, output, health } of troubled) {
    const sick = health === undefined ? undefined : lackOf(image, health.split('\n'), unsupportedIn);
    if (sick && image) return inPlaceOf(text(`the health check of ${service} failed`, `${service} 的健康檢查失敗`), image, sick);
    const lack = lackOf(image, output, unsupportedIn);
    if (lack && image) return inPlaceOf(text(`${service} did not start`, `${service} 沒有啟動`), image, lack);
    if (output.some((line) => fetches.test(line)))
      return text(
        `${service} downloads packages when it starts, and containers have no network here. Grade this submission by hand.`,
        `${service} 在啟動時下載套件，但這裡的容器沒有網路。請人工評這份作業。`,
      );
  }
  return undefined;
}

/**
 * Why a stack cannot work here, whatever its containers print: it depends on what the real image does at startup. Undefined: it
 * does not.
 */
export function explainFeature(service: string, image: UsedImage, { mounts, build }: NormalService): Text | undefined {
  const ignored = image.standIn?.ignores?.find(
    (folder) =>
      mounts.some(({ target }) => target === folder || target.startsWith(`${folder}/`)) || build?.dockerfileText.includes(folder),
  );
  if (ignored === undefined) return undefined;
  const lack = text(`does not fill in \`${ignored}\``, `不會處理 \`${ignored}\``);
  return inPlaceOf(text(`${service} has no configuration`, `${service} 沒有設定檔`), image, lack);
}

/**
 * Why a failure proves nothing where another program with the same protocol runs in place of the one that is named. Undefined: none
 * does.
 */
export function explainOtherProgram(images: readonly ReplacedImage[]): Text | undefined {
  const other = images.find(({ named, unavailable }) => unavailable && familyOf(named)?.differs);
  return (
    other &&
    inPlaceOf(
      text('a check failed', '有一項檢查沒有通過'),
      other,
      text('is another program with the same protocol', '是使用相同協定的另一個程式'),
    )
  );
}

function inPlaceOf(what: Text, { named, used, unavailable }: UsedImage, lack: Lack): Text {
  if (unavailable)
    return text(
      `${what.en}: "${used}" is used in place of "${named}", and ${lack.en}. No registry answers: load "${named}" with \`lab images load FILE\`, then grade again.`,
      `${what['zh-TW']}：這裡以「${used}」代替「${named}」，而它${lack['zh-TW']}。沒有 registry 回應：請用 \`lab images load FILE\` 載入「${named}」，再重新評分。`,
    );
  if (named === used)
    return text(
      `${what.en}: "${used}" is a stand-in built from Debian's packages, and ${lack.en}. Load the real image with \`lab images load FILE\`, then grade again.`,
      `${what['zh-TW']}：「${used}」是用 Debian 套件建置的替代映像檔，${lack['zh-TW']}。請用 \`lab images load FILE\` 載入真正的映像檔，再重新評分。`,
    );
  return text(
    `${what.en}: "${used}" is used in place of "${named}", and ${lack.en}. Load "${named}" with \`lab images load FILE\`, name it in the rubric's \`images\`, then grade again.`,
    `${what['zh-TW']}：這裡以「${used}」代替「${named}」，而它${lack['zh-TW']}。請用 \`lab images load FILE\` 載入「${named}」，寫進評分標準的 \`images\`，再重新評分。`,
  );
}

/**
 * Messages of resolvers, pip, apt, apk, npm, curl, wget, git and Go for a network that is absent or does not reach the target.
 */
const unreached = new RegExp(
  [
    "name resolution|could not resolve|couldn't resolve|NameResolutionError|unable to resolve host|Temporary failure resolving|no such host",
    'Name or service not known|getaddrinfo|EAI_AGAIN|ENOTFOUND|temporary error \\(try again later\\)|DNS: transient error',
    'Network (?:is )?unreachable|No route to host|Failed to establish a new connection|Could not connect to|Connection timed out|ETIMEDOUT',
  ].join('|'),
  'i',
);

/**
 * Messages of a program that installs packages when the container starts. Unresolved names of the submission's own services do
 * not match.
 */
const fetches =
  /No matching distribution found|Failed to fetch https?:|Temporary failure resolving '|Unable to locate package|https?:\/\/(?:dl-cdn\.alpinelinux|registry\.npmjs|pypi)\.org/i;
