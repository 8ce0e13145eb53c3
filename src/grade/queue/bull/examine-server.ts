import { Redis, type RedisOptions } from 'ioredis';
import { oneLine } from '../../../formats/untrusted-text.ts';
import { isAtLeast } from '../../../formats/version.ts';
import { LabError } from '../../../lab/error.ts';
import { type Text, text } from '../../../lab/text.ts';
import { unlessAborted } from '../../../platform/any-signal.ts';
import type { QueueAddress } from '../address.ts';

/** BullMQ recommends it. */
const leastVersion = '6.2';
const answerMs = 5000;

export type ClientOptions = RedisOptions & { replyMapping: 'legacy' };

/** Options of ioredis for an address, without a policy for failures. */
export const optionsOf = ({ at, username, password, db, tls }: QueueAddress): ClientOptions => ({
  ...at,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(tls ? { tls: tls.ca === undefined ? {} : { ca: tls.ca } } : {}),
  db,
  // newer servers offer another protocol, whose replies have other types
  protocol: 2,
  replyMapping: 'legacy',
  connectTimeout: answerMs,
  // the end of a connection waits for the server's consent; a timer of this length may be left
  disconnectTimeout: 100,
  disableClientInfo: true,
  maxRetriesPerRequest: null,
});

/**
 * Connects once, and checks that the server can be used as a queue. Throws LabError E_QUEUE that names the cause, and the signal's reason.
 * `needsPassword`: false if the server has none. ioredis would print a warning at each connection that sends one.
 */
export async function examineServer(address: QueueAddress, signal: AbortSignal): Promise<{ needsPassword: boolean }> {
  const { username, password, ...options } = optionsOf(address);
  const client = new Redis({
    ...options,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
    commandTimeout: answerMs,
  });
  let firstError: unknown;
  client.on('error', (error) => {
    firstError ??= error;
  });
  const examine = async () => {
    await client.connect();
    const needsPassword = password !== undefined && (await logIn(client, username, password));
    assertUsable(address, factsOf(await client.info()));
    return { needsPassword };
  };
  try {
    return await unlessAborted(examine(), signal);
  } catch (error) {
    if (signal.aborted || error instanceof LabError) throw error;
    throw unusable(address, (firstError ?? error) as Error);
  } finally {
    client.disconnect();
  }
}

async function logIn(client: Redis, username: string | undefined, password: string): Promise<boolean> {
  try {
    await (username === undefined ? client.auth(password) : client.auth(username, password));
    return true;
  } catch (error) {
    if (/no password is set|without any password configured/.test((error as Error).message)) return false;
    throw error;
  }
}

/** `redis_version:7.0.15` and so on. */
const factsOf = (info: string): ReadonlyMap<string, string> =>
  new Map([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]));

function assertUsable({ shown }: QueueAddress, facts: ReadonlyMap<string, string>): void {
  const version = facts.get('valkey_version') ?? facts.get('redis_version');
  if (version === undefined) throw notQueue(shown);
  if (!isAtLeast(version, leastVersion))
    throw queueError(
      shown,
      text(`it is Redis ${oneLine(version, 20)}, which is too old`, `它是 Redis ${oneLine(version, 20)}，版本太舊`),
      text(`use Redis ${leastVersion} or later, or Valkey`, `請使用 Redis ${leastVersion} 以上的版本，或 Valkey`),
    );
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    throw queueError(
      shown,
      text(
        `when its memory is full, it removes data (maxmemory-policy ${oneLine(policy, 30)}): jobs would be lost`,
        `記憶體用完時它會刪除資料（maxmemory-policy ${oneLine(policy, 30)}），作業會遺失`,
      ),
      text('set it on the server: maxmemory-policy noeviction', '請在伺服器上設定：maxmemory-policy noeviction'),
    );
  if (facts.get('role') === 'slave')
    throw queueError(
      shown,
      text('it is a read-only copy of another server', '它是另一台伺服器的唯讀複本'),
      text('use the address of the primary server', '請改用主要伺服器的位址'),
    );
  if (facts.get('cluster_enabled') === '1')
    throw queueError(
      shown,
      text('it is part of a cluster, which is not supported', '它屬於叢集，目前不支援'),
      text('use a single server', '請改用單一伺服器'),
    );
}

/** The server at this address cannot be used, and why. */
const queueError = (shown: string, why: Text, hint: Text, cause?: unknown): LabError =>
  new LabError(
    'E_QUEUE',
    text(`the queue server ${shown} cannot be used: ${why.en}`, `無法使用佇列伺服器 ${shown}：${why['zh-TW']}`),
    hint,
    cause === undefined ? {} : { cause },
  );

const notQueue = (shown: string, cause?: unknown): LabError =>
  queueError(
    shown,
    text('what answers there is not Redis or Valkey', '那裡回應的程式不是 Redis，也不是 Valkey'),
    text('check the host and the port', '請檢查主機和連接埠'),
    cause,
  );

/** By what the message or code of an error contains: the cause and the advice. The first that fits. */
const causes: readonly (readonly [RegExp, Text, Text])[] = [
  [
    /ECONNREFUSED|ENOENT/,
    text('nothing listens there', '那裡沒有程式在監聽'),
    text('start the server, or check the address', '請啟動伺服器，或檢查位址'),
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    text('its host name is not known', '找不到這個主機名稱'),
    text('check the host name', '請檢查主機名稱'),
  ],
  [
    /^TLS ETIMEDOUT/,
    text('it does not answer with TLS', '它沒有以 TLS 回應'),
    text('check the host and the port; without TLS, write redis://', '請檢查主機和連接埠；不用 TLS 時請寫 redis://'),
  ],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    text('its host does not answer', '主機沒有回應'),
    text('check the address, the network and firewalls', '請檢查位址、網路和防火牆'),
  ],
  [
    /EACCES/,
    text('this user may not open its socket', '目前的使用者無權開啟它的 socket'),
    text('check the permissions of the socket', '請檢查 socket 的權限'),
  ],
  [
    /WRONGPASS|invalid password|invalid username/,
    text('the password or the user is wrong', '密碼或使用者名稱錯誤'),
    text('check the user in the address and LAB_QUEUE_PASSWORD', '請檢查位址裡的使用者名稱和 LAB_QUEUE_PASSWORD'),
  ],
  [
    /NOAUTH/,
    text('it needs a password', '它需要密碼'),
    text('set LAB_QUEUE_PASSWORD, or LAB_QUEUE_PASSWORD_FILE', '請設定 LAB_QUEUE_PASSWORD，或 LAB_QUEUE_PASSWORD_FILE'),
  ],
  [
    /NOPERM/,
    text('its user may not run the commands that a queue needs', '這個使用者無權執行佇列需要的指令'),
    text('give the user all commands on keys labwright:*', '請讓這個使用者對 labwright:* 的鍵執行所有指令'),
  ],
  [
    /Command timed out/,
    text('it accepts connections and does not answer', '它接受連線，但沒有回應'),
    text(
      'check that a queue server listens on this port, with TLS (rediss://) or without (redis://)',
      '請確認在這個連接埠監聽的是佇列伺服器，以及是否使用 TLS（rediss:// 或 redis://）',
    ),
  ],
  [
    /wrong version number|packet length too long|EPROTO/i,
    text('it does not speak TLS', '它沒有使用 TLS'),
    text('write redis://, or another port', '請改用 redis://，或換一個連接埠'),
  ],
  [
    /CERT|SIGNATURE|SELF_SIGNED|certificate|ERR_TLS|ERR_SSL/i,
    text('its certificate is not trusted', '它的憑證不受信任'),
    text(
      'add ?ca=/path/of/the/authority.pem to the address, and use the host name that the certificate contains',
      '請在位址後面加上 ?ca=/path/of/the/authority.pem，並使用憑證裡的主機名稱',
    ),
  ],
  [
    /ECONNRESET|EPIPE|Connection is closed/,
    text('it closed the connection', '它關閉了連線'),
    text('check the port, and whether the server needs TLS (rediss://)', '請檢查連接埠，以及伺服器是否需要 TLS（rediss://）'),
  ],
];

function unusable({ shown, tls }: QueueAddress, error: Error): LabError {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (/Protocol error|Unknown RESP type|unknown command|syntax error/i.test(error.message)) return notQueue(shown, error);
  const [, why, hint] = causes.find(([pattern]) => pattern.test(`${tls ? 'TLS ' : ''}${code} ${error.message}`)) ?? [];
  const said = oneLine(error.message, 200);
  return queueError(shown, why ?? text(said, said), hint ?? text('check the address', '請檢查位址'), error);
}
