import { serviceNames } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import { gradedChecks, type Lab, type Tutorial } from '../../lab/tutorial.ts';
import type { ImageRule } from '../policy/images.ts';
import { noteTexts } from '../policy/messages.ts';
import type { PolicyRules } from '../policy/rules.ts';
import { prescribedCodes } from '../roles/prescribed.ts';
import { rounded } from '../scoring/points.ts';
import { sharedParts } from '../substitution/part.ts';
import type { RubricFile, Wrong } from './parse-rubric.ts';

/** Each function checks a part of a rubric against its tutorial and throws LabError E_RUBRIC_INVALID. */

/** The labs that are graded: of one stack, with all that they need, no two with the same step, in the tutorial's order. */
export function labsOf({ tutorial: named, lab, labs: several }: RubricFile, tutorial: Tutorial, wrong: Wrong): readonly string[] {
  if (named !== tutorial.id)
    throw wrong(
      ['tutorial'],
      text(`it is for the tutorial ${named}, not for ${tutorial.id}`, `它適用於教學 ${named}，而不是 ${tutorial.id}`),
    );
  if ((lab === undefined) === (several === undefined))
    throw wrong(
      several === undefined ? [] : ['labs'],
      text('expected either `lab`, or `labs` for several', '`lab` 與 `labs`（多個單元）必須擇一填寫'),
      theseAre(tutorial.labs),
    );
  const ids = several ?? [lab ?? ''];
  const before: Lab[] = [];
  for (const [place, id] of ids.entries()) {
    const at = several ? ['labs', place] : ['lab'];
    const one = tutorial.labs.find((other) => other.id === id);
    if (!one) throw wrong(at, text(`${named} has no lab ${id}`, `${named} 沒有單元 ${id}`), theseAre(tutorial.labs));
    const last = before.at(-1);
    if (last && last.stack !== one.stack)
      throw wrong(
        at,
        text(
          `${id} is on the stack ${one.stack}, ${last.id} on ${last.stack}`,
          `${id} 用的是 ${one.stack}，${last.id} 用的是 ${last.stack}`,
        ),
        text(
          'a rubric is for one stack: write separate rubrics for the others',
          '一份評分標準只適用於一組服務：其他的請另寫一份',
        ),
      );
    if (last && tutorial.labs.indexOf(one) <= tutorial.labs.indexOf(last))
      throw wrong(
        at,
        text(`${id} does not come after ${last.id} in ${named}`, `在 ${named} 裡，${id} 不在 ${last.id} 後面`),
        theseAre(tutorial.labs),
      );
    const need = one.needs?.find((other) => !ids.includes(other));
    if (need !== undefined)
      throw wrong(at, text(`${id} needs ${need}`, `${id} 需要 ${need}`), text('list it too, before', '請也列出它，放在前面'));
    const taken = before.find((other) => other.steps.some((step) => one.steps.some((own) => own.id === step.id)));
    if (taken)
      throw wrong(
        at,
        text(`${id} and ${taken.id} have a step of the same ID`, `${id} 與 ${taken.id} 有相同 ID 的步驟`),
        text(
          'checks are named `step/check`: use a separate rubric for each of these labs',
          '檢查以 `步驟/檢查` 命名：請為這些單元各寫一份評分標準',
        ),
      );
    before.push(one);
  }
  return ids;
}

/** Services of another stack must not be services of this one. */
export function assertWithout({ without }: RubricFile, services: PolicyRules['services'], wrong: Wrong): void {
  const place = without.findIndex((name) => Object.values(services).includes(name));
  if (place >= 0)
    throw wrong(
      ['without', place],
      text(`${without[place]} is one of this stack's own services`, `${without[place]} 屬於這組服務`),
      text('name a service that only another stack has', '請寫只有另一組服務才有的服務'),
    );
}

/** The services by role, with the tutorial's names unless the rubric names others. */
export function servicesOf({ services }: RubricFile, lab: Lab, tutorial: Tutorial, wrong: Wrong): PolicyRules['services'] {
  const roles = [...new Set(Object.values(tutorial.stacks).flatMap((stack) => Object.keys(stack.services)))];
  const strange = Object.keys(services).find((role) => !roles.includes(role));
  if (strange !== undefined)
    throw wrong(
      ['services', strange],
      text(`no role ${strange} in ${tutorial.id}`, `${tutorial.id} 沒有角色 ${strange}`),
      among(roles),
      'key',
    );
  const stack = tutorial.stacks[lab.stack];
  const all: Record<string, string> = { ...(stack && serviceNames(stack)), ...services };
  const names = Object.values(all);
  const twice = Object.keys(services).find((role) => names.filter((name) => name === all[role]).length > 1);
  if (twice !== undefined)
    throw wrong(['services', twice], text(`two roles have the name ${all[twice]}`, `有兩個角色的名稱都是 ${all[twice]}`));
  return all;
}

/** `ids`: the lab's checks, in its order; `audits`: those that a rubric may leave out. */
export function assertChecks(
  { checks, foundation, works, notes }: RubricFile,
  lab: Lab,
  { ids, audits }: { readonly ids: readonly string[]; readonly audits: readonly string[] },
  wrong: Wrong,
): void {
  const unknown = (id: string): [Text, Text] => {
    const step = lab.steps.find((one) => id.startsWith(`${one.id}/`));
    const hint = step ? among(gradedChecks(step).map((check) => `${step.id}/${check.id}`)) : theseAre(lab.steps);
    return [text(`no check ${id} in the lab ${lab.id}`, `單元 ${lab.id} 沒有檢查 ${id}`), hint];
  };
  for (const id of Object.keys(checks)) if (!ids.includes(id)) throw wrong(['checks', id], ...unknown(id), 'key');
  const left = ids.filter((id) => !checks[id] && !audits.includes(id));
  if (left.length > 0)
    throw wrong(
      ['checks'],
      text(`these checks are not listed: ${left.join(', ')}`, `沒有列出這些檢查：${left.join('、')}`),
      text('give each its points, 0 if it is worth nothing', '請寫上每一項的分數；不計分就寫 0'),
      'key',
    );
  for (const [key, list] of Object.entries({ foundation, works }))
    for (const [place, id] of list.entries()) if (!ids.includes(id)) throw wrong([key, place], ...unknown(id));
  for (const [id, { points, after }] of Object.entries(checks))
    for (const [place, base] of after.entries()) {
      const at = ['checks', id, 'after', place];
      if (Object.hasOwn(notes, base)) continue;
      if (!ids.includes(base)) throw wrong(at, ...unknown(base));
      if (ids.indexOf(base) >= ids.indexOf(id))
        throw wrong(
          at,
          text(`${base} does not come before ${id} in the lab`, `在單元裡，${base} 不在 ${id} 前面`),
          text('a check is excused by an earlier one', '檢查只能因前面的檢查而免扣分'),
        );
      if (points > 0 && checks[base]?.points === 0)
        throw wrong(
          at,
          text(
            `${base} is worth 0 points: what it excuses would cost nothing`,
            `${base} 是 0 分：因它而免扣分的檢查將完全不扣分`,
          ),
          text('name a check that costs points', '請寫會扣分的那一項檢查'),
        );
    }
}

/** The image rules: each entry is one of `families`, `match` (with or without `as`) and `refuse`. */
export function imagesOf({ images }: Pick<RubricFile, 'images'>, wrong: Wrong): readonly ImageRule[] {
  return images.map(({ families, match, as, refuse }, place): ImageRule => {
    const kinds = [families, match, refuse].filter((one) => one !== undefined).length;
    if (kinds !== 1 || (as !== undefined && match === undefined))
      throw wrong(
        ['images', place],
        text('expected one of `families`, `match` and `refuse`', '`families`、`match` 與 `refuse` 必須擇一'),
        text('`as` belongs to `match`', '`as` 要和 `match` 一起使用'),
      );
    if (match !== undefined) return { match, ...(as === undefined ? {} : { as }) };
    return refuse === undefined ? { families: true } : { refuse };
  });
}

/** Codes of what the policy ignores or replaces. */
const noteCodes = [
  ...Object.keys(noteTexts),
  'not-handed-in',
  'order',
  'fixed-port',
  'image',
  'variable-unset',
  'compose-variable',
  ...prescribedCodes,
];

export function assertNotes({ notes }: RubricFile, services: PolicyRules['services'], wrong: Wrong): void {
  const roles = Object.keys(services);
  for (const key of Object.keys(notes)) {
    const [code = '', role, ...more] = key.split('/');
    if (!noteCodes.includes(code))
      throw wrong(['notes', key], text(`there is no remark ${code}`, `沒有代碼為 ${code} 的註記`), among(noteCodes), 'key');
    if (role !== undefined && (!roles.includes(role) || more.length > 0))
      throw wrong(['notes', key], text(`no role ${role} in services`, `services 裡沒有角色 ${role}`), among(roles), 'key');
  }
}

/** What is prescribed is of a role that exists, and a note that prices it has something to compare with. */
export function assertPrescribed({ prescribed, notes }: RubricFile, services: PolicyRules['services'], wrong: Wrong): void {
  const roles = Object.keys(services);
  const strange = Object.keys(prescribed).find((role) => !roles.includes(role));
  if (strange !== undefined)
    throw wrong(
      ['prescribed', strange],
      text(`no role ${strange} in services`, `services 裡沒有角色 ${strange}`),
      among(roles),
      'key',
    );
  const all = Object.entries(prescribed).flatMap(([role, one]) =>
    Object.keys(one).flatMap((key) => [`prescribed-${key}`, `prescribed-${key}/${role}`]),
  );
  const idle = Object.keys(notes).find((note) => note.startsWith('prescribed-') && !all.includes(note));
  if (idle !== undefined)
    throw wrong(
      ['notes', idle],
      text(`nothing is prescribed for ${idle}`, `沒有規定 ${idle} 的內容`),
      text('write what is prescribed in `prescribed`, by role', '請在 `prescribed` 中依角色填寫規定的內容'),
      'key',
    );
}

/** Checks and notes cost points of goals that exist, none more than its goal has; all checks of a goal together can cost all of its points. */
export function assertGoals({ goals, checks, notes, parts }: RubricFile, wrong: Wrong): void {
  if (!goals) return;
  for (const [part, prices] of [['checks', checks] as const, ['notes', notes] as const, ['parts', parts] as const])
    for (const [id, { goal = '', points }] of Object.entries(prices)) {
      const most = Object.hasOwn(goals, goal) ? goals[goal]?.points : undefined;
      if (most === undefined)
        throw wrong([part, id, 'goal'], text(`there is no goal ${goal}`, `沒有目標 ${goal}`), among(Object.keys(goals)));
      if (points > most)
        throw wrong(
          [part, id, 'costs'],
          text(`it costs ${points} points, and the goal ${goal} has ${most}`, `扣 ${points} 分，但目標 ${goal} 只有 ${most} 分`),
          text('one mistake costs at most the points of its goal', '一個錯誤最多扣完所屬目標的分數'),
        );
    }
  for (const [goal, { points }] of Object.entries(goals)) {
    const own = Object.values(checks).filter((check) => check.goal === goal);
    const most = rounded(own.reduce((sum, check) => sum + check.points, 0));
    if (most < points)
      throw wrong(
        ['goals', goal, 'points'],
        text(
          `its checks together cost only ${most} of its ${points} points`,
          `它的檢查合計只扣 ${most} 分，少於它的 ${points} 分`,
        ),
        text('let its checks cost more, or give the goal fewer points', '請提高檢查的扣分，或降低目標的分數'),
      );
  }
}

/** What can be replaced to find a cause: a shared part, or the service of a role. */
export function assertParts({ parts }: RubricFile, services: PolicyRules['services'], wrong: Wrong): void {
  const known = [...sharedParts, ...Object.keys(services)];
  const strange = Object.keys(parts).find((part) => !known.includes(part));
  if (strange !== undefined)
    throw wrong(['parts', strange], text(`there is no part ${strange}`, `沒有 ${strange} 這個部分`), among(known), 'key');
}

const theseAre = (all: readonly { readonly id: string }[]): Text => among(all.map(({ id }) => id));
const among = (names: readonly string[]): Text => text(`available: ${names.join(', ')}`, `可用的有：${names.join('、')}`);
