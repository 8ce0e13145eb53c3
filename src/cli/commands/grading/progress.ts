import type { GradingOptions } from '../../../grade/run-grading.ts';
import { createClassProgress } from '../../../report/terminal/class-progress.ts';
import { clock } from '../../clock.ts';
import type { Cli } from '../../context.ts';
import { buildsLine, endedLine, examLine, imagesLine, startLine, trustLine, unlistedLine } from '../../output/grade-summary.ts';
import { queueStartLine } from '../../output/queue-lines.ts';
import { promptsOn } from '../../prompts/prompts.ts';
import type { GradeOptions } from './options.ts';

/** The progress of a class, and of what is prepared before it. */
export function progressOf(cli: Cli) {
  const prompts = promptsOn(cli);
  const lines = createClassProgress(cli.err, cli.lang, clock.now);
  return {
    prompts,
    lines,
    close: () => {
      prompts.end();
      lines.close();
    },
  };
}

/** How a class is graded, and its lines on the screen. `queue`: where its workers are. */
export function gradingOptions(
  cli: Cli,
  { jobs, buildNetwork, registryMirror, trust = false }: GradeOptions,
  { prompts, lines }: ReturnType<typeof progressOf>,
  queue?: { readonly shown: string; readonly encrypted: boolean },
): GradingOptions {
  const { signal, lang, err } = cli;
  return {
    opening: { ...cli, ...prompts, choice: cli.engine },
    homes: cli.homes,
    ...(jobs === undefined ? {} : { jobs }),
    ...(buildNetwork === undefined ? {} : { buildNetwork }),
    trust,
    ...(registryMirror === undefined ? {} : { registryMirror }),
    clock,
    signal,
    onStart: (start) => {
      prompts.end();
      const first = queue ? queueStartLine(start, queue) : startLine(start);
      lines.printLine(first[lang]);
      if (start.exam) lines.printLine(examLine(start.exam)[lang]);
      const images = imagesLine(start);
      if (images) lines.printLine(images[lang]);
      lines.printLine(buildsLine(start)[lang]);
      if (start.trust) lines.printLine(trustLine[lang]);
      else if (start.unlisted.length > 0) lines.printLine(unlistedLine(start.unlisted)[lang]);
    },
    onProgress: (state) => {
      if (state.last) lines.printLine(endedLine(state.last.id, state.last.grade, err, lang));
      lines.update(state);
    },
  };
}
