/** The ID of a heading, as its anchor on a repository page: `Scale to three` is `scale-to-three`. Only a-z and 0-9 are kept; undefined: there are none. */
export const slugOf = (title: string): string | undefined =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || undefined;
