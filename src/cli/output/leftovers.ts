import type { Lang } from '../../lab/text.ts';
import type { Leftovers } from '../../run/clean.ts';

type Kind = keyof Leftovers;
interface Words {
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly nothing: string;
  readonly removed: string;
  readonly wouldRemove: string;
  line(kind: string, names: readonly string[]): string;
  underWay(id: string): string;
}

const words: Readonly<Record<Lang, Words>> = {
  en: {
    kinds: { containers: 'containers', networks: 'networks', volumes: 'volumes', images: 'images', files: 'files' },
    nothing: 'nothing is left behind',
    removed: 'removed:',
    wouldRemove: 'would remove:',
    line: (kind, names) => `${kind}: ${names.join(', ')}`,
    underWay: (id) => `run ${id} is under way and left alone`,
  },
  'zh-TW': {
    kinds: { containers: '容器', networks: '網路', volumes: '磁碟區', images: '映像檔', files: '檔案' },
    nothing: '沒有任何殘留',
    removed: '已移除：',
    wouldRemove: '將會移除：',
    line: (kind, names) => `${kind}：${names.join('、')}`,
    underWay: (id) => `ID 為 ${id} 的執行仍在進行，未更動`,
  },
};

/** What was removed or, with `dryRun`, would be removed. */
export function renderLeftovers(left: Leftovers, dryRun: boolean, lang: Lang): string {
  const labels = words[lang];
  const kinds = (Object.keys(labels.kinds) as Kind[]).filter((kind) => left[kind].length > 0);
  if (kinds.length === 0) return `${labels.nothing}\n`;
  return `${[dryRun ? labels.wouldRemove : labels.removed, ...kinds.map((kind) => `  ${labels.line(labels.kinds[kind], left[kind])}`)].join('\n')}\n`;
}

/** A run that is still running. */
export const underWayLine = (id: string, lang: Lang): string => `${words[lang].underWay(id)}\n`;
