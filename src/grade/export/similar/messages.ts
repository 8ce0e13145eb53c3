import type { Lang } from '../../../lab/text.ts';
import { bounds, common } from '../../similarity/find-similar.ts';
import type { SourceKind } from '../../similarity/source-kinds.ts';

const limit = Math.round(common.share * 100);

/** Texts of the files about similar submissions. */
const en = {
  heading: 'Similar submissions',
  notVerdict: 'Similarity is evidence to look at. It is not a verdict, and it changes no grade.',
  innocent: 'Usual innocent reasons:',
  reasons: [
    'both used the same tutorial, documentation, answer on the web, or program that writes code',
    'they worked as a pair, or helped each other as far as the assignment permits',
    'both used files from the course that are not part of this tutorial',
    'there are few ways to write a short file',
  ],
  talk: 'Read both sides and ask the students before you conclude anything. Who copied from whom cannot be seen here.',
  how: `Compose files, Dockerfiles, configurations and programs were compared without names, comments, blanks and order of keys. Texts that the tutorial hands out were left out, and, in a class of ${common.from} or more, what more than ${limit}% of it have in common. Identical submissions are in index.html.`,
  compared: (count: number) => `${count} different ${count === 1 ? 'submission was' : 'submissions were'} compared.`,
  unread: (count: number) => `${count} could not be read, and ${count === 1 ? 'was' : 'were'} not compared.`,
  none: 'No two submissions have much in common apart from that.',
  more: (count: number) => `${count} more pairs have less in common; only ${bounds.pairs} are listed.`,
  caption: 'Pairs with the most in common first. A share is that of the file without what was left out.',
  pair: 'pair',
  students: 'students',
  shared: 'what is shared',
  file: 'file',
  kinds: { compose: 'Compose file', dockerfile: 'Dockerfile', conf: 'configuration', app: 'program' } satisfies Record<
    SourceKind,
    string
  >,
  tokens: (count: number) => `${count} tokens in common`,
  share: (percent: number) => `${percent}% of it is in both`,
  sideBySide: 'Show both files side by side',
  marks:
    'Marked lines are in both files; the same number marks the same part. Lines without a mark are left out where there are many.',
  notShown: 'Too long for this page: open both files.',
  and: ' and ',
  colon: ': ',
  columns: [
    'student',
    'other student',
    'kind',
    'file',
    'other file',
    'tokens in common',
    'percent of file',
    'percent of other file',
  ],
};
type Words = typeof en;

const zhTW: Words = {
  heading: '相似的作業',
  notVerdict: '相似程度只是值得查看的線索，不是結論，也不會影響任何成績。',
  innocent: '常見的正當原因：',
  reasons: [
    '兩人參考了相同的教學、文件、網路上的解答，或使用了相同的程式碼產生工具',
    '兩人一組完成作業，或在作業允許的範圍內互相協助',
    '兩人都使用了課程提供、但不屬於這份教學的檔案',
    '短的檔案本來就只有少數幾種寫法',
  ],
  talk: '下結論之前，請先看過兩邊的內容並詢問學生。從這裡看不出是誰抄誰。',
  how: `比較 Compose 檔、Dockerfile、設定檔和程式時，會忽略名稱、註解、空白和鍵的順序。教學提供的內容不列入比較；${common.from} 份以上作業的班級，超過 ${limit}% 作業共有的內容也不列入。內容完全相同的作業列在 index.html。`,
  compared: (count) => `共比較了 ${count} 份不同的作業。`,
  unread: (count) => `有 ${count} 份無法讀取，沒有比較。`,
  none: '除此之外，沒有任何兩份作業有大量相同的內容。',
  more: (count) => `另有 ${count} 組相同的內容較少；只列出 ${bounds.pairs} 組。`,
  caption: '相同內容最多的組合排在最前面。比例是以扣除不列入比較的內容之後的檔案計算。',
  pair: '組別',
  students: '學生',
  shared: '相同的內容',
  file: '檔案',
  kinds: { compose: 'Compose 檔', dockerfile: 'Dockerfile', conf: '設定檔', app: '程式' },
  tokens: (count) => `有 ${count} 個語彙單元相同`,
  share: (percent) => `其中 ${percent}% 兩邊都有`,
  sideBySide: '並排顯示兩份檔案',
  marks: '標示的行在兩份檔案裡都有；相同的編號代表相同的部分。沒有標示的行太多時會省略。',
  notShown: '內容太長，這一頁不顯示：請直接開啟兩份檔案。',
  and: ' 與 ',
  colon: '：',
  columns: ['學生', '另一位學生', '種類', '檔案', '另一份檔案', '相同的語彙單元', '占檔案的百分比', '占另一份檔案的百分比'],
};

export const similarWordsOf = (lang: Lang): Words => (lang === 'en' ? en : zhTW);
