import { z } from 'zod';
import { type CatalogueEntry, isRole } from '../../checks/catalogue/entry.ts';
import type { Gathers } from '../../checks/catalogue/gathers.ts';
import { catalogue } from '../../checks/catalogue/index.ts';
import { negated } from '../../checks/catalogue/negated.ts';
import type { SourceLocation } from '../../formats/source-location.ts';
import { type AnyCheck, advised, shown } from '../../lab/check.ts';
import type { Finding } from '../../lab/finding.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import { namePattern } from './name-pattern.ts';
import type { Piece } from './sections.ts';
import { validate } from './validate.ts';
import { nearest, type Path, parseYaml, problem, type YamlBlock } from './yaml-block.ts';

/** One item of a ` ```yaml check ` block. */
export interface CheckItem {
  readonly entry: CatalogueEntry;
  readonly params: unknown;
  /** Some of its parameters are wrong: the roles among them. */
  readonly named?: readonly string[];
  readonly not: boolean;
  readonly id?: string;
  readonly claim?: string;
  /** What to try next if it fails. */
  readonly try?: string;
  readonly needs: readonly string[];
  /** `lab run` shows what it saw even if it passed. */
  readonly shown: boolean;
  readonly block: YamlBlock;
  readonly path: Path;
}

/** The keys of an item besides the kind of check. */
export const common = {
  id: z.string().regex(namePattern.pattern, namePattern.message).optional(),
  claim: z.string().min(1).optional(),
  try: z
    .string()
    .min(1)
    .optional()
    .describe(
      'What to try next if it fails, in place of the words of its kind. If a known cause is found, the help for that is shown.',
    ),
  needs: z.array(z.string()).optional(),
  shown: z.boolean().optional().describe('true: `lab run` shows what it saw even if it passed.'),
};
const settings = z.strictObject(common);
const kinds = catalogue.map(({ name }) => name);

/** Reads the items of a step's check blocks. Adds a finding for each problem; the items without one are returned. */
export function readCheckItems(pieces: readonly Piece[], findings: Finding[]): CheckItem[] {
  return pieces.flatMap(({ value, at }) => {
    const block = parseYaml(value, at, findings);
    if (block.value === undefined) return [];
    if (!Array.isArray(block.value)) {
      findings.push(
        problem(
          block.at([]),
          'check-list',
          text('checks are a list', '檢查必須是清單'),
          text('begin each with `- `', '請以 `- ` 開頭'),
        ),
      );
      return [];
    }
    return block.value.flatMap((item: unknown, index) => readItem(item, block, [index], findings) ?? []);
  });
}

/** What an author writes about a check for learners. */
export interface CheckTexts<T> {
  readonly claim?: T;
  readonly try?: T;
}

/** A translation's texts: by the ID of the check, or by its place in the list if the item names none. The rest of an item may be repeated, and is not read. */
export function translatedTexts(
  pieces: readonly Piece[],
): (id: string | undefined, index: number) => CheckTexts<string | undefined> {
  const row = z.looseObject({ id: z.string().optional(), claim: z.string().optional(), try: z.string().optional() });
  const rows = pieces.flatMap(({ value, at }) => {
    const items = parseYaml(value, at, []).value;
    return Array.isArray(items) ? items.map((item) => row.safeParse(item).data ?? {}) : [];
  });
  return (id, index) => {
    const named = id === undefined ? undefined : rows.find((one) => one.id === id);
    const same = rows[index];
    return named ?? (same?.id === undefined ? same : undefined) ?? {};
  };
}

function readItem(item: unknown, block: YamlBlock, path: Path, findings: Finding[]): CheckItem | undefined {
  // a plain word is a check without parameters
  const map: unknown = typeof item === 'string' ? { [item]: {} } : item;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    findings.push(
      problem(
        block.at(path),
        'check-invalid',
        text('this is no check', '這不是檢查'),
        text('write `- replicas: {…}`', '請寫成 `- replicas: {…}`'),
      ),
    );
    return undefined;
  }
  const isCommon = (key: string): boolean => Object.hasOwn(common, key);
  const rest = Object.fromEntries(Object.entries(map).filter(([key]) => isCommon(key)));
  const found = Object.entries(map).filter(([key]) => !isCommon(key));
  const [first] = found;
  if (!first || found.length > 1) {
    findings.push(
      ...notOne(
        found.map(([key]) => key),
        block,
        path,
      ),
    );
    return undefined;
  }
  const more = validate(settings, rest, block, path, findings);
  const [kind, value] = first;
  const inner =
    kind === 'not' ? readNegated(value, block, [...path, 'not'], findings) : ([kind, value, [...path, kind]] as const);
  if (!inner || !more) return undefined;
  const [name, given, at] = inner;
  const entry = catalogue.find((one) => one.name === name);
  if (!entry) {
    findings.push(
      problem(
        block.key(at.slice(0, -1), name),
        'check-unknown',
        text(`there is no check named ${name}`, `沒有名為 ${name} 的檢查`),
        nearest(name, kinds),
      ),
    );
    return undefined;
  }
  const isPlain = typeof given !== 'object' || given === null || Array.isArray(given);
  const asMap = isPlain && entry.short !== undefined && given !== null ? { [entry.short]: given } : (given ?? {});
  // every problem of a plain value is at that value
  const plain: YamlBlock = { value: asMap, at: () => block.at(at), key: () => block.at(at) };
  const params = isPlain
    ? validate(entry.params, asMap, plain, [], findings)
    : validate(entry.params, asMap, block, at, findings);
  const { id, claim, try: advice, needs = [], shown: isShown = false } = more;
  return {
    ...{ entry, params, not: kind === 'not', needs, shown: isShown, block, path: at },
    ...(params === undefined ? { named: rolesIn(entry, asMap) } : {}),
    ...(id === undefined ? {} : { id }),
    ...(claim === undefined ? {} : { claim }),
    ...(advice === undefined ? {} : { try: advice }),
  };
}

/** The roles in parameters of which some are wrong. */
const rolesIn = ({ params }: CatalogueEntry, given: object): string[] =>
  Object.entries(given).flatMap(([key, value]) => {
    const schema = params.shape[key] as z.ZodType | undefined;
    return isRole(schema) && typeof value === 'string' ? [value] : [];
  });

/** An item that has no check, or more than one key that could be one. */
function notOne(keys: readonly string[], block: YamlBlock, path: Path): Finding[] {
  if (keys.length === 0)
    return [
      problem(block.at(path), 'check-invalid', text('an item needs a check', '每個項目都需要一個檢查'), nearest('', kinds)),
    ];
  const checks = keys.filter((key) => key === 'not' || kinds.includes(key));
  const others = keys.filter((key) => !checks.includes(key));
  if (checks.length === 1)
    return others.map((key) =>
      problem(
        block.key(path, key),
        'key-unknown',
        text(`there is no key ${key} here`, `這裡沒有 ${key} 這個鍵`),
        nearest(key, Object.keys(common)),
      ),
    );
  return [
    problem(
      block.key(path, (checks.length > 1 ? checks[1] : keys[0]) ?? ''),
      'check-invalid',
      text('an item has one check', '每個項目只有一個檢查'),
      checks.length > 1 ? text('begin a new item: `- `', '請另起一個項目：`- `') : nearest(keys[0] ?? '', kinds),
    ),
  ];
}

function readNegated(
  value: unknown,
  block: YamlBlock,
  path: Path,
  findings: Finding[],
): readonly [name: string, value: unknown, path: Path] | undefined {
  if (typeof value === 'string') return [value, {}, [...path, value]];
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [only] = entries;
  if (entries.length === 1 && only) return [only[0], only[1], [...path, only[0]]];
  findings.push(
    problem(
      block.at(path),
      'check-invalid',
      text('`not` contains one check', '`not` 只包含一個檢查'),
      text('write `not: {log: {…}}`', '請寫成 `not: {log: {…}}`'),
    ),
  );
  return undefined;
}

/** A check, its place, and that of its `needs`. */
export interface MadeCheck {
  readonly check: AnyCheck;
  readonly at: SourceLocation;
  readonly needs: SourceLocation;
}

/** A step's checks. Adds a finding for each role that the stack does not have, and for what it cannot offer. `texts`: by index, in both languages. */
export function makeChecks(
  items: readonly CheckItem[],
  texts: readonly CheckTexts<Text>[],
  { spec, gathers, findings }: { readonly spec: StackSpec; readonly gathers: Gathers; readonly findings: Finding[] },
): MadeCheck[] {
  const made: { readonly item: CheckItem; readonly checks: readonly AnyCheck[]; readonly roles: readonly string[] }[] = [];
  items.forEach((item, index) => {
    const { entry, block, path } = item;
    const roles = item.named ?? entry.roles(item.params as never);
    const known = Object.keys(spec.services);
    const unknown = roles.filter((role) => !known.includes(role));
    for (const role of unknown)
      findings.push(
        problem(
          block.at([...path, ...pathTo(role, item)]),
          'role-unknown',
          text(`the stack has no role ${role}`, `這組服務沒有角色 ${role}`),
          nearest(role, known),
        ),
      );
    const lacks = unmet(entry, spec);
    if (lacks) findings.push(problem(block.at(path), 'check-impossible', ...lacks));
    if (unknown.length > 0 || lacks || item.named) return;
    const needs = [...item.needs, ...needsOf(entry, roles, made)];
    const { claim, try: advice } = texts[index] ?? {};
    const own = entry.make(item.params as never, gathers);
    if (item.not && own.length > 1) {
      findings.push(
        problem(
          block.at(path),
          'not-impossible',
          text(
            `${entry.name} makes several checks, and \`not\` needs one`,
            `${entry.name} 會做多個檢查，而 \`not\` 只能用於一個`,
          ),
          text('name the state that you expect', '請改寫成預期的狀態'),
        ),
      );
      return;
    }
    const checks = own.map((check, at): AnyCheck => {
      const judged = item.not ? negated(check) : check;
      const told = advice ? advised(judged, advice) : judged;
      const positive = item.shown ? shown(told) : told;
      return {
        ...positive,
        // a check that the entry itself makes depend on another of it keeps that
        ...(item.id === undefined ? {} : { id: at === 0 ? item.id : `${item.id}-${at + 1}` }),
        ...(claim && at === 0 ? { claim } : {}),
        ...(needs.length + (positive.needs?.length ?? 0) > 0
          ? { needs: [...needs, ...(positive.needs ?? []).map((need) => renamed(need, own, item.id))] }
          : {}),
      };
    });
    made.push({ item, checks, roles });
  });
  return made.flatMap(({ item: { block, path }, checks }) =>
    checks.map((check) => ({ check, at: block.at(path.slice(0, 1)), needs: block.at([...path.slice(0, 1), 'needs']) })),
  );
}

/** Where the parameters name a role; empty: they are a plain value. */
function pathTo(role: string, { path, block }: CheckItem): Path {
  const written = path.reduce<unknown>((whole, key) => (whole as Readonly<Record<PropertyKey, unknown>>)?.[key], block.value);
  if (typeof written !== 'object' || written === null) return [];
  const of = Object.entries(written).find(([, value]) => value === role);
  return of ? [of[0]] : [];
}

/** The ID that a need of the same entry has if its author named it. */
const renamed = (need: string, own: readonly AnyCheck[], id: string | undefined): string => {
  const at = own.findIndex((check) => check.id === need);
  return id === undefined || at < 0 ? need : at === 0 ? id : `${id}-${at + 1}`;
};

function needsOf(
  entry: CatalogueEntry,
  roles: readonly string[],
  before: readonly { readonly item: CheckItem; readonly checks: readonly AnyCheck[]; readonly roles: readonly string[] }[],
): string[] {
  const wanted = before.filter(({ item, roles: of }) => {
    const isShared = roles.length === 0 || of.length === 0 || of.some((role) => roles.includes(role));
    return !item.not && entry.after.includes(item.entry.name) && isShared;
  });
  return wanted.flatMap(({ checks }) => checks.map(({ id }) => id));
}

/** Why a stack cannot have a check, and what to do. */
function unmet({ name, requires }: CatalogueEntry, { proxy, published }: StackSpec): [Text, Text] | undefined {
  if (requires === 'proxy' && !proxy)
    return [
      text(`${name} needs a reverse proxy`, `${name} 需要反向代理`),
      text('describe it in the front matter: `proxy:` of the stack', '請在 front matter 的 stack 加上 `proxy:`'),
    ];
  if ((requires === 'published' || requires === 'proxy') && !published)
    return [
      text(`${name} needs a published port`, `${name} 需要發佈的連接埠`),
      text('describe it in the front matter: `published:` of the stack', '請在 front matter 的 stack 加上 `published:`'),
    ];
  return undefined;
}
