import { type Text, text } from '../../lab/text.ts';
import type { Step, Tutorial } from '../../lab/tutorial.ts';
import type { OwnStack } from './own-stack.ts';

/** The tutorial with the port at which the learner's stack is published in its texts, where that is another one. */
export function tutorialAtPort(tutorial: Tutorial, { stack, spec }: Pick<OwnStack, 'stack' | 'spec'>): Tutorial {
  const port = tutorial.stacks[stack]?.published?.hostPort;
  const own = spec.published?.hostPort ?? 0;
  if (port === undefined || own === 0 || own === port) return tutorial;
  const moved = (written: Text): Text => text(movedPort(written.en, port, own), movedPort(written['zh-TW'], port, own));
  const labs = tutorial.labs.map((lab) =>
    lab.stack === stack ? { ...lab, steps: lab.steps.map((step) => stepWith(step, moved)) } : lab,
  );
  return { ...tutorial, labs };
}

function stepWith(step: Step, moved: (text: Text) => Text): Step {
  const { title, teach, prose, hints, task, recap } = step;
  const [first, second, last] = hints;
  return {
    ...step,
    title: moved(title),
    teach: moved(teach),
    hints: [moved(first), moved(second), moved(last)],
    ...(prose ? { prose: moved(prose) } : {}),
    ...(task ? { task: moved(task) } : {}),
    ...(recap ? { recap: moved(recap) } : {}),
  };
}

/** In a container, `localhost` is the container itself. */
const inContainer = /\bdocker(?:-compose)?(?: [^|;&`]*)? (?:exec|run) /;

/** A text with `own` for `port` in addresses of this machine, and where a number is called a port in the same clause: others can be anything. */
export function movedPort(written: string, port: number, own: number): string {
  const address = new RegExp(`\\b((?:localhost|127\\.0\\.0\\.1):)${port}\\b`, 'g');
  const called = new RegExp(`((?:\\bports?\\b|連接埠|通訊埠)[^.,:;。，：；\\n]{0,40}?(?<![\\w.:]))${port}(?!\\w|:\\d)`, 'gi');
  return written
    .split('\n')
    .map((line) => (inContainer.test(line) ? line : line.replace(address, `$1${own}`)))
    .join('\n')
    .replace(called, `$1${own}`);
}
