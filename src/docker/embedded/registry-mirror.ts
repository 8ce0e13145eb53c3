import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { readPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { Engine } from '../engine.ts';
import { mirrorsOf } from '../images/registry-look.ts';
import type { Layout } from './layout.ts';
import { findDockerd, kill } from './processes.ts';

/** The part of dockerd's settings that is used here. Its other keys are the user's and stay. */
type Settings = Readonly<Record<string, unknown>>;

/** What `--registry-mirror` changed in the settings, to undo it. */
interface Applied {
  readonly mirror: string;
  readonly before: readonly string[];
}

const key = 'registry-mirrors';
const mirrorsIn = (settings: Settings): readonly string[] => (settings[key] as readonly string[] | undefined) ?? [];

/**
 * The mirrors to use: this one in place of others, else those that were there before `applied`. Mirrors that the user wrote into the settings since
 * count as before.
 */
export function mirrorsFor(
  settings: Settings,
  applied: Applied | undefined,
  mirror: string | undefined,
): { readonly mirrors: readonly string[]; readonly applied?: Applied } {
  const there = mirrorsIn(settings);
  const before = applied && isDeepStrictEqual(there, [applied.mirror]) ? applied.before : there;
  return mirror === undefined ? { mirrors: before } : { mirrors: [mirror], applied: { mirror, before } };
}

const reloadMs = 10_000;

/**
 * Makes the engine use this mirror of Docker Hub, and without one those of its own settings. dockerd reads its settings again while it runs. Throws
 * LabError E_ENGINE_START if it does not take them.
 */
export async function useMirror(engine: Engine, layout: Layout, mirror: string | undefined, signal: AbortSignal): Promise<void> {
  const file = `${layout.settings}.mirror`;
  const [settings = {}, applied] = await Promise.all([load<Settings>(layout.settings), load<Applied>(file)]);
  const next = mirrorsFor(settings, applied, mirror);
  const used = await mirrorsOf(engine);
  if (isSame(next.mirrors, used) && isSame(next.mirrors, mirrorsIn(settings))) return;
  if (next.applied) await save(file, next.applied);
  // an empty list, because dockerd keeps what it uses if the key is absent
  await save(layout.settings, { ...settings, [key]: next.mirrors });
  if (!next.applied) await rm(file, { force: true });
  if (isSame(next.mirrors, used)) return;
  kill(await findDockerd(layout), 'SIGHUP');
  await untilUsed(engine, next.mirrors, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw notTaken(layout, next.mirrors, error);
  });
}

/** dockerd reports an event before it uses the new settings, and none after. */
const untilUsed = (engine: Engine, mirrors: readonly string[], signal: AbortSignal): Promise<void> =>
  withTimeout(reloadMs, text('reading the settings of the engine', '讀取引擎的設定'), async (late) => {
    while (!late.aborted && !isSame(mirrors, await mirrorsOf(engine))) await pause(50, undefined, { signal });
  });

/** dockerd writes them with `/` at the end. */
const isSame = (wanted: readonly string[], used: readonly string[]): boolean =>
  isDeepStrictEqual(wanted.map(withoutSlash), used.map(withoutSlash));
const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

async function load<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(String(await readPlain(path, { maxBytes: 1_000_000 }))) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) throw notJson(path, error);
    throw error;
  }
}

async function save(path: string, value: object): Promise<void> {
  await onPath(path, async () => {
    await writeFile(`${path}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  });
}

const notJson = (path: string, cause: unknown): LabError =>
  new LabError(
    'E_STATE',
    text(`${path} is not JSON`, `${path} 不是 JSON`),
    text('correct the file, or remove it', '請修正或移除這個檔案'),
    {
      cause,
    },
  );

const notTaken = ({ log }: Layout, wanted: readonly string[], cause?: unknown): LabError =>
  new LabError(
    'E_ENGINE_START',
    text(
      `the grading engine does not use the registry mirror${wanted.length > 0 ? ` ${wanted.join(', ')}` : ''}`,
      `評分引擎沒有使用 registry 鏡像站${wanted.length > 0 ? ` ${wanted.join('、')}` : ''}`,
    ),
    text(
      `the reason is in ${log}; or stop it with \`lab engine down\`, then try again`,
      `原因在 ${log}；或用 \`lab engine down\` 停止引擎後再試一次`,
    ),
    { cause },
  );
