import { singleLine } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Remark } from '../types.ts';

/** Why a submission is refused: a stable code → the text for teacher and student. */
const reasons = {
  unreadable: text(
    'this could not be read: check its permissions, and whether it is still being copied',
    '無法讀取：請檢查讀取權限，以及檔案是否還在複製中',
  ),
  'special-file': text(
    'this is a device, a pipe or a socket: only files, folders and links are accepted',
    '這是裝置、管線或 socket：只接受檔案、資料夾與連結',
  ),
  'link-leaves-folder': text(
    'this link leads outside the submission: replace it with the file itself',
    '這個連結指向作業之外：請改放檔案本身',
  ),
  'link-circle': text('this link leads back to itself', '這個連結最後又指向自己'),
  'path-absolute': text('names must be relative to the folder, not absolute', '名稱必須相對於資料夾，不能是絕對路徑'),
  'path-leaves-folder': text(
    'this name has `..` in it, and would be written outside the folder',
    '名稱含有 `..`，會寫到資料夾之外',
  ),
  'path-backslash': text(
    'this name has a backslash in it: pack it again with a program that writes `/`',
    '名稱含有反斜線：請改用會寫入 `/` 的程式重新壓縮',
  ),
  'path-through-file': text('other entries are below this, but it is not a folder', '有內容要放在它底下，但它不是資料夾'),
  'path-too-deep': text('folders are nested too deep here', '這裡的資料夾巢狀太深'),
  'name-not-utf8': text(
    'this name is not in UTF-8, and its encoding is not certain: it is graded under this escaped name; to use the file, rename it in plain letters',
    '名稱的編碼不是 UTF-8，也無法確定是哪一種：評分時使用這個轉義後的名稱；如果要用到這個檔案，請改成英數檔名',
  ),
  'link-not-utf8': text(
    'this link is ignored: its target is not UTF-8, and the encoding is uncertain',
    '這個連結指向的名稱不是 UTF-8，也無法確定是哪一種編碼：評分時不使用這個連結',
  ),
  'name-invisible': text(
    'this name contains invisible characters, or characters that change the text direction',
    '名稱含有看不見的字元，或會改變文字方向的字元',
  ),
  'name-too-long': text('this name is too long', '名稱太長'),
  'names-collide': text(
    'two names here differ only in case or accents, or are the same: on many machines one overwrites the other',
    '這裡有兩個名稱相同，或只差在大小寫或字元的組合方式：在許多電腦上，其中一個會覆寫另一個',
  ),
  'too-many-files': text('there are too many files', '檔案太多'),
  'too-large': text('the submission is too large in total', '作業的總大小超過上限'),
  'file-too-large': text('this file is too large', '這個檔案太大'),
  'archive-ratio': text(
    'it unpacks to many times its size, which no ordinary archive does',
    '解開後是原本的許多倍，正常的壓縮檔不會這樣',
  ),
  'archive-depth': text('archives are nested too deep', '壓縮檔裡又有壓縮檔，層數太多'),
  'archive-encrypted': text('the archive is encrypted: pack it without a password', '壓縮檔已加密：請不要設定密碼'),
  'archive-method': text(
    'its compression method is not supported: pack it as a plain zip',
    '不支援這種壓縮方式：請用一般的 zip 重新壓縮',
  ),
  'archive-format': text(
    'this kind of file is not supported: submit a folder, a .zip, a .tar or a .tar.gz',
    '不支援這種檔案：請繳交資料夾、.zip、.tar 或 .tar.gz',
  ),
  'archive-overlap': text(
    'files share the same bytes of the archive, which no ordinary archive does',
    '壓縮檔裡的檔案共用同一段資料，正常的壓縮檔不會這樣',
  ),
  'archive-entry': text(
    'this kind of entry is not supported (sparse, or part of a series): pack it again with a plain `tar -cf`',
    '不支援這種項目（稀疏檔或分卷）：請用一般的 `tar -cf` 重新打包',
  ),
  'archive-damaged': text(
    'the archive is incomplete, damaged, or of another format than its name: pack and upload it again',
    '壓縮檔不完整、已損壞，或格式與副檔名不符：請重新壓縮並上傳',
  ),
  'git-missing': text(
    'this is a bare git repository, and git is not installed here: install git, or provide a working tree',
    '這是 bare Git 儲存庫，但這台機器沒有安裝 git：請安裝 git，或改用工作目錄',
  ),
  'git-unreadable': text(
    'git can not read this repository, or the commit to grade cannot be determined',
    'git 無法讀取這個儲存庫，或找不到要評分的 commit',
  ),
  'no-compose-file': text(
    'there is no Compose file (compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml) at the top or one folder down',
    '最上層或往下一層資料夾裡沒有 Compose 檔案（compose.yaml、compose.yml、docker-compose.yml、docker-compose.yaml）',
  ),
  'several-projects': text(
    'there are several projects, and the one to grade cannot be determined: submit one',
    '裡面有多個專案，無法判斷要評分哪一個：請只繳交一個',
  ),
  exam: text(
    'this is an exam of `lab break`: grade it with `--exam COUNT --seed SEED`, or a rubric with the key `exam`',
    '這是 `lab break` 的測驗：請用 `--exam 數量 --seed 種子` 評分，或使用有 `exam` 這個鍵的評分標準',
  ),
  'no-exam': text(
    'there is no exam here: exam.json is missing, at the top and one folder down',
    '這裡沒有測驗：最上層和往下一層資料夾裡都沒有 exam.json',
  ),
  'exam-invalid': text('this result file of an exam is not valid', '這份測驗的結果檔內容無效'),
} as const satisfies Record<string, Text>;
export type RefusalCode = keyof typeof reasons;

/** `at`: a path below the submission's folder, as found; it is made safe to show. */
export function refusal(code: RefusalCode, at?: string): Remark {
  const clean = at === undefined ? undefined : singleLine(at);
  const shown = clean !== undefined && clean.length > 200 ? `${clean.slice(0, 199)}…` : clean;
  return { code, ...(shown === undefined || shown === '' ? {} : { place: { file: shown } }), text: reasons[code] };
}

/** Ends the reading of a submission; its reason is reported, and nothing more is examined. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly remark: Remark;
  constructor(code: RefusalCode, at?: string) {
    super(code);
    this.remark = refusal(code, at);
  }
}
