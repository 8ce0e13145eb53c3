import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';
import type { Lab, Step, Tutorial } from '../lab/tutorial.ts';

/** The labs to perform, in the tutorial's order: those named and all that they need; without names: all. Throws E_LAB_UNKNOWN. */
export function planLabs(tutorial: Tutorial, names: readonly string[]): Lab[] {
  const wanted = new Set<string>();
  const add = (id: string): void => {
    const lab = tutorial.labs.find((one) => one.id === id);
    if (!lab) throw unknown(tutorial, id);
    if (wanted.has(id)) return;
    wanted.add(id);
    for (const need of lab.needs ?? []) add(need);
  };
  for (const name of names.length > 0 ? names : tutorial.labs.map((lab) => lab.id)) add(name);
  return tutorial.labs.filter((lab) => wanted.has(lab.id));
}

const unknown = (tutorial: Tutorial, id: string): LabError => {
  const known = tutorial.labs.map((lab) => lab.id);
  return new LabError(
    'E_LAB_UNKNOWN',
    text(`${tutorial.id} has no lab "${id}"`, `${tutorial.id} 沒有名為「${id}」的單元`),
    text(`its labs: ${known.join(', ')}`, `可用的單元：${known.join('、')}`),
  );
};

/** A lab, or one of its steps, from `lab` or `lab/step`. Throws E_LAB_UNKNOWN. */
export function findLabOrStep(tutorial: Tutorial, at: string): { lab?: Lab; step?: Step } {
  const [labId = '', stepId] = at.split('/');
  const lab = planLabs(tutorial, [labId]).find((one) => one.id === labId);
  if (!lab || stepId === undefined || stepId === '') return lab ? { lab } : {};
  const step = lab.steps.find((one) => one.id === stepId);
  if (step) return { lab, step };
  const known = lab.steps.map((one) => `${lab.id}/${one.id}`);
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`${lab.id} has no step "${stepId}"`, `${lab.id} 沒有名為「${stepId}」的步驟`),
    text(`its steps: ${known.join(', ')}`, `可用的步驟：${known.join('、')}`),
  );
}
