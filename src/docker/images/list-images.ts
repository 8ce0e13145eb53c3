import { type Text, text, verbatim } from '../../lab/text.ts';
import { buildable } from '../embedded/embedded-engine.ts';
import type { Engine } from '../engine.ts';
import { findImage } from './ensure-images.ts';
import { parseRef } from './registry.ts';

/** An image that a tutorial needs, and whether the engine has it. */
export interface ListedImage {
  readonly ref: string;
  readonly present: boolean;
  readonly bytes?: number;
  /** Where it would come from. */
  readonly from?: Text;
}

/** Looks only: without an engine as yet, every image is absent. */
export const listImages = (engine: Engine | undefined, refs: readonly string[]): Promise<ListedImage[]> =>
  Promise.all(refs.map((ref) => lookFor(engine, ref)));

async function lookFor(engine: Engine | undefined, ref: string): Promise<ListedImage> {
  const found = engine && (await findImage(engine, ref));
  if (found) return { ref, present: true, bytes: found.bytes };
  const { registry } = parseRef(ref);
  const from =
    engine?.kind !== 'docker' && buildable(ref)
      ? text(`${registry}, else built from Debian's packages`, `${registry}，否則用 Debian 套件建置`)
      : verbatim(registry);
  return { ref, present: false, from };
}
