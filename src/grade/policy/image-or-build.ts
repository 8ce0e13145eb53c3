import { text } from '../../lab/text.ts';
import { readBuild } from './build.ts';
import type { ComposeReader } from './compose-reader.ts';
import { imageRefused, imageReplaced } from './dockerfile.ts';
import { normalReference } from './images.ts';
import type { NormalService } from './sanitized-stack.ts';
import type { Entry, Tree } from './tree.ts';

/** A service's image or build: exactly one of both, and only a permitted image. */
export function imageOrBuild(
  form: ComposeReader,
  location: Tree['location'],
  image: Entry | undefined,
  build: Entry | undefined,
): Pick<NormalService, 'image' | 'named' | 'unavailable' | 'build'> {
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
  const chosen = reference === undefined ? undefined : form.context.images.choose(reference);
  if (reference === undefined || chosen === undefined) {
    form.refuse('image-not-allowed', image.value.location, imageRefused(written));
    return {};
  }
  const { used, ...why } = chosen;
  if (used === reference) return { image: used };
  form.context.diagnostics.note('image', image.value.location, imageReplaced(reference, chosen), form.service);
  return { image: used, named: reference, ...why };
}
