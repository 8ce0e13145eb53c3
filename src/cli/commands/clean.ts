import { jsonText } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import { clean as cleanRuns, type Leftovers } from '../../run/clean.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { formatError } from '../format-error.ts';
import { abandonable } from '../interrupted.ts';

/** `lab clean`: removes what runs left behind; with `--dry-run` only says what there is. Exit 3 where something could not be removed. */
export async function clean(cli: Cli, options: { dryRun?: boolean; json?: boolean }): Promise<number> {
  const dryRun = options.dryRun === true;
  // what is cut short here is like a run that was killed: the next `lab clean` goes on with it
  const { left, underWay, failed } = await abandonable(cli, () => cleanRuns(cli.homes, clock, { dryRun }), again);
  const say = words[cli.lang];
  for (const id of underWay) cli.err.write(`${say.underWay(id)}\n`);
  for (const { error } of failed) cli.err.write(formatError(error, cli.lang));
  if (options.json) cli.out.write(`${jsonText(left, 2)}\n`);
  else if (failed.length === 0 || Object.values(left).flat().length > 0) cli.out.write(render(left, dryRun, say));
  return failed.length > 0 ? 3 : 0;
}

const again = text('`lab clean` again removes the rest', '再執行一次 `lab clean` 就會移除其餘的');

type Kind = keyof Leftovers;
interface Words {
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly nothing: string;
  readonly removed: string;
  readonly wouldRemove: string;
  line(kind: string, names: readonly string[]): string;
  underWay(id: string): string;
}

const words: Readonly<Record<'en' | 'zh-TW', Words>> = {
  en: {
    kinds: { containers: 'containers', networks: 'networks', volumes: 'volumes', images: 'images', files: 'files' },
    nothing: 'nothing is left behind',
    removed: 'removed:',
    wouldRemove: 'would remove:',
    line: (kind, names) => `${kind}: ${names.join(', ')}`,
    underWay: (id) => `run ${id} is under way and left alone`,
  },
  'zh-TW': {
    kinds: { containers: '容器', networks: '網路', volumes: 'volume', images: '映像檔', files: '檔案' },
    nothing: '沒有任何殘留',
    removed: '已移除：',
    wouldRemove: '將會移除：',
    line: (kind, names) => `${kind}：${names.join('、')}`,
    underWay: (id) => `執行作業 ${id} 仍在進行，不會動它`,
  },
};

function render(left: Leftovers, dryRun: boolean, say: Words): string {
  const kinds = (Object.keys(say.kinds) as Kind[]).filter((kind) => left[kind].length > 0);
  if (kinds.length === 0) return `${say.nothing}\n`;
  return `${[dryRun ? say.wouldRemove : say.removed, ...kinds.map((kind) => `  ${say.line(say.kinds[kind], left[kind])}`)].join('\n')}\n`;
}
