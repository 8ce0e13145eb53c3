import { LabError } from '../../lab/error.ts';
import { joinTexts, type Text, text, verbatim } from '../../lab/text.ts';
import type { Engine } from '../engine.ts';
import { ensureImages, type ImageWork } from './ensure-images.ts';
import { isRegistryFailure } from './pull-error.ts';

/**
 * Ensures that the images that only a rubric names are on the engine: present, else pulled. Throws the LabError of the first one that is not
 * available; its text names all of them, its hint how to provide them.
 */
export async function ensureOwn(engine: Engine, refs: readonly string[], work: ImageWork): Promise<void> {
  const missing: { readonly ref: string; readonly error: LabError }[] = [];
  for (const ref of refs) {
    try {
      await ensureImages(engine, [ref], work);
    } catch (error) {
      if (!(error instanceof LabError && isRegistryFailure(error))) throw error;
      missing.push({ ref, error });
    }
  }
  const [first] = missing;
  if (!first) return;
  const names = missing.map(({ ref }) => ref);
  const why = joinTexts(
    missing.map(({ error }) => error.text),
    text('; ', '；'),
  );
  throw new LabError(
    first.error.code,
    text(
      `the rubric uses images that this engine does not have (\`as:\` ${names.join(', ')}): ${why.en}`,
      `評分標準使用了引擎裡沒有的映像檔（\`as:\` ${names.join('、')}）：${why['zh-TW']}`,
    ),
    howToBring(engine, first.ref),
    { cause: first.error },
  );
}

/** Each way ends at an engine from which grading copies images. */
function howToBring({ kind }: Engine, ref: string): Text {
  const load = verbatim(kind === 'docker' ? '`lab images load FILE --engine docker`' : '`lab images load FILE`');
  const build = verbatim(
    kind === 'docker' ? `\`docker build -t ${ref} .\`` : `\`eval "$(lab engine env)"; docker build -t ${ref} .\``,
  );
  return text(
    `load them from a file that \`docker save\` wrote (${load.en}), or build them (${build.en}), or name other images in the rubric`,
    `用 \`docker save\` 存成的檔案載入（${load['zh-TW']}）、自己建置（${build['zh-TW']}），或在評分標準裡改用其他映像檔`,
  );
}
