import { closestWord } from '../formats/closest-word.ts';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Lab, Step, Tutorial } from '../lab/tutorial.ts';

/**
 * The labs to perform, in the tutorial's order: those named and all that they need; without names: all. Of a lab that is named only by a step
 * (`lab/step`), the steps up to that one. Throws E_LAB_UNKNOWN.
 */
export function planLabs(tutorial: Tutorial, names: readonly string[]): Lab[] {
  /** The number of steps of each lab. */
  const wanted = new Map<string, number>();
  const add = ({ id, steps, needs = [] }: Lab, count = steps.length): void => {
    const before = wanted.get(id);
    wanted.set(id, Math.max(count, before ?? 0));
    if (before === undefined) for (const need of needs) add(findLab(tutorial, need));
  };
  for (const name of names.length > 0 ? names : tutorial.labs.map((lab) => lab.id)) {
    const { lab, step } = findLabOrStep(tutorial, name);
    add(lab, step && lab.steps.indexOf(step) + 1);
  }
  return tutorial.labs
    .filter(({ id }) => wanted.has(id))
    .map((lab) => (wanted.get(lab.id) === lab.steps.length ? lab : { ...lab, steps: lab.steps.slice(0, wanted.get(lab.id)) }));
}

/** A lab, or one of its steps, from `lab` or `lab/step`. Throws E_LAB_UNKNOWN. */
export function findLabOrStep(tutorial: Tutorial, at: string): { lab: Lab; step?: Step } {
  const [labId = '', stepId] = at.split('/');
  const lab = findLab(tutorial, labId);
  if (stepId === undefined || stepId === '') return { lab };
  const step = lab.steps.find((one) => one.id === stepId);
  if (step) return { lab, step };
  const known = lab.steps.map((one) => one.id);
  const meant = closestWord(stepId, known);
  const all = known.map((id) => `${lab.id}/${id}`);
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`${lab.id} has no step "${stepId}"`, `${lab.id} 沒有名為「${stepId}」的步驟`),
    text(
      `${didYouMean(meant && `${lab.id}/${meant}`).en}its steps: ${all.join(', ')}`,
      `${didYouMean(meant && `${lab.id}/${meant}`)['zh-TW']}可用的步驟：${all.join('、')}`,
    ),
  );
}

function findLab(tutorial: Tutorial, id: string): Lab {
  const lab = tutorial.labs.find((one) => one.id === id);
  if (lab) return lab;
  const known = tutorial.labs.map((one) => one.id);
  const owner = tutorial.labs.find(({ steps }) => steps.some((step) => step.id === id));
  const meant = didYouMean(closestWord(id, known) ?? (owner && `${owner.id}/${id}`));
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`${tutorial.id} has no lab "${id}"`, `${tutorial.id} 沒有名為「${id}」的單元`),
    text(`${meant.en}its labs: ${known.join(', ')}`, `${meant['zh-TW']}可用的單元：${known.join('、')}`),
  );
}

const didYouMean = (meant: string | undefined) =>
  text(meant ? `did you mean ${meant}? ` : '', meant ? `是不是要用 ${meant}？` : '');
