import { type ErrorCode, LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { parseRef } from './registry.ts';

/** A cause of a failed pull. `describe` gets the image, its registry, and the engine's message. */
interface Kind {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  describe(ref: string, registry: string, reason: string): Text;
  hint(registry: string): Text;
}

const bringFile = text(
  'load the images from a file (`lab images save FILE` where they are, `lab images load FILE` here)',
  '從檔案載入映像檔（在有映像檔的機器上執行 `lab images save FILE`，在這裡執行 `lab images load FILE`）',
);
const login = (registry: string) => `\`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\``;

const unreachable: Kind = {
  code: 'E_REGISTRY_UNREACHABLE',
  pattern:
    /no such host|connection refused|connection reset|timeout|deadline exceeded|network is unreachable|no route to host|server misbehaving|name resolution|proxyconnect|x509:|tls: |\bEOF\b|request canceled|HTTP status: 5\d\d/i,
  describe: (ref, registry, reason) =>
    text(`${registry} can't be reached for ${ref} (${reason})`, `無法連線到 ${registry}，因此無法下載 ${ref}（${reason}）`),
  hint: () => text('check the network and its proxy', '檢查網路和代理伺服器'),
};

/** In order: a limit is also a refusal. The patterns fit the engine's messages, as seen with Engine 26.1.5. */
const kinds: readonly Kind[] = [
  {
    code: 'E_IMAGE_RATE_LIMIT',
    pattern: /toomanyrequests|too many requests|rate limit|HTTP 429/i,
    describe: (ref, registry) =>
      text(`${registry} has reached its rate limit, so ${ref} can't be pulled`, `${registry} 已達下載次數上限，無法下載 ${ref}`),
    hint: (registry) =>
      text(
        `wait (Docker Hub counts over 6 hours), ${login(registry)} for your own limit, use a mirror`,
        `稍候再試（Docker Hub 以 6 小時計算）、用 ${login(registry)} 取得自己的額度、使用鏡像站`,
      ),
  },
  {
    code: 'E_IMAGE_MISSING',
    pattern: /manifest unknown|name unknown|manifest for .* not found|HTTP 404|no matching manifest/i,
    describe: (ref, registry) => text(`${registry} has no image ${ref}`, `${registry} 沒有映像檔 ${ref}`),
    hint: () => text('check its name and tag', '檢查名稱和標籤'),
  },
  {
    code: 'E_IMAGE_REFUSED',
    pattern: /denied|unauthorized|authentication required|no basic auth|HTTP 40[13]/i,
    describe: (ref, registry) =>
      text(
        `${registry} refuses ${ref}: it does not exist, or it requires a login`,
        `${registry} 不提供 ${ref}：它不存在，或需要登入`,
      ),
    hint: (registry) => text(`check its name, ${login(registry)}`, `檢查名稱、執行 ${login(registry)}`),
  },
  unreachable,
];

const diskFull: Pick<Kind, 'describe' | 'hint'> = {
  describe: (ref) => text(`the engine's disk is full: no space for ${ref}`, `引擎的磁碟已滿，沒有空間存放 ${ref}`),
  hint: () =>
    text('free disk space: `docker system df` shows what uses it', '清出空間：`docker system df` 可以查看空間的使用情形'),
};

/** Converts a failed pull into an error with its cause and hints. `value` is the engine's own message. */
export function pullError(ref: string, value: string, cause?: unknown): LabError {
  const { registry } = parseRef(ref);
  const reason = value
    .replace(/\s+/g, ' ')
    .replace(/^.*?(Get|Head) "[^"]*": /, '')
    .replace(/^dial tcp:? /, '')
    .trim();
  if (/no space left/i.test(reason)) {
    return new LabError('E_DISK_FULL', diskFull.describe(ref, registry, reason), diskFull.hint(registry), { cause });
  }
  const kind = kinds.find((one) => one.pattern.test(reason));
  if (!kind) {
    const message = text(`${ref} can't be pulled: ${reason}`, `無法下載 ${ref}：${reason}`);
    return new LabError('E_ENGINE_API', message, bringFile, { cause });
  }
  return pullFailed(kind, ref, reason, cause);
}

/** The same for a registry that was found not to answer. */
export const noRegistry = (ref: string, why: string): LabError => pullFailed(unreachable, ref, why);

/** Such an image would fill the disk of the engine, or take its time. */
export const tooLarge = (ref: string, bytes: number): LabError =>
  new LabError(
    'E_ENGINE_API',
    text(`${ref} has more than ${bytes / 1e6} MB to pull`, `${ref} 要下載的資料超過 ${bytes / 1e6} MB`),
    bringFile,
  );
export const tooSlow = (ref: string, ms: number): LabError =>
  new LabError(
    'E_ENGINE_API',
    text(`${ref} was not pulled within ${ms / 1000} s`, `${ref} 沒有在 ${ms / 1000} 秒內下載完成`),
    bringFile,
  );

function pullFailed(kind: Kind, ref: string, reason: string, cause?: unknown): LabError {
  const { registry } = parseRef(ref);
  const hint = kind.hint(registry);
  const ways = text(`${hint.en}, or ${bringFile.en}`, `${hint['zh-TW']}，或${bringFile['zh-TW']}`);
  return new LabError(kind.code, kind.describe(ref, registry, reason), ways, { cause });
}

/** Failures after which the image may still be built here. */
export const isRegistryFailure = (error: LabError): boolean => kinds.some((kind) => kind.code === error.code);
