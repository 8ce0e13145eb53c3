import { familyOf } from '../../docker/images/families.ts';
import { shortName } from '../../formats/image-name.ts';

/**
 * An entry of the rubric's image list; the first that fits an image counts. `match` and `refuse` are globs over the short name with
 * its tag (`redis:*`).
 */
export type ImageRule =
  /** Submissions may name these images. `as`: the image that always runs for them; left out: the image itself. */
  | { readonly match: string; readonly as?: string }
  | { readonly refuse: string }
  /** Submissions may name the images of all known families. */
  | { readonly families: true };

const shape =
  /^(?:[a-zA-Z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|__?|-+|\/)[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/;

/** `docker.io/library/redis` → `redis:latest`: the short name with its tag. Undefined: not an image name. */
export const normalReference = (written: string): string | undefined =>
  written.length > 255 || !shape.test(written) ? undefined : shortName(written);

/** The name of a rule's `as` that the engine uses. */
const asRun = (as: string): string => normalReference(as) ?? as;

/**
 * The image that the rules run for a normal reference: another one, or itself. Undefined if it is not permitted.
 */
export function imageFor(reference: string, rules: readonly ImageRule[]): string | undefined {
  const rule = rules.find((one) =>
    'families' in one ? familyOf(reference) !== undefined : fits('match' in one ? one.match : one.refuse, reference),
  );
  if (!rule || 'refuse' in rule) return undefined;
  return 'match' in rule && rule.as !== undefined ? asRun(rule.as) : reference;
}

/** `*` matches anything but `/`. A digest is not compared, and an image with only a digest has an empty tag. */
function fits(pattern: string, reference: string): boolean {
  const [name = ''] = reference.split('@', 1);
  const tagged = name.includes(':', name.lastIndexOf('/') + 1) ? name : `${name}:`;
  const glob = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const expression = new RegExp(`^${glob.join('[^/]*')}$`);
  return expression.test(tagged) || expression.test(tagged.replace(/:latest$/, ''));
}

/** Whether no image runs as a submission names it because of this rule. */
export const isReplaced = (rule: ImageRule): boolean => 'refuse' in rule || ('match' in rule && rule.as !== undefined);

/** The images that these rules always run for others, each once. */
export const imagesRun = (rules: readonly ImageRule[]): string[] => [
  ...new Set(rules.flatMap((rule) => ('match' in rule && rule.as !== undefined ? [asRun(rule.as)] : []))),
];

/** An image for one that a submission names. */
export interface ChosenImage {
  readonly used: string;
  /** The image that is named could not be had: `used` is in its place. */
  readonly unavailable?: true;
}

/** Chooses an image for each that a submission names, and collects them. */
export class ImageChoice {
  /** Images that are to run as named. */
  readonly named = new Set<string>();
  /** Images that the rubric runs for others. */
  readonly replacing = new Set<string>();
  readonly #rules: readonly ImageRule[];
  readonly #provided: ReadonlyMap<string, string>;

  /** `provided`: the images that are used for those that are to run as named, if others. */
  constructor(rules: readonly ImageRule[], provided: ReadonlyMap<string, string> = new Map()) {
    this.#rules = rules;
    this.#provided = provided;
  }

  /** Undefined: the rules do not permit it. */
  choose(reference: string): ChosenImage | undefined {
    const image = imageFor(reference, this.#rules);
    if (image === undefined) return undefined;
    if (image !== reference) {
      this.replacing.add(image);
      return { used: image };
    }
    this.named.add(reference);
    const other = this.#provided.get(reference);
    return other === undefined || other === reference ? { used: reference } : { used: other, unavailable: true };
  }
}
