/** An entry of the rubric's image list: what a submission may name, and the image that is run for it. */
export interface ImageRule {
  readonly match: string;
  readonly as: string;
}

const shape =
  /^(?:[a-zA-Z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|__?|-+|\/)[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/;

/** `docker.io/library/redis` → `redis:latest`: the short name with its tag. Undefined: not an image name. */
export function normalReference(written: string): string | undefined {
  if (written.length > 255 || !shape.test(written)) return undefined;
  const short = written.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
  const last = short.slice(short.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? short : `${short}:latest`;
}

/**
 * The image that is run for a normal reference; undefined if it is not permitted. The first matching rule counts; `*` matches
 * anything but `/` and `@`.
 */
export function standIn(reference: string, rules: readonly ImageRule[]): string | undefined {
  const untagged = reference.replace(/:latest$/, '');
  const rule = rules.find(({ match }) => {
    const pattern = match.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    const fits = new RegExp(`^${pattern.join('[^/@]*')}$`);
    return fits.test(reference) || fits.test(untagged);
  });
  return rule && (normalReference(rule.as) ?? rule.as);
}

/** The images that these rules run, each once. */
export const imagesRun = (rules: readonly ImageRule[]): string[] => [
  ...new Set(rules.map(({ as }) => normalReference(as) ?? as)),
];
