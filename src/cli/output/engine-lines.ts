import type { PrivateEngine, status } from '../../docker/embedded/embedded-engine.ts';
import { type Text, text } from '../../lab/text.ts';
import { shellWord } from '../shell-quote.ts';

/** The messages of `lab engine`. */

export const isUp = ({ host }: PrivateEngine, data: string): Text =>
  text(
    `The private engine is up: a Docker of labwright's own at ${host}, its data in ${data}. Stop it: lab engine down`,
    `專用引擎已啟動：labwright 自己的 Docker，位於 ${host}，資料放在 ${data}。停止：lab engine down`,
  );
export const wasUp = ({ host }: PrivateEngine, data: string): Text =>
  text(
    `The private engine was up already: ${host}, its data in ${data}. Stop it: lab engine down`,
    `專用引擎已經在執行：${host}，資料放在 ${data}。停止：lab engine down`,
  );
export const isDown = text(
  'The private engine is stopped. Its images stay for the next time.',
  '專用引擎已停止，映像檔會留給下次使用。',
);
export const goesOn = text('The private engine keeps running.', '專用引擎會繼續執行。');
export const wasDown = text('The private engine was not running.', '專用引擎本來就沒有在執行。');

export const statusLines = ({ running: runs, host, pid, data, log }: Awaited<ReturnType<typeof status>>): Text =>
  text(
    [runs ? `running (process ${pid ?? '?'})` : 'not running', `  at    ${host}`, `  data  ${data}`, `  log   ${log}`].join('\n'),
    [runs ? `執行中（行程 ${pid ?? '?'}）` : '沒有在執行', `  位置  ${host}`, `  資料  ${data}`, `  日誌  ${log}`].join('\n'),
  );

/** Lines for a POSIX shell: the engine's variables, its CLI first on the PATH, and no variable that selects another engine. */
export const shellLines = ({ env }: PrivateEngine): string =>
  [
    `export DOCKER_HOST=${shellWord(env.DOCKER_HOST ?? '')}`,
    `export DOCKER_CONFIG=${shellWord(env.DOCKER_CONFIG ?? '')}`,
    `export PATH=${shellWord((env.PATH ?? '').split(':')[0] ?? '')}:"$PATH"`,
    'unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH',
    '# to use it in this shell: eval "$(lab engine env)"',
  ].join('\n');
