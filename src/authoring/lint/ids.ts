import type { Tutorial } from '../../lab/tutorial.ts';
import { type Finding, finding, placesOf } from './finding.ts';

const isWord = (id: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id);

/** Checks that IDs are words and unique, and that each check ID has only one claim. */
export function lintIds(tutorials: readonly Tutorial[]): Finding[] {
  return [
    ...group(
      tutorials.map(({ id }) => id),
      'labs/index.ts',
      (id) => id,
    ),
    ...tutorials.flatMap((tutorial) => {
      const { id, labs, stacks } = tutorial;
      const below = (ids: readonly string[], where: string) => group(ids, where, (one) => `${where}/${one}`);
      return [
        ...below(
          labs.map((lab) => lab.id),
          id,
        ),
        ...Object.keys(stacks).flatMap((stack) => (isWord(stack) ? [] : [noWord(stack, `${id}: stack ${stack}`)])),
        ...labs.flatMap((lab) =>
          below(
            lab.steps.map((step) => step.id),
            `${id}/${lab.id}`,
          ),
        ),
        ...placesOf(tutorial).flatMap(({ step, where }) =>
          below(
            step.verify.map((check) => check.id),
            where,
          ),
        ),
        ...claims(tutorial),
      ];
    }),
  ];
}

const noWord = (id: string, where: string): Finding =>
  finding(
    where,
    'id-no-word',
    [`the ID "${id}" is no word of a-z, 0-9 and -`, `ID「${id}」不是由 a-z、0-9 和 - 組成的單字`],
    ['write it like web-has-3-replicas', '請寫成像 web-has-3-replicas 這樣'],
  );

function group(ids: readonly string[], where: string, at: (id: string) => string): Finding[] {
  const twice = new Set(ids.filter((id, place) => ids.indexOf(id) !== place));
  return [
    ...ids.filter((id) => !isWord(id)).map((id) => noWord(id, at(id))),
    ...[...twice].map((id) =>
      finding(
        where,
        'id-twice',
        [`the ID ${id} is there twice`, `ID ${id} 重複了`],
        ['give one of them another', '請替其中一個改名'],
      ),
    ),
  ];
}

/** Checks that one ID has one claim: rubrics refer to a check by its ID alone. */
function claims(tutorial: Tutorial): Finding[] {
  const known = new Map<string, { readonly en: string; readonly 'zh-TW': string; readonly where: string }>();
  return placesOf(tutorial).flatMap(({ step, where }) =>
    step.verify.flatMap(({ id, claim }) => {
      const first = known.get(id);
      if (!first) known.set(id, { ...claim, where });
      if (!first || first.where === where || (first.en === claim.en && first['zh-TW'] === claim['zh-TW'])) return [];
      return finding(
        `${where}/${id}`,
        'id-two-claims',
        [
          `says "${claim.en}", and in ${first.where} "${first.en}"`,
          `這裡是「${claim['zh-TW']}」，在 ${first.where} 卻是「${first['zh-TW']}」`,
        ],
        ['one ID is one claim: make them say the same, or rename one', '一個 ID 只代表一個主張：請寫成一樣，或改掉其中一個 ID'],
      );
    }),
  );
}
