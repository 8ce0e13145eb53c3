import type { Lab } from '../../lab/tutorial.ts';
import { pad, widthOf } from '../../report/terminal/layout.ts';
import type { StepState } from '../../run/verify.ts';
import type { Cli } from '../context.ts';

const words = {
  en: {
    holds: (project: string, dir: string) => `Steps that pass now in the project ${project} (${dir})`,
    none: 'No step passes.',
    why: (lab: string) => `\`lab verify ${lab}\` shows why a step of that lab does not pass, and what to try next.`,
    watched: 'part of it must be observed while it happens',
    allWatched: 'must be observed while it happens',
    unclear: 'could not be determined',
  },
  'zh-TW': {
    holds: (project: string, dir: string) => `專案 ${project}（${dir}）目前通過的步驟`,
    none: '沒有步驟通過。',
    why: (lab: string) => `\`lab verify ${lab}\` 會說明該單元的步驟未通過的原因，以及接下來可以嘗試的做法。`,
    watched: '有些部分必須全程觀察',
    allWatched: '必須全程觀察',
    unclear: '無法判斷',
  },
} as const;

/** All steps of a learner's stack, and whether they hold. */
export function holdingSteps(
  { out, lang }: Cli,
  { project, dir }: { readonly project: string; readonly dir: string },
  labs: readonly Lab[],
  states: readonly StepState[],
): string {
  const { paint } = out;
  const labels = words[lang];
  const ids = states.map(({ lab, step }) => `${lab.id}/${step.id}`);
  const column = Math.max(...ids.map(widthOf));
  const rows = states.map(({ step, outcome, results }, at) => {
    const title = step.title[lang];
    const id = pad(ids[at] ?? '', column);
    if (outcome === 'errored') return `  ${paint.yellow('!')} ${id}  ${title}  ${paint.dim(labels.unclear)}`;
    if (outcome === 'skipped') return paint.dim(`  · ${id}  ${title}  ${labels.allWatched}`);
    if (outcome !== 'passed') return paint.dim(`  · ${id}  ${title}`);
    const partly = results.some((one) => one.outcome === 'skipped') ? `  ${paint.dim(labels.watched)}` : '';
    return `  ${paint.green('✓')} ${id}  ${title}${partly}`;
  });
  const none = states.every(({ outcome }) => outcome !== 'passed');
  const why = labels.why(none ? (labs[0]?.id ?? '') : 'LAB');
  const lines = [paint.bold(labels.holds(project, dir)), ...rows, '', ...(none ? [labels.none] : []), why];
  return `${lines.join('\n')}\n`;
}
