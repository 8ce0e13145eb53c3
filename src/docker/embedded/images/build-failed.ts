import { decisiveLine, withoutProgress } from '../../../formats/command-output.ts';
import { LabError } from '../../../lab/error.ts';
import { text } from '../../../lab/text.ts';

/** An image could not be built from Debian's packages. */
export const buildFailed = (ref: string, output: string): LabError =>
  new LabError(
    'E_IMAGE_BUILD',
    text(`the image ${ref} could not be built:\n${output}`, `無法建置映像檔 ${ref}：\n${output}`),
    text(
      "it is built from packages of Debian's mirror: check the network and the disk space, then try again; or load the images from a file (`lab images load FILE`)",
      '映像檔是用 Debian 鏡像站的套件建置的：請檢查網路與磁碟空間再試一次，或從檔案載入映像檔（`lab images load FILE`）',
    ),
  );

const shownLines = 8;
/** BuildKit repeats the instruction in full, with its exit code. */
const repeated = /^(?:ERROR: )?failed to solve: |^ > \[/;

/** A list of packages that could not be fetched, in an earlier step: apt only warns, and then knows no package. */
const unfetched = /^(?:#\d+ )?\d+\.\d+ (W: Failed to fetch .*)$/;

/** What a builder printed, for people: the cause first, then the last lines of the step that failed. */
export function buildOutput(printed: string): string {
  const lines = withoutProgress(printed.trimEnd().split('\n'));
  const cause = decisiveLine(lines) ?? '';
  const step = lines
    .filter((line) => !repeated.test(line) && !/^Dockerfile:\d+$/.test(line))
    .map((line) => line.replace(/^\d+\.\d+ /, ''));
  const fetched = printed.split('\n').flatMap((line) => unfetched.exec(line)?.[1] ?? []);
  return [
    cause,
    ...fetched.slice(0, 1),
    ...step.slice(-shownLines).filter((line) => line !== cause && !cause.endsWith(`: ${line}`)),
  ].join('\n');
}
