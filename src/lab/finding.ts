import { type Lang, type Text, text } from './text.ts';
import type { Lab, Step, Tutorial } from './tutorial.ts';

/** A problem in a tutorial, found by reading it. */
export interface Finding {
  /** `tutorial/lab/step`, as specific as possible; for a file, its path relative to the package's folder. */
  readonly where: string;
  /** A stable code. */
  readonly rule: string;
  readonly message: Text;
  /** What to do. */
  readonly help: Text;
  /** What of the tutorial's stacks it is about: `stack` or `stack/role`. */
  readonly part?: string;
  /** The language of the text that it is about, if it is about one. */
  readonly lang?: Lang;
}

export const finding = (
  where: string,
  rule: string,
  message: readonly [en: string, zhTW: string],
  help: readonly [en: string, zhTW: string],
): Finding => ({ where, rule, message: text(...message), help: text(...help) });

/** A step and its position. */
export interface TextPlace {
  readonly lab: Lab;
  readonly step: Step;
  readonly where: string;
}
export const placesOf = (tutorial: Tutorial): TextPlace[] =>
  tutorial.labs.flatMap((lab) => lab.steps.map((step) => ({ lab, step, where: `${tutorial.id}/${lab.id}/${step.id}` })));
