import { type Finding, finding } from '../../lab/finding.ts';
import type { Lab, Tutorial } from '../../lab/tutorial.ts';

/** Checks that every lab has a step, and that a baseline exists where a check needs one. */
export function lintNeeds(tutorial: Tutorial): Finding[] {
  const { id, labs } = tutorial;
  return [
    ...labs
      .filter((lab) => lab.steps.length === 0)
      .map((lab) =>
        finding(
          `${id}/${lab.id}`,
          'lab-empty',
          ['it has no step', '沒有任何步驟'],
          ['add a step, or remove the lab', '請加上步驟，或移除這個單元'],
        ),
      ),
    ...watchedFirst(tutorial),
  ];
}

/** Checks that the first step on a stack needs no baseline, because nothing comes before it. A lab that needs one that does not exist is left out. */
export const watchedFirst = (tutorial: Tutorial): Finding[] =>
  tutorial.labs
    .filter(({ needs = [] }) => needs.every((id) => tutorial.labs.some((lab) => lab.id === id)))
    .flatMap((lab) => watchedFirstIn(lab, tutorial));

function watchedFirstIn(lab: Lab, tutorial: Tutorial): Finding[] {
  const [first] = lab.steps;
  const before = neededBy(lab, tutorial.labs).some((other) => other.stack === lab.stack && other.steps.length > 0);
  if (!first || before) return [];
  return first.verify
    .filter((check) => check.needsBaseline)
    .map((check) =>
      finding(
        `${tutorial.id}/${lab.id}/${first.id}/${check.id}`,
        'watched-first',
        [
          `it compares with an earlier state, but this is the first step of the stack ${lab.stack}`,
          `它會與先前的狀態比較，但這是 stack ${lab.stack} 的第一個步驟`,
        ],
        [
          'claim what can be seen afterwards, or add an earlier lab to `needs`',
          '請改為事後可以觀察的敘述，或在 `needs` 加入較早的單元',
        ],
      ),
    );
}

function neededBy(lab: Lab, labs: readonly Lab[], seen = new Set<string>()): Lab[] {
  return (lab.needs ?? []).flatMap((id) => {
    const need = labs.find((other) => other.id === id);
    if (!need || seen.has(id) || need === lab) return [];
    seen.add(id);
    return [need, ...neededBy(need, labs, seen)];
  });
}
