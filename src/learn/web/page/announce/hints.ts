import type { Text } from '../../../../lab/text.ts';
import type { Block, Inline, LearnPageState, StepContent } from '../../protocol.ts';
import { lineText } from '../step/lines.ts';
import { textOf } from '../words/words.ts';

/** The hints and the solution that appear with a change. The last hint is the solution. */
export function hintTexts(before: LearnPageState, after: LearnPageState, step: StepContent | undefined): readonly Text[] {
  if (!step) return [];
  const solved = after.solutionShown && !before.solutionShown;
  const count = step.hints.en.length;
  const upTo = after.solutionShown ? Math.min(after.hints, count - 1) : after.hints;
  const hints = Array.from({ length: Math.max(0, upTo - before.hints) }, (_, n) => {
    const at = before.hints + n;
    return textOf((words, lang) => `${words.hint(at + 1, count)}${words.colon}${plainText(step.hints[lang][at] ?? [])}`);
  });
  if (!solved) return hints;
  const { commands } = step;
  return [
    ...hints,
    textOf((words, lang) => {
      const solution = commands.length > 0 ? commands.join('\n') : plainText(step.hints[lang].at(-1) ?? []);
      return `${words.solution}${words.colon}${solution}`;
    }),
  ];
}

/** Blocks without their form. */
const plainText = (blocks: readonly Block[]): string => blocks.map(blockText).join('\n');

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return inlineText(block.content);
    case 'list':
      return block.items.map(plainText).join('\n');
    case 'quote':
      return plainText(block.content);
    case 'code':
      return block.lines.map(lineText).join('\n');
  }
}

const inlineText = (content: readonly Inline[]): string =>
  content.map((one) => ('content' in one ? inlineText(one.content) : one.text)).join('');
