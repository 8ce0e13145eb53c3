import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonText } from '../../formats/untrusted-text.ts';
import { type ErrorCode, LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { loadPlain } from '../../platform/plain-file.ts';
import { onPath } from '../../platform/system-error.ts';
import { progressFolder } from '../progress.ts';
import { mostChecks, mostFacts, mostSteps, type Receipt, receiptFile } from './schema.ts';

/** Below a learner's folder. */
export const receiptPath = join(progressFolder, 'receipt.json');

/** The largest file that is read: about 25 times as large as that of a whole tutorial. */
const maxBytes = 10_000_000;
/** How deep its data may be nested. Facts have fewer than ten levels. */
const deepest = 64;

/** The receipt in a learner's folder; undefined: there is none. Throws LabError E_STATE for a file that cannot be read or that is no receipt. */
export const readReceipt = (dir: string): Promise<Receipt | undefined> => loadReceipt(join(dir, receiptPath), 'E_STATE');

/** A receipt in a file from anyone; undefined: there is no such file. Throws LabError with this code, which names the path and the problem. */
export async function loadReceipt(path: string, code: ErrorCode): Promise<Receipt | undefined> {
  const hint = text(
    'name a receipt.json that `lab learn` wrote in the .labwright folder of a learner’s folder',
    '請指定 `lab learn` 在學習者資料夾的 .labwright 裡寫入的 receipt.json',
  );
  const bytes = await loadPlain(path, { code, hint, maxBytes, ...(code === 'E_STATE' ? { follow: false } : {}) });
  if (!bytes) return undefined;
  const found = parseReceipt(bytes.toString('utf8'));
  if ('receipt' in found) return found.receipt;
  const { why } = found;
  throw new LabError(code, text(`${path} is not a receipt: ${why.en}`, `${path} 不是學習紀錄：${why['zh-TW']}`), hint);
}

/** Reads a receipt, which can contain anything. `why`: what is wrong with it. */
export function parseReceipt(written: string): { readonly receipt: Receipt } | { readonly why: Text } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(written);
  } catch {
    return { why: text('it is not JSON', '內容不是 JSON') };
  }
  const unsafe = unsafePart(parsed) ?? tooMuch(parsed);
  if (unsafe) return { why: unsafe };
  const { success, data, error } = receiptFile.safeParse(parsed);
  if (success) return { receipt: data };
  const at = error.issues[0]?.path.map(String).join('.') || 'version';
  return { why: text(`${at} has another form`, `${at} 的格式不符`) };
}

/** Why data is not passed on to code that expects plain facts; undefined: it is plain. Works without recursion, which the data could exhaust. */
function unsafePart(whole: unknown): Text | undefined {
  let level: readonly unknown[] = [whole];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return text('it is nested too deep', '巢狀層數太深');
    const objects = level.filter((one): one is object => typeof one === 'object' && one !== null);
    if (objects.some((one) => Object.hasOwn(one, '__proto__')))
      return text('it has a field named __proto__', '含有名為 __proto__ 的欄位');
    level = objects.flatMap((one): unknown[] => Object.values(one));
  }
  return undefined;
}

/** Why data is too much for the schema, which reports each wrong part, or for the judges; undefined: it is not. */
function tooMuch(whole: unknown): Text | undefined {
  const steps = listIn(whole, 'steps');
  if (steps.length > mostSteps) return text(`it has more than ${mostSteps} steps`, `步驟超過 ${mostSteps} 個`);
  for (const [at, step] of steps.entries()) {
    const checks = listIn(step, 'checks');
    if (checks.length > mostChecks)
      return text(`steps.${at} has more than ${mostChecks} checks`, `steps.${at} 的檢查超過 ${mostChecks} 項`);
    const large = checks.findIndex((check) => JSON.stringify(factsIn(check)).length > mostFacts);
    if (large !== -1)
      return text(
        `steps.${at}.checks.${large} has more than ${mostFacts} characters of facts`,
        `steps.${at}.checks.${large} 的觀察資料超過 ${mostFacts} 個字元`,
      );
  }
  return undefined;
}

/** A list in data of any form; empty: it has none. */
function listIn(data: unknown, name: string): readonly unknown[] {
  const list = (data as Readonly<Record<string, unknown>> | null)?.[name];
  return Array.isArray(list) ? list : [];
}

const factsIn = (check: unknown): object => {
  const { evidence, before } = (check ?? {}) as { readonly evidence?: unknown; readonly before?: unknown };
  return { evidence, before };
};

/** Writes the receipt, flushed to disk before this resolves. After a crash, the file is the old or the new one. Throws LabError E_STATE or E_DISK_FULL. */
export async function saveReceipt(dir: string, receipt: Receipt): Promise<void> {
  const path = join(dir, receiptPath);
  await onPath(path, async () => {
    await mkdir(join(dir, progressFolder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await replaceFile(path, [`${jsonText(receipt)}\n`]);
  });
}
