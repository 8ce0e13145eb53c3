import { type Finding, finding, placesOf } from './finding.ts';
import { gradedChecks, type Lab, type Tutorial } from './tutorial.ts';

/**
 * The problems because of which a tutorial cannot run: IDs that occur twice, needs that do not exist, come later or form a cycle,
 * stacks and roles that do not exist, steps without a check. `defineTutorial` throws them, `lab lint` lists them.
 */
export function structureFindings(tutorial: Tutorial): Finding[] {
  const { id, labs } = tutorial;
  const places = placesOf(tutorial);
  return [
    ...duplicates(labs, id),
    ...labs.flatMap((lab) => duplicates(lab.steps, `${id}/${lab.id}`)),
    ...places.flatMap(({ step, where }) => duplicates(gradedChecks(step), where)),
    ...order(labs, id),
    ...labs.flatMap((lab) => order(lab.steps, `${id}/${lab.id}`)),
    ...places.flatMap(({ step, where }) => order(gradedChecks(step), where)),
    ...places.filter(({ step }) => step.verify.length === 0).map(({ where }) => unchecked(where)),
    ...labs.flatMap((lab) => missingStackOrRoles(lab, tutorial)),
  ];
}

interface Item {
  readonly id: string;
  readonly needs?: readonly string[];
}

/** IDs that occur more than once in this list. */
export function duplicates(items: readonly Item[], where: string): Finding[] {
  const ids = items.map(({ id }) => id);
  const twice = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
  return [...twice].map((id) =>
    finding(where, 'id-twice', [`the ID ${id} occurs twice`, `ID ${id} 重複了`], ['rename one of them', '請替其中一個改名']),
  );
}

/** Needs in this list that do not exist, come later or form a cycle. */
function order(items: readonly Item[], where: string): Finding[] {
  const ids = items.map(({ id }) => id);
  const cycles = cyclesIn(items);
  const inCycle = new Set(cycles.flat());
  return [
    ...cycles.map((cycle) =>
      finding(
        where,
        'need-circle',
        [`they need one another: ${[...cycle, cycle[0]].join(' → ')}`, `互相需要，形成循環：${[...cycle, cycle[0]].join(' → ')}`],
        ['remove one of the needs', '請移除其中一個 needs'],
      ),
    ),
    ...items.flatMap(({ id, needs = [] }, at) =>
      needs.flatMap((need) => {
        const here = `${where}/${id}`;
        if (!ids.includes(need))
          return finding(
            here,
            'need-missing',
            [`it needs ${need}, which does not exist`, `需要的 ${need} 不存在`],
            [`name one of: ${ids.join(', ')}`, `請寫其中一個：${ids.join('、')}`],
          );
        if (ids.indexOf(need) < at || (inCycle.has(id) && inCycle.has(need))) return [];
        return finding(
          here,
          'need-late',
          [`it needs ${need}, which comes after it`, `需要的 ${need} 排在它後面`],
          ['move what it needs before it', '請把需要的排在前面'],
        );
      }),
    ),
  ];
}

/** Each cycle once, starting at its first visited item. */
function cyclesIn(items: readonly Item[]): string[][] {
  const needsOf = new Map(items.map(({ id, needs = [] }) => [id, needs]));
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): void => {
    if (trail.includes(id)) cycles.push(trail.slice(trail.indexOf(id)));
    if (done.has(id) || trail.includes(id)) return;
    for (const need of needsOf.get(id) ?? []) visit(need, [...trail, id]);
    done.add(id);
  };
  for (const { id } of items) visit(id, []);
  return cycles;
}

const unchecked = (where: string): Finding =>
  finding(
    where,
    'step-unchecked',
    ['it has no check: nothing would show that it was done', '沒有任何檢查：無法看出是否完成'],
    ['claim what is true only after it', '請加上完成這一步之後才會成立的敘述'],
  );

function missingStackOrRoles(lab: Lab, { id, stacks }: Tutorial): Finding[] {
  const stack = Object.hasOwn(stacks, lab.stack) ? stacks[lab.stack] : undefined;
  const where = `${id}/${lab.id}`;
  if (!stack) {
    const known = Object.keys(stacks);
    return [
      finding(
        where,
        'stack-missing',
        [`the stack ${lab.stack} does not exist`, `stack ${lab.stack} 不存在`],
        [`name one of: ${known.join(', ')}`, `請寫其中一個：${known.join('、')}`],
      ),
    ];
  }
  const roles = Object.keys(stack.services);
  return lab.steps.flatMap((step) =>
    gradedChecks(step).flatMap((check) =>
      (check.roles ?? [])
        .filter((role) => !roles.includes(role))
        .map((role) =>
          finding(
            `${where}/${step.id}/${check.id}`,
            'role-missing',
            [
              `it names ${role}, which is not a role of the stack ${lab.stack}`,
              `用到 ${role}，但 stack ${lab.stack} 沒有這個角色`,
            ],
            [`name one of: ${roles.join(', ')}`, `請寫其中一個：${roles.join('、')}`],
          ),
        ),
    ),
  );
}
