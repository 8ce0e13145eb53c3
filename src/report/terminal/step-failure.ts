import type { RunEvent } from '../../lab/event.ts';
import { wordsOf } from '../messages.ts';
import { body } from './check-lines.ts';
import { colour, labelled, mark, marked, type Page, paragraph } from './text-blocks.ts';

type StepFinished = Extract<RunEvent, { kind: 'step-finished' }>;

/** The end of a step that did not pass: why no check was made, and how to investigate. */
export function renderEnding(page: Page, event: StepFinished, failedOutput: readonly string[], performed: boolean): string[] {
  const { outcome, reason, hints } = event;
  const words = wordsOf(page.lang);
  const numbered = hints.map((hint, at) => [words.hintNumber(at + 1), hint[page.lang]] as const);
  // a learner's own stack keeps running anyway
  const further = performed ? [[words.lookFurther, words.keepStack(`lab run ${event.lab}/${event.step} --keep`)] as const] : [];
  return [
    ...(reason ? renderReason(page, event, failedOutput) : []),
    // a learner cannot fix what errored
    ...(outcome === 'failed' ? ['', ...labelled(page, [...numbered, ...further], body)] : []),
  ];
}

/** The last output of the failed command, without what the reason repeats, and the reason. */
function renderReason(page: Page, { outcome, reason }: StepFinished, failedOutput: readonly string[]): string[] {
  if (!reason) return [];
  const words = wordsOf(page.lang);
  const message = reason.message[page.lang];
  const output = failedOutput.filter((line) => line.trim() !== '' && !message.includes(line.trim()));
  const ours = outcome === 'errored' ? paragraph(page, words.notYourFault, body + 2, colour(page, outcome)) : [];
  return [
    ...output.flatMap((line) => paragraph(page, line, body + 2, page.paint.dim)),
    ...marked(page, mark(page, outcome), message, { indent: body, style: page.paint.bold }),
    ...ours,
    ...labelled(page, [[words.hint, reason.hint[page.lang]]], body + 2),
  ];
}
