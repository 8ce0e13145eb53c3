import { oneLine } from '../../formats/untrusted-text.ts';
import { type Text, text } from '../../lab/text.ts';
import { masked } from './repository.ts';

/** Why a repository has no submission: `missing`: the student has none there; `failed`: it could not be determined. */
export interface Problem {
  readonly kind: 'missing' | 'failed';
  readonly text: Text;
}

const missing = (en: string, zhTW: string): Problem => ({ kind: 'missing', text: text(en, zhTW) });
const failed = (en: string, zhTW: string): Problem => ({ kind: 'failed', text: text(en, zhTW) });

export const problems = {
  noRepository: missing(
    'there is no repository at this address, or your login has no access to it',
    '這個位址沒有儲存庫，或你的帳號沒有存取權限',
  ),
  empty: missing('the repository has no commits', '儲存庫沒有任何 commit'),
  noBranch: (branch: string, others: readonly string[]) =>
    missing(
      `there is no branch ${branch}; there is ${listed(others, ', ')}`,
      `沒有分支 ${branch}；現有的分支：${listed(others, '、')}`,
    ),
  severalBranches: (branches: readonly string[]) =>
    missing(
      `there is no default branch; name one in the column branch: ${listed(branches, ', ')}`,
      `沒有預設分支；請在欄位 branch 指定一個：${listed(branches, '、')}`,
    ),
  noneBefore: (due: string, newest: string) =>
    missing(`no commit before ${due}; the newest is from ${newest}`, `${due} 之前沒有 commit；最新的是 ${newest}`),
  noAccess: failed(
    'access is denied: `git ls-remote` with this address must work without a prompt',
    '存取被拒：請先確認用 `git ls-remote` 讀取這個位址時不會要求輸入',
  ),
  timeout: (seconds: number) => failed(`reading it took longer than ${seconds} s`, `讀取超過 ${seconds} 秒`),
  tooLarge: (bytes: number) => failed(`it is larger than ${Math.round(bytes / 1e6)} MB`, `超過 ${Math.round(bytes / 1e6)} MB`),
  otherProtocol: failed('the server leads to another protocol, which is not followed', '伺服器要轉到另一種通訊協定，不予採用'),
  odd: failed('the server named a branch that git does not accept', '伺服器提供的分支名稱不符合 git 的規定'),
  notRead: (why: Text) => failed(`this repository is not read: ${why.en}`, `不讀取這個儲存庫：${why['zh-TW']}`),
  leadsElsewhere: (path: string) =>
    failed(`${path} is not a folder: a link to another place is not followed`, `${path} 不是資料夾：不會跟隨指向別處的連結`),
  notOurs: (path: string) =>
    failed(
      `${path} was not written by lab collect, or was changed since: move it away`,
      `${path} 不是 lab collect 寫入的，或之後有變更：請先移走`,
    ),
} as const;

/** Branch names are the student's. */
const listed = (names: readonly string[], between: string): string => {
  const some = names.slice(0, 5).map((name) => oneLine(name, 60));
  return [...some, ...(names.length > some.length ? ['…'] : [])].join(between);
};

const signs: readonly (readonly [RegExp, Problem])[] = [
  [/transport '.*' not allowed|Protocol ".*" (?:not supported|disabled)|Unsupported protocol/i, problems.otherProtocol],
  [/not found|does not exist|does not appear to be a git repository|error: 404/i, problems.noRepository],
  [
    /Authentication failed|could not read (?:Username|Password)|Permission denied|error: 40[13]|terminal prompts disabled/i,
    problems.noAccess,
  ],
];

/** The meaning of git's error output. */
export function problemOf(errors: readonly string[], fileBytes: number): Problem {
  const all = errors.join('\n');
  if (/file too large|over limit \d+/i.test(all)) return problems.tooLarge(fileBytes);
  const known = signs.find(([sign]) => sign.test(all))?.[1];
  if (known) return known;
  const line = oneLine(masked(errors.find((one) => /^(?:fatal|error):/.test(one)) ?? errors.at(-1) ?? ''), 200);
  return failed(`git reports: ${line}`, `git 回報：${line}`);
}
