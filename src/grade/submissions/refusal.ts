import { singleLine } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Remark } from '../types.ts';

/** Why a submission is not taken in: a stable code → what a teacher and a student read. */
const reasons = {
  unreadable: text(
    'this could not be read: look at who may read it, and whether it is still being copied',
    '無法讀取：請檢查讀取權限，以及檔案是否還在複製中',
  ),
  'special-file': text(
    'this is a device, a pipe or a socket: only files, folders and links are taken',
    '這是裝置、管線或 socket：只接受檔案、資料夾與連結',
  ),
  'link-leaves-folder': text(
    'this link leads out of what was handed in: put the file itself there',
    '這個連結通往繳交內容之外：請改放檔案本身',
  ),
  'link-circle': text('this link leads round in a circle', '這個連結繞了一圈，又回到自己'),
  'path-absolute': text(
    'names have to be relative to the folder, not to a machine',
    '名稱必須相對於資料夾，不能是某台機器上的絕對路徑',
  ),
  'path-leaves-folder': text(
    'this name has `..` in it, and would be written outside the folder',
    '名稱含有 `..`，會寫到資料夾之外',
  ),
  'path-backslash': text(
    'this name has a backslash in it: pack it again with a program that writes `/`',
    '名稱含有反斜線：請改用會寫入 `/` 的程式重新壓縮',
  ),
  'path-through-file': text('something is to be below this, which is no folder', '有內容要放在它底下，但它不是資料夾'),
  'path-too-deep': text('folders lie too deep in one another here', '這裡的資料夾巢狀太深'),
  'name-not-utf8': text(
    'this name is not in UTF-8, and its encoding is not certain: it is graded under this escaped name; to use the file, rename it in plain letters',
    '名稱的編碼不是 UTF-8，也無法確定是哪一種：評分時使用這個轉義後的名稱；如果要用到這個檔案，請改成英數檔名',
  ),
  'link-not-utf8': text(
    'this link leads to a name that is not in UTF-8, and whose encoding is not certain: the link is left out',
    '這個連結指向的名稱不是 UTF-8，也無法確定是哪一種編碼：評分時不使用這個連結',
  ),
  'name-invisible': text(
    'this name has characters that cannot be seen, or that turn the direction of a text',
    '名稱含有看不見的字元，或會改變文字方向的字元',
  ),
  'name-too-long': text('this name is too long', '名稱太長'),
  'names-collide': text(
    'two names here differ only in case or accents, or are the same: on many machines one hides the other',
    '這裡有兩個名稱相同，或只差在大小寫或字元的組合方式：在許多電腦上，一個會蓋掉另一個',
  ),
  'too-many-files': text('these are too many files', '檔案太多'),
  'too-large': text('all of it together is too large', '全部加起來太大'),
  'file-too-large': text('this file is too large', '這個檔案太大'),
  'archive-ratio': text(
    'it unpacks to many times its size, as no honest archive does',
    '解開後是原本的許多倍，正常的壓縮檔不會這樣',
  ),
  'archive-depth': text('too many archives lie in one another', '壓縮檔裡又有壓縮檔，層數太多'),
  'archive-encrypted': text('the archive is encrypted: pack it without a password', '壓縮檔已加密：請不要設定密碼'),
  'archive-method': text(
    'it is packed in a way that is not read here: pack it as a plain zip',
    '這種壓縮方式無法讀取：請用一般的 zip 重新壓縮',
  ),
  'archive-format': text(
    'this kind of file is not read: hand in a folder, a .zip, a .tar or a .tar.gz',
    '無法讀取這種檔案：請繳交資料夾、.zip、.tar 或 .tar.gz',
  ),
  'archive-overlap': text(
    'files share the same bytes of the archive, as no honest archive does',
    '壓縮檔裡的檔案共用同一段資料，正常的壓縮檔不會這樣',
  ),
  'archive-entry': text(
    'this is of a kind that is not read here (sparse, or part of a series): pack it again with a plain `tar -cf`',
    '無法讀取這種項目（稀疏檔或分卷）：請用一般的 `tar -cf` 重新打包',
  ),
  'archive-damaged': text(
    'the archive is cut short or damaged, or not what it says: pack and upload it again',
    '壓縮檔不完整、已損壞，或內容與標示不符：請重新壓縮並上傳',
  ),
  'git-missing': text(
    'this is a bare git repository, and there is no git program here: install git, or give a working tree',
    '這是 bare Git 儲存庫，但這台機器沒有 git：請安裝 git，或改給工作目錄',
  ),
  'git-unreadable': text(
    'git can not read this repository, or it has no commit that is meant',
    'git 無法讀取這個儲存庫，或找不到要評分的 commit',
  ),
  'no-compose-file': text(
    'there is no Compose file (compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml) at the top or one folder down',
    '最上層或往下一層資料夾裡沒有 Compose 檔案（compose.yaml、compose.yml、docker-compose.yml、docker-compose.yaml）',
  ),
  'several-projects': text(
    'there are several projects, and which is meant can not be told: hand in one',
    '裡面有好幾個專案，無法判斷是哪一個：請只繳交一個',
  ),
  'override-file': text(
    'Compose would read this file too, and it would change what runs: merge it into the Compose file',
    'Compose 也會讀取這個檔案，並改變實際執行的內容：請把它併入 Compose 檔案',
  ),
} as const satisfies Record<string, Text>;
export type RefusalCode = keyof typeof reasons;

/** `at`: a path below the submission's folder, as it was found: it is made fit to be shown. */
export function refusal(code: RefusalCode, at?: string): Remark {
  const clean = at === undefined ? undefined : singleLine(at);
  const shown = clean !== undefined && clean.length > 200 ? `${clean.slice(0, 199)}…` : clean;
  return { code, ...(shown === undefined || shown === '' ? {} : { place: { file: shown } }), text: reasons[code] };
}

/** Ends the reading of a submission; what it says is told, and nothing more is looked at. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly remark: Remark;
  constructor(code: RefusalCode, at?: string) {
    super(code);
    this.remark = refusal(code, at);
  }
}
