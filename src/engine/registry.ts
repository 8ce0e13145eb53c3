import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';

/** An image reference in its parts, as Docker reads it: `redis:8.0` → docker.io, library/redis, 8.0. */
export interface ImageRef {
  /** `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly repository: string;
  /** A tag, or `sha256:…`. */
  readonly tag: string;
}

/** A first part with a dot or a colon, or `localhost`, is a registry (distribution/reference, splitDockerDomain). */
export function parseRef(ref: string): ImageRef {
  const [name = '', digest] = ref.split('@');
  const slash = name.indexOf('/');
  const first = slash > 0 ? name.slice(0, slash) : '';
  const named = /[.:]/.test(first) || first === 'localhost';
  const rest = named ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(':');
  const path = colon > 0 ? rest.slice(0, colon) : rest;
  const registry = named && first !== 'index.docker.io' ? first : 'docker.io';
  return {
    registry,
    repository: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path,
    tag: digest ?? (colon > 0 ? rest.slice(colon + 1) : 'latest'),
  };
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/** Where a registry's API is. On loopback Docker speaks plain HTTP, as it does nowhere else by default. */
export function registryUrl(registry: string): string {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return `${loopback.test(registry) ? 'http' : 'https'}://${host}/v2/`;
}

/** Does anything answer there: any status does, 401 is what a registry says to a stranger. Resolves to why not. */
export async function askRegistry(registry: string, withinMs: number, signal?: AbortSignal): Promise<string | undefined> {
  const limit = AbortSignal.timeout(withinMs);
  try {
    const answer = await fetch(registryUrl(registry), {
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
      redirect: 'manual',
    });
    await answer.body?.cancel();
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) return `no answer in ${withinMs / 1000} s`;
    const cause = (error as Error).cause;
    return cause instanceof Error && cause.message ? cause.message : String(error);
  }
}

const unreachable =
  /no such host|connection refused|i\/o timeout|timeout exceeded|deadline exceeded|TLS handshake timeout|network is unreachable|no route to host|server misbehaving|name resolution|connection reset|proxyconnect|x509:|tls: |\bEOF\b|request canceled/i;

const waysOut = text(
  'bring the images in a file (`lab images save FILE` where there is a network, `lab images load FILE` here)',
  '用檔案帶映像檔過來（在有網路的地方執行 `lab images save FILE`，在這裡執行 `lab images load FILE`）',
);
const or = (first: Text): Text => text(`${first.en}, or ${waysOut.en}`, `${first['zh-TW']}，或${waysOut['zh-TW']}`);

/** What a failed pull means, from the engine's own words. */
export function pullError(ref: string, said: string, cause?: unknown): LabError {
  const { registry } = parseRef(ref);
  const words = said.replace(/\s+/g, ' ').trim();
  const lab = (code: LabError['code'], message: Text, hint: Text) => new LabError(code, message, hint, { cause });
  if (/toomanyrequests|too many requests|rate limit|\b429\b/i.test(words)) {
    return lab(
      'E_IMAGE_RATE_LIMIT',
      text(
        `${registry} gives no more images for now: ${ref} was refused by its rate limit`,
        `${registry} 暫時不再提供映像檔：${ref} 被流量限制擋下`,
      ),
      or(
        text(
          'wait (Docker Hub counts over 6 hours), `docker login`, or set up a mirror',
          '請稍候（Docker Hub 以 6 小時計算）、`docker login`，或設定鏡像站',
        ),
      ),
    );
  }
  if (/manifest unknown|manifest for .* not found|name unknown|NAME_UNKNOWN|MANIFEST_UNKNOWN|not found/i.test(words)) {
    return lab(
      'E_IMAGE_MISSING',
      text(`${registry} has no image ${ref}`, `${registry} 沒有映像檔 ${ref}`),
      or(text('check its name and tag', '請檢查名稱和標籤')),
    );
  }
  if (/denied|unauthorized|authentication required|forbidden|no basic auth|\b40[13]\b/i.test(words)) {
    return lab(
      'E_IMAGE_REFUSED',
      text(
        `${registry} does not give ${ref} to us: it is not there, or needs a login`,
        `${registry} 不給我們 ${ref}：它不存在，或需要登入`,
      ),
      or(
        text(
          `check its name, or \`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\``,
          `請檢查名稱，或執行 \`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\``,
        ),
      ),
    );
  }
  if (unreachable.test(words)) {
    return lab(
      'E_REGISTRY_UNREACHABLE',
      text(`${registry} can't be reached for ${ref}: ${words}`, `連不到 ${registry}，無法取得 ${ref}：${words}`),
      or(text('check the network and its proxy', '請檢查網路和代理伺服器')),
    );
  }
  if (/no space left/i.test(words)) {
    return lab(
      'E_ENGINE_API',
      text(`the engine's disk is full: ${ref} does not fit`, `引擎的磁碟滿了：放不下 ${ref}`),
      text('free some space: `docker system df` shows what takes it', '請清出空間：`docker system df` 可以看是什麼佔用的'),
    );
  }
  return lab('E_ENGINE_API', text(`${ref} could not be pulled: ${words}`, `無法下載 ${ref}：${words}`), waysOut);
}
