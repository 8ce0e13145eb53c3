import type { SourceFile } from '../../similarity/source-kinds.ts';
import type { Entry } from '../../types.ts';
import type { OutFile } from '../formats.ts';
import type { SimilarClass } from './similar-class.ts';

/** The folder for other programs, below the output folder. */
const folder = 'similar';

/**
 * The texts that were compared, for JPlag and compare50: a folder for each student, one with what the tutorial hands out, and the commands. `nameOf`: the
 * file name of a student.
 */
export function filesForPrograms({ compared, base }: SimilarClass, nameOf: (id: string) => string): OutFile[] {
  const ofStudents = compared.flatMap(({ entries, sources }) =>
    entries.flatMap(({ student }: Entry) => filesIn(`${folder}/jplag/${nameOf(student.id)}`, sources.files)),
  );
  return [{ path: `${folder}/README.txt`, parts: () => [readme] }, ...filesIn(`${folder}/base`, base.files), ...ofStudents];
}

function filesIn(below: string, files: readonly SourceFile[]): OutFile[] {
  const taken = new Set<string>();
  return files.map(({ path, text }) => ({ path: `${below}/${flatName(path, taken)}`, parts: () => [text] }));
}

const longest = 60;
/** Names of devices on Windows, with any ending. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The path of a file as one safe name, `flask-app.py`: what was handed in must not name folders, and both programs know a language by the end of a name.
 * None is used twice, even if case is ignored.
 */
function flatName(path: string, taken: Set<string>): string {
  const plain = path
    .replaceAll(/[^A-Za-z0-9._]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(-longest)
    .replace(/^[-.]+/, '');
  const name = plain === '' || device.test(plain) ? `file-${plain}` : plain;
  for (let count = 1; ; count += 1) {
    const own = count === 1 ? name : `${count}-${name}`;
    if (taken.has(own.toLowerCase())) continue;
    taken.add(own.toLowerCase());
    return own;
  }
}

/** JPlag reads only files with the suffixes of its language, or with these. */
const suffixes = '.yaml,.yml,Dockerfile,.conf,.template,.py,.js,.mjs,.ts,.go,.java,.rb,.php,.sh';

const readme = `Similar submissions, for other programs
=======================================

jplag/   a folder for each student, with the texts that lab grade compared
base/    the texts that the tutorial hands out, which the programs leave out

Run the commands in this folder. What they report is evidence, never a verdict:
see similar.html.

JPlag (https://github.com/jplag/JPlag): every file as text, then the programs
in one language (javascript, typescript, golang, java, ... in place of python3):

  java -jar jplag.jar jplag -bc base -l text -M RUN -r jplag-text \\
    -p ${suffixes}
  java -jar jplag.jar jplag -bc base -l python3 -M RUN -r jplag-python3

compare50 (https://github.com/cs50/compare50):

  compare50 'jplag/*' -d base -o compare50-results


相似的作業：供其他程式使用
==========================

jplag/   每位學生一個資料夾，內容是 lab grade 比較過的檔案
base/    教學提供的檔案，這些程式會排除它們的內容

請在這個資料夾執行上面的指令。結果只是線索，不是結論：請見 similar.html。
`;
