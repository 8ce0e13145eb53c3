import { startAgain } from '../docker/api/api-error.ts';
import { decisiveLine, withoutProgress } from '../formats/command-output.ts';
import { type ErrorCode, LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';

/** The known meaning of a command's output. */
interface Known {
  readonly words: RegExp;
  readonly code: ErrorCode;
  readonly hint: Text;
}

const bringFile = text('load the images from a file (`lab images load FILE`)', '從檔案載入映像檔（`lab images load FILE`）');
const or = (first: Text, second: Text): Text => text(`${first.en}, or ${second.en}`, `${first['zh-TW']}，或${second['zh-TW']}`);

/** In order: the first match wins. The messages are Compose's and the engine's, from Engine 26.1.5 and Compose 2.26.1. */
const known: readonly Known[] = [
  {
    words: /cannot connect to the docker daemon|error during connect|error reading from server|docker\.sock: connect:/i,
    code: 'E_ENGINE_LOST',
    hint: startAgain,
  },
  {
    words: /no space left on device|disk quota exceeded/i,
    code: 'E_DISK_FULL',
    hint: text(
      "make room on the engine's disk: `docker system df` shows what takes it",
      '在引擎的磁碟上清出空間：`docker system df` 可以查看空間的使用情形',
    ),
  },
  {
    words: /address pools have been fully subnetted|non-overlapping IPv4 address pool/i,
    code: 'E_NETWORKS_FULL',
    hint: text(
      'remove unused networks (`docker network ls`; `lab clean` for those of labs), or widen `default-address-pools` in the daemon.json of the engine',
      '移除未使用的網路（`docker network ls`；單元留下的網路用 `lab clean`），或在引擎的 daemon.json 中擴大 `default-address-pools`',
    ),
  },
  {
    words: /port is already allocated|address already in use|ports are not available/i,
    code: 'E_PORT_TAKEN',
    hint: text(
      'find the program that uses the port (`docker ps`, `ss -ltnp`) and stop it, or publish another one',
      '找出佔用該連接埠的程式（`docker ps`、`ss -ltnp`）並停止它，或發佈其他連接埠',
    ),
  },
  {
    words: /dependency failed to start|is unhealthy\b|dependency .* failed/i,
    code: 'E_COMMAND_FAILED',
    hint: text(
      'a service that others wait for did not come up: run it again with --keep, and read `docker compose logs` of that one',
      '其他服務所等待的服務沒有成功啟動：請加上 --keep 再執行一次，並用 `docker compose logs` 查看該服務的日誌',
    ),
  },
  {
    words: /container name .* is already in use/i,
    code: 'E_COMMAND_FAILED',
    hint: text(
      'remove `container_name:` from compose.yaml: an engine can have only one container with a given name',
      '請移除 compose.yaml 裡的 `container_name:`：同一個名稱在一個引擎上只能有一個容器',
    ),
  },
  {
    words: /toomanyrequests|too many requests|pull rate limit/i,
    code: 'E_IMAGE_RATE_LIMIT',
    hint: or(text('wait, or `docker login` for a limit of your own', '稍候再試，或用 `docker login` 取得自己的額度'), bringFile),
  },
  {
    words: /manifest unknown|manifest for .* not found|no matching manifest/i,
    code: 'E_IMAGE_MISSING',
    hint: or(text("check the image's name and tag", '檢查映像檔的名稱和標籤'), bringFile),
  },
  {
    words:
      /pull access denied|access to the resource is denied|daemon: (?:denied|unauthorized)|authentication required|no basic auth/i,
    code: 'E_IMAGE_REFUSED',
    hint: or(text("check the image's name, `docker login`", '檢查映像檔的名稱、執行 `docker login`'), bringFile),
  },
  {
    words:
      /(?:lookup|dial tcp) .*(?:no such host|connection refused|i\/o timeout|server misbehaving|network is unreachable|no route to host)|TLS handshake timeout|Client\.Timeout exceeded/i,
    code: 'E_REGISTRY_UNREACHABLE',
    hint: or(text('check the network and its proxy', '檢查網路和代理伺服器'), bringFile),
  },
  {
    words:
      /^validating .*ya?ml: |ya?ml: (?:line \d+|unmarshal errors)|in ".*ya?ml", line \d+|Compose file .* is invalid|additional propert|\bundefined (?:network|volume|service|config|secret)\b|neither an image nor a build context|invalid compose project/im,
    code: 'E_COMMAND_FAILED',
    hint: text(
      'fix compose.yaml at the place that is named; `docker compose config` checks it',
      '請修正 compose.yaml 中指出的位置；`docker compose config` 可以檢查',
    ),
  },
];

const otherwise: Omit<Known, 'words'> = {
  code: 'E_COMMAND_FAILED',
  hint: text(
    'run it again with --keep and look at the stack yourself, or ask `lab doctor`',
    '加上 --keep 再執行一次並自己查看，或用 `lab doctor` 檢查',
  ),
};

const shownLines = 5;
const longest = 500;

/**
 * The error for a command that exited with a code other than 0: the line that names the cause first, because a report may cut the rest; then the end
 * of its output without progress, and the known meaning.
 */
export function classifyFailure(line: string, exitCode: number, tail: readonly string[]): LabError {
  const { code, hint, words } = known.find((one) => one.words.test(tail.join('\n'))) ?? { ...otherwise, words: undefined };
  const lines = withoutProgress(tail);
  const cause = (words && lines.findLast((one) => words.test(one))) ?? decisiveLine(lines);
  const last = lines.slice(-shownLines).filter((one) => one !== cause);
  const value = [...(cause === undefined ? [] : [cause]), ...last].map(shortened).join('\n');
  return new LabError(
    code,
    text(
      `\`${line}\` ended with exit code ${exitCode}${value && `:\n${value}`}`,
      `\`${line}\` 以結束碼 ${exitCode} 結束${value && `：\n${value}`}`,
    ),
    hint,
  );
}

const shortened = (line: string): string => (line.length > longest ? `${line.slice(0, longest)}…` : line);
