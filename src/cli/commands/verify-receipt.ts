import { resolve } from 'node:path';
import { jsonText, shown } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { loadReceipt } from '../../learn/receipt/file.ts';
import { judgeReceipt } from '../../learn/receipt/judge-receipt.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { receiptDocument, receiptLines } from '../output/receipt-lines.ts';
import { isShipped, loadTutorial } from '../tutorials.ts';
import { usage } from '../usage.ts';

interface VerifyReceiptOptions {
  readonly tutorial?: string;
  readonly reporter: readonly string[];
  readonly out: readonly string[];
}

/** For all facts of a receipt, which can be made up so that judging them takes years. Nothing interrupts it meanwhile. */
const longestMs = 10_000;

/**
 * `lab verify --receipt`: judges the facts in a receipt again, without an engine. Exit code 0: every step of its part of the tutorial is confirmed; 1: not all; 2: the
 * file is no receipt.
 */
export async function verifyReceipt(cli: Cli, file: string, options: VerifyReceiptOptions, at?: string): Promise<number> {
  if (at !== undefined)
    throw usage(
      text(
        `lab verify --receipt judges every step of a receipt, not only ${shown(at)}`,
        `lab verify --receipt 會判斷學習紀錄的每個步驟，不能只指定 ${shown(at)}`,
      ),
      'lab verify',
    );
  const [reporter = 'terminal', ...others] = options.reporter;
  if (others.length > 0 || !['terminal', 'json'].includes(reporter) || options.out.length > 0)
    throw usage(
      text(
        'lab verify --receipt prints its result to stdout, as text or with --reporter json',
        'lab verify --receipt 會把結果寫到標準輸出：文字，或搭配 --reporter json',
      ),
      'lab verify',
    );
  const path = resolve(cli.cwd, file);
  const receipt = await loadReceipt(path, 'E_USAGE');
  if (!receipt) throw usage(text(`${path} does not exist`, `${path} 不存在`), 'lab verify');
  // the file can name any path: only a person names what is loaded
  const named = options.tutorial ?? (isShipped(receipt.tutorial.id) ? receipt.tutorial.id : undefined);
  if (named === undefined) throw tutorialUnnamed(receipt.tutorial.id);
  const { tutorial } = await loadTutorial(cli, named);
  const judged = judgeReceipt(receipt, tutorial, { now: clock.now, limitMs: longestMs });
  if (reporter === 'json') cli.out.write(`${jsonText(receiptDocument(judged, cli.lang), 2)}\n`);
  else cli.out.write(receiptLines(cli.out, cli.lang, judged));
  return judged.confirmed ? 0 : 1;
}

const tutorialUnnamed = (id: string): LabError =>
  new LabError(
    'E_USAGE',
    text(
      `the receipt is of the tutorial ${shown(id)}, which does not come with labwright`,
      `學習紀錄屬於教學 ${shown(id)}，它不是 labwright 附帶的教學`,
    ),
    text('name its folder or module: --tutorial <path>', '請指定它的資料夾或模組：--tutorial <路徑>'),
  );
