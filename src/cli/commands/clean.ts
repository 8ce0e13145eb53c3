import { jsonText } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import { removeUnused } from '../../learn/web/server/address.ts';
import { clean as cleanRuns } from '../../run/clean.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { formatError } from '../format-error.ts';
import { abandonable } from '../interrupted.ts';
import { renderLeftovers, underWayLine } from '../output/leftovers.ts';

/**
 * `lab clean`: removes what earlier runs left behind; with `--dry-run`, only lists it. Exit code 3 if something could not be
 * removed.
 */
export async function clean(cli: Cli, options: { dryRun?: boolean; json?: boolean }): Promise<number> {
  const dryRun = options.dryRun === true;
  // an interrupted removal is like a killed run: the next `lab clean` continues it
  const { left, underWay, failed } = await abandonable(cli, () => cleanRuns(cli.homes, clock, { dryRun }), again);
  for (const id of underWay) cli.err.write(underWayLine(id, cli.lang));
  for (const { error } of failed) cli.err.write(formatError(error, cli.lang));
  if (options.json) cli.out.write(`${jsonText(left, 2)}\n`);
  else if (failed.length === 0 || Object.values(left).flat().length > 0) cli.out.write(renderLeftovers(left, dryRun, cli.lang));
  // after the report, which an unreadable record does not hide
  if (!dryRun) await removeUnused(cli.homes);
  return failed.length > 0 ? 3 : 0;
}

const again = text('`lab clean` again removes the rest', '再執行一次 `lab clean` 就會移除其餘的資源');
