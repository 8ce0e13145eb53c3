import { join, resolve } from 'node:path';
import { defaultTutorial } from '../../../labs/default-tutorial.ts';
import { readArchive } from '../../docker/api/archive.ts';
import { findEngine, openEngine } from '../../docker/discovery/open-engine.ts';
import type { Engine } from '../../docker/engine.ts';
import { ensureImages } from '../../docker/images/ensure-images.ts';
import { listImages } from '../../docker/images/list-images.ts';
import { requiredImages } from '../../docker/images/required-images.ts';
import { assertSavable, loadImages, saveImages } from '../../docker/images/save-load.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { assets, version } from '../../platform/package-root.ts';
import type { Cli } from '../context.ts';
import { abandonable, interruptible } from '../interrupted.ts';
import { imageLines, megabytes } from '../output/image-lines.ts';
import { type Prompts, promptsOn } from '../prompts/prompts.ts';

interface Options {
  readonly json?: boolean;
}
/** The result of an action: for `--json`, and as text. */
interface Done {
  readonly result: object;
  readonly lines: readonly string[];
}
/** An action on a running engine. */
type Action = (cli: Cli, engine: Engine, prompts: Prompts, file: string) => Promise<Done>;

async function list(cli: Cli): Promise<Done> {
  await using engine = await findEngine({ ...cli, choice: cli.engine });
  const rows = await listImages(engine, await needed());
  return { result: { images: rows.map((one) => ({ ...one, from: one.from?.[cli.lang] })) }, lines: imageLines(cli, rows) };
}

const actions: Readonly<Record<string, Action>> = {
  pull: async (cli, engine, prompts) => {
    const done = await ensureImages(engine, await needed(), { ...cli, ...prompts });
    const listed = (refs: readonly string[], words: Text) => refs.map((ref) => `${ref}  ${words[cli.lang]}`);
    const lines = [
      ...listed(done.present, text('was there', '已存在')),
      ...listed(done.pulled, text('pulled', '已下載')),
      ...listed(done.built, text("built from Debian's packages", '已用 Debian 套件建置')),
    ];
    return { result: done, lines };
  },
  save: async (cli, engine, prompts, file) => {
    const refs = await needed();
    await ensureImages(engine, refs, { ...cli, ...prompts });
    const bytes = await saveImages(engine, refs, resolve(cli.cwd, file), { ...prompts, signal: cli.signal });
    const value = text(
      `${refs.length} images saved in ${file} (${megabytes(bytes)})`,
      `${refs.length} 個映像檔已存到 ${file}（${megabytes(bytes)}）`,
    );
    return { result: { file, bytes, images: refs }, lines: [value[cli.lang]] };
  },
  load: async (cli, engine, prompts, file) => {
    const images = await loadImages(engine, resolve(cli.cwd, file), { ...prompts, signal: cli.signal });
    const words = text('loaded', '已載入');
    return { result: { file, images }, lines: images.map((ref) => `${ref}  ${words[cli.lang]}`) };
  },
};

/** `lab images list|pull|save FILE|load FILE`. Throws LabError E_USAGE for an unknown action or a missing file name. */
export async function images(cli: Cli, options: Options, action: string, file?: string): Promise<number> {
  const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!act && action !== 'list')
    throw usage(text(`lab images has no action '${action}'`, `lab images 沒有「${action}」這個動作`));
  const takesFile = action === 'save' || action === 'load';
  if (takesFile && !file) throw usage(text(`lab images ${action} needs a file`, `lab images ${action} 需要一個檔案`));
  if (!takesFile && file) throw usage(text(`lab images ${action} takes no file`, `lab images ${action} 不需要檔案`));
  // checked first: a wrong name starts no engine and no download
  if (action === 'save' && file) await assertSavable(resolve(cli.cwd, file));
  if (action === 'load' && file) await readArchive(resolve(cli.cwd, file));
  const { result, lines } = await (act
    ? interruptible(cli, () => onEngine(cli, act, file ?? ''))
    : abandonable(cli, () => list(cli)));
  cli.out.write(
    options.json ? `${jsonText({ tool: 'labwright', version, ...result }, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
  );
  return 0;
}

async function onEngine(cli: Cli, act: Action, file: string): Promise<Done> {
  const prompts = promptsOn(cli);
  try {
    await using engine = await openEngine({ ...cli, ...prompts, choice: cli.engine });
    return await act(cli, engine, prompts, file);
  } finally {
    prompts.end();
  }
}

const needed = () => requiredImages(join(assets, defaultTutorial));

const usage = (message: Text): LabError =>
  new LabError(
    'E_USAGE',
    message,
    text('lab images list | pull | save FILE | load FILE', 'lab images list | pull | save 檔案 | load 檔案'),
  );
