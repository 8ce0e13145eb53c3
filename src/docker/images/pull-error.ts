import { type ErrorCode, LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { parseRef } from './registry.ts';

/** What a failed pull turns out to be. `say` gets the image, its registry, and the engine's own words. */
interface Kind {
  readonly code: ErrorCode;
  readonly words: RegExp;
  say(ref: string, registry: string, words: string): Text;
  hint(registry: string): Text;
}

const bringFile = text(
  'bring the images in a file (`lab images save FILE` where they are, `lab images load FILE` here)',
  '用檔案把映像檔帶過來（在有映像檔的地方執行 `lab images save FILE`，在這裡執行 `lab images load FILE`）',
);
const login = (registry: string) => `\`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\``;

const unreachable: Kind = {
  code: 'E_REGISTRY_UNREACHABLE',
  words:
    /no such host|connection refused|connection reset|timeout|deadline exceeded|network is unreachable|no route to host|server misbehaving|name resolution|proxyconnect|x509:|tls: |\bEOF\b|request canceled|HTTP status: 5\d\d/i,
  say: (ref, registry, words) =>
    text(`${registry} can't be reached for ${ref} (${words})`, `連不到 ${registry}，無法下載 ${ref}（${words}）`),
  hint: () => text('check the network and its proxy', '檢查網路和代理伺服器'),
};

/** In order: a limit is also a refusal. The words are the engine's, seen with Engine 26.1.5. */
const kinds: readonly Kind[] = [
  {
    code: 'E_IMAGE_RATE_LIMIT',
    words: /toomanyrequests|too many requests|rate limit|HTTP 429/i,
    say: (ref, registry) =>
      text(
        `${registry} gives out no more images for now (its rate limit), so ${ref} can't be pulled`,
        `${registry} 暫時不再提供映像檔（已達下載次數上限），無法下載 ${ref}`,
      ),
    hint: (registry) =>
      text(
        `wait (Docker Hub counts over 6 hours), ${login(registry)} for a limit of your own, use a mirror`,
        `稍候再試（Docker Hub 以 6 小時計算）、用 ${login(registry)} 取得自己的額度、使用鏡像站`,
      ),
  },
  {
    code: 'E_IMAGE_MISSING',
    words: /manifest unknown|name unknown|manifest for .* not found|HTTP 404|no matching manifest/i,
    say: (ref, registry) => text(`${registry} has no image ${ref}`, `${registry} 沒有映像檔 ${ref}`),
    hint: () => text('check its name and tag', '檢查名稱和標籤'),
  },
  {
    code: 'E_IMAGE_REFUSED',
    words: /denied|unauthorized|authentication required|no basic auth|HTTP 40[13]/i,
    say: (ref, registry) =>
      text(
        `${registry} does not give ${ref} to us: it is not there, or it takes a login`,
        `${registry} 不提供 ${ref}：它不存在，或需要登入`,
      ),
    hint: (registry) => text(`check its name, ${login(registry)}`, `檢查名稱、執行 ${login(registry)}`),
  },
  unreachable,
];

const diskFull: Pick<Kind, 'say' | 'hint'> = {
  say: (ref) => text(`the engine's disk is full, ${ref} does not fit`, `引擎的磁碟滿了，放不下 ${ref}`),
  hint: () => text('make room: `docker system df` shows what takes it', '清出空間：`docker system df` 可以看出被什麼佔用'),
};

/** A failed pull, told in plain words with the ways out. `said` is the engine's own message. */
export function pullError(ref: string, value: string, cause?: unknown): LabError {
  const { registry } = parseRef(ref);
  const words = value
    .replace(/\s+/g, ' ')
    .replace(/^.*?(Get|Head) "[^"]*": /, '')
    .replace(/^dial tcp:? /, '')
    .trim();
  if (/no space left/i.test(words)) {
    return new LabError('E_DISK_FULL', diskFull.say(ref, registry, words), diskFull.hint(registry), { cause });
  }
  const kind = kinds.find((one) => one.words.test(words));
  if (!kind) {
    const message = text(`${ref} can't be pulled: ${words}`, `無法下載 ${ref}：${words}`);
    return new LabError('E_ENGINE_API', message, bringFile, { cause });
  }
  return pullFailed(kind, ref, words, cause);
}

/** The same for a registry that was found not to answer. */
export const noRegistry = (ref: string, why: string): LabError => pullFailed(unreachable, ref, why);

function pullFailed(kind: Kind, ref: string, words: string, cause?: unknown): LabError {
  const { registry } = parseRef(ref);
  const hint = kind.hint(registry);
  const ways = text(`${hint.en}, or ${bringFile.en}`, `${hint['zh-TW']}，或${bringFile['zh-TW']}`);
  return new LabError(kind.code, kind.say(ref, registry, words), ways, { cause });
}

/** Failures after which an image may still be had in another way: built here. */
export const isRegistrysNo = (error: LabError): boolean => kinds.some((kind) => kind.code === error.code);
