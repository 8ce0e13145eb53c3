/** The address of a link that may be opened; undefined: it is shown as text. */
export const safeHref = (href: string): string | undefined => (/^https?:\/\//i.test(href) ? href : undefined);
