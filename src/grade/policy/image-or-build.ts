import { text } from '../../lab/text.ts';
import { readBuild } from './build.ts';
import type { ComposeReader } from './compose-reader.ts';
import { imageRefused, imageReplaced } from './dockerfile.ts';
import { normalReference, standIn } from './images.ts';
import type { NormalService } from './sanitized-stack.ts';
import type { Entry, Tree } from './tree.ts';

/** A service's image or build: exactly one of both, and only a permitted image. */
export function imageOrBuild(
  form: ComposeReader,
  location: Tree['location'],
  image: Entry | undefined,
  build: Entry | undefined,
): Pick<NormalService, 'image' | 'named' | 'build'> {
  const written = image && form.word(image.value);
  const reference = written === undefined ? undefined : normalReference(written);
  if (build) {
    // the name of a built image: the grader uses its own
    if (image && written !== undefined && reference === undefined)
      form.refuse('image-not-allowed', image.value.location, imageRefused(written));
    const built = readBuild(form, build.value);
    return built ? { build: built } : {};
  }
  if (!image) form.refuse('image-missing', location, text('a service needs `image` or `build`', '服務需要 `image` 或 `build`'));
  if (!image || written === undefined) return {};
  const runs = reference && standIn(reference, form.context.rules.images);
  if (reference === undefined || runs === undefined) {
    form.refuse('image-not-allowed', image.value.location, imageRefused(written));
    return {};
  }
  if (runs === reference) return { image: runs };
  form.context.diagnostics.note('image', image.value.location, imageReplaced(reference, runs), form.service);
  return { image: runs, named: reference };
}
