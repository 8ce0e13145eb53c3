import type { Lab, Tutorial } from '../../lab/tutorial.ts';
import { type Finding, finding, placesOf } from './finding.ts';

interface Needing {
  readonly id: string;
  readonly needs?: readonly string[];
}

/**
 * Checks that needs exist, come earlier and form no cycle, that every step has a check, and that a baseline exists where one is
 * needed.
 */
export function lintNeeds(tutorial: Tutorial): Finding[] {
  const { id, labs } = tutorial;
  return [
    ...order(labs, id),
    ...labs.flatMap((lab) => order(lab.steps, `${id}/${lab.id}`)),
    ...placesOf(tutorial).flatMap(({ step, where }) => order(step.verify, where)),
    ...labs
      .filter((lab) => lab.steps.length === 0)
      .map((lab) =>
        finding(
          `${id}/${lab.id}`,
          'lab-empty',
          ['it has no step', '沒有任何步驟'],
          ['give it one, or take it out', '請加上步驟，或移除這個單元'],
        ),
      ),
    ...placesOf(tutorial)
      .filter(({ step }) => step.verify.length === 0)
      .map(({ where }) =>
        finding(
          where,
          'step-unchecked',
          ['it has no check: nothing would show that it was done', '沒有任何檢查：無法看出是否完成'],
          ['claim what is true only after it', '請加上做完這一步才會成立的主張'],
        ),
      ),
    ...labs.flatMap((lab) => watchedFirst(lab, tutorial)),
  ];
}

function order(those: readonly Needing[], where: string): Finding[] {
  const ids = those.map(({ id }) => id);
  const circles = circlesIn(those);
  const inCircle = new Set(circles.flat());
  return [
    ...circles.map((circle) =>
      finding(
        where,
        'need-circle',
        [
          `they need one another: ${[...circle, circle[0]].join(' → ')}`,
          `互相需要，形成循環：${[...circle, circle[0]].join(' → ')}`,
        ],
        ['take one of the needs away', '請拿掉其中一個 needs'],
      ),
    ),
    ...those.flatMap(({ id, needs = [] }, at) =>
      needs.flatMap((need) => {
        const here = `${where}/${id}`;
        if (!ids.includes(need))
          return finding(
            here,
            'need-missing',
            [`it needs ${need}, which is not there`, `需要的 ${need} 不存在`],
            ['name one that is there, beside it', '請寫同一層裡存在的 ID'],
          );
        if (ids.indexOf(need) < at || (inCircle.has(id) && inCircle.has(need))) return [];
        return finding(
          here,
          'need-late',
          [`it needs ${need}, which comes after it`, `需要的 ${need} 排在它後面`],
          ['put what is needed first', '請把需要的排在前面'],
        );
      }),
    ),
  ];
}

/** Each cycle once, starting at its first visited item. */
function circlesIn(those: readonly Needing[]): string[][] {
  const needsOf = new Map(those.map(({ id, needs = [] }) => [id, needs]));
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): void => {
    if (trail.includes(id)) circles.push(trail.slice(trail.indexOf(id)));
    if (done.has(id) || trail.includes(id)) return;
    for (const need of needsOf.get(id) ?? []) visit(need, [...trail, id]);
    done.add(id);
  };
  for (const { id } of those) visit(id, []);
  return circles;
}

/** Checks that the first step on a stack needs no baseline, because nothing comes before it. */
function watchedFirst(lab: Lab, tutorial: Tutorial): Finding[] {
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
          `it is watched, in the first step of the stack ${lab.stack}: there is nothing to compare with`,
          `它要和之前比較，但這是 stack ${lab.stack} 的第一步，之前什麼都沒有`,
        ],
        [
          'claim what can be seen afterwards, or let the lab need one that comes first',
          '請改成事後看得出來的主張，或讓單元先需要另一個單元',
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
