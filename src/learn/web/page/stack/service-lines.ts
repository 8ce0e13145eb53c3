import type { Picture, ServicePicture } from '../../picture/picture.ts';

/** A line of a service's card below its name. */
export type ServiceLine =
  | { readonly kind: 'published'; readonly port: number }
  | { readonly kind: 'dns'; readonly addresses: readonly string[]; readonly from: string; readonly at: string }
  | {
      readonly kind: 'reached';
      readonly known?: number;
      readonly proxy: string;
      readonly reached: number;
      readonly stale: boolean;
    };

/** What is known of a service: only what was measured. */
export function linesOf({ proxy }: Picture, { name, published, dns }: ServicePicture): readonly ServiceLine[] {
  const isUpstream = proxy?.upstream === name;
  const reached = isUpstream ? Object.values(proxy.reached).filter((count) => count > 0).length : 0;
  return [
    ...(published === undefined ? [] : [{ kind: 'published', port: published } as const]),
    ...(dns ? [{ kind: 'dns', ...dns } as const] : []),
    ...(isUpstream && (reached > 0 || proxy.stale)
      ? [
          {
            kind: 'reached',
            ...(proxy.known === undefined ? {} : { known: proxy.known }),
            proxy: proxy.service,
            reached,
            stale: proxy.stale,
          } as const,
        ]
      : []),
  ];
}

/** How many lines of text they take: a stale proxy has its explanation below. */
export const heightInLines = (lines: readonly ServiceLine[]): number =>
  lines.reduce((sum, line) => sum + (line.kind === 'reached' && line.stale ? 3 : 1), 0);
