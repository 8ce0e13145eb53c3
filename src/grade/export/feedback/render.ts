import { multiLine, oneLine } from '../../../formats/untrusted-text.ts';
import { escaped } from '../summary.ts';
import type { Feedback, FeedbackPart } from './content.ts';

/** Feedback as plain text: a mail, or a comment in Canvas. */
export function feedbackText({ title, student, result, parts }: Feedback): string {
  const paragraphs = [[title, student], result, ...parts.map(partLines)];
  return multiLine(`${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

const partLines = ({ title, items }: FeedbackPart): string[] => [
  title,
  ...items.flatMap(({ head, details }) => [`- ${head}`, ...details.map((line) => `  ${line.replaceAll('\n', '\n    ')}`)]),
];

/** GitHub accepts 65,536 characters in a comment, and Linux 128 KiB in an argument, in which `glab` receives it. */
const mostBytes = 60_000;

/** Feedback as a Markdown comment on GitHub or GitLab. Texts of others mention nobody, refer to nothing, and give no command. */
export function feedbackMarkdown({ title, student, result, parts }: Feedback): string {
  const lines = [
    `### ${inert(title)} · ${inert(student)}`,
    '',
    ...result.flatMap((line) => [`**${inert(line)}**`, '']),
    ...parts.flatMap(({ title: about, items }) => [
      `#### ${inert(about)}`,
      '',
      ...items.flatMap(({ head, details }) => [`- ${inert(head)}`, ...details.map((line) => `  - ${inert(line)}`)]),
      '',
    ]),
  ];
  return multiLine(`${fitting(lines).join('\n').trimEnd()}\n`);
}

/** As many lines as a comment may have, then an ellipsis. */
function fitting(lines: readonly string[]): readonly string[] {
  let left = mostBytes;
  const over = lines.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  return over < 0 ? lines : [...lines.slice(0, over), '…'];
}

/**
 * After these, an escape is not enough: GitHub and GitLab look for references (`@name`, `#1`, `!1`, `$1`, `&1`, `~label`, `%milestone`, `GH-1`, `[issue:1]`,
 * addresses of pages) after they have removed it. An invisible space separates them; in a command it would be copied too, so it is nowhere else.
 */
const reference =
  /\\@(?=[\p{L}\p{N}_\\])|(?:\\[#!$]|&amp;|\bGH\\-)(?=\d)|(?:\\~|%)(?=[\p{L}\p{N}"'])|\\:(?=\/\/)|\\\[(?=[a-z\\_]+\\:)/giu;
const inert = (value: string): string => escaped(oneLine(value, 1000), 1000).replaceAll(reference, '$&&#8203;');
