import { type Finding, finding, placesOf } from '../../lab/finding.ts';
import { duplicates } from '../../lab/structure.ts';
import { gradedChecks, type Tutorial } from '../../lab/tutorial.ts';

const isWord = (id: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id);

/** Checks that IDs are words, that tutorials have different IDs, and that each check ID has only one claim. */
export function lintIds(tutorials: readonly Tutorial[]): Finding[] {
  return [
    ...duplicates(tutorials, 'labs/index.ts'),
    ...tutorials.flatMap((tutorial) => {
      const { id, labs, stacks } = tutorial;
      const places = placesOf(tutorial);
      const named = [
        [id, id],
        ...Object.keys(stacks).map((stack) => [stack, `${id}: stack ${stack}`]),
        ...labs.map((lab) => [lab.id, `${id}/${lab.id}`]),
        ...places.map(({ step, where }) => [step.id, where]),
        ...places.flatMap(({ step, where }) => gradedChecks(step).map((check) => [check.id, `${where}/${check.id}`])),
      ] as const;
      return [...named.flatMap(([one = '', where = '']) => (isWord(one) ? [] : [noWord(one, where)])), ...claims(tutorial)];
    }),
  ];
}

const noWord = (id: string, where: string): Finding =>
  finding(
    where,
    'id-no-word',
    [`the ID "${id}" is not a word of a-z, 0-9 and -`, `ID「${id}」不是由 a-z、0-9 和 - 組成的單字`],
    ['write it like web-has-3-replicas', '請寫成像 web-has-3-replicas 這樣'],
  );

/** Checks that one ID has one claim: rubrics refer to a check by its ID alone. */
function claims(tutorial: Tutorial): Finding[] {
  const known = new Map<string, { readonly en: string; readonly 'zh-TW': string; readonly where: string }>();
  return placesOf(tutorial).flatMap(({ step, where }) =>
    gradedChecks(step).flatMap(({ id, claim }) => {
      const first = known.get(id);
      if (!first) known.set(id, { ...claim, where });
      if (!first || first.where === where || (first.en === claim.en && first['zh-TW'] === claim['zh-TW'])) return [];
      return finding(
        `${where}/${id}`,
        'id-two-claims',
        [
          `the claim is "${claim.en}", but in ${first.where} "${first.en}"`,
          `這裡是「${claim['zh-TW']}」，在 ${first.where} 卻是「${first['zh-TW']}」`,
        ],
        [
          'one ID has one claim: use the same text, or rename one',
          '一個 ID 只能對應一項敘述：請使用相同的文字，或將其中一個 ID 改名',
        ],
      );
    }),
  );
}
