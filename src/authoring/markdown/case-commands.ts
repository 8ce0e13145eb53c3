import type { Finding } from '../../lab/finding.ts';
import { text } from '../../lab/text.ts';
import { nearest, problem, type YamlBlock } from './yaml-block.ts';

/** What the steps so far perform, by `lab/step`, in the order of the tutorial. */
export type Solutions = ReadonlyMap<string, Solution>;

/** The work of one step. */
export interface Solution {
  /** The key of its lab's stack. */
  readonly stack: string;
  readonly commands: readonly string[];
  /** The steps (`lab/step`) that have to be performed before it. */
  readonly needs: readonly string[];
}

/** A command with which a case begins. */
export interface GivenCommand {
  readonly line: string;
  /** The step that performs it; omitted: the case's own `before`. */
  readonly step?: string;
}

/** A case as written, and where. */
export interface GateItem<T> {
  readonly item: T;
  readonly block: YamlBlock;
  readonly index: number;
}

/** The steps that a step needs, all of a lab that its lab needs included. Steps of the tutorial that come later count as not there. */
export function needsOf(
  path: string,
  { lab, needs, before }: { lab: readonly string[]; needs: readonly string[] | undefined; before: string | undefined },
  solutions: Solutions,
): string[] {
  const [own = ''] = path.split('/');
  const ofLabs = [...solutions.keys()].filter((at) => lab.some((one) => at.startsWith(`${one}/`)));
  const ofLab = needs?.map((one) => `${own}/${one}`) ?? (before === undefined ? [] : [before]);
  return [...ofLabs, ...ofLab];
}

/**
 * The commands of the steps that a case names with `after`, each after what it needs, and of those that it names with `only-after`; each step once. Adds a
 * finding for each that does not exist, comes later or acts on another stack.
 */
export function commandsAfter(
  { item, block, index }: GateItem<Named>,
  stack: string,
  solutions: Solutions,
  findings: Finding[],
): GivenCommand[] {
  const known = [...solutions].filter(([, one]) => one.stack === stack).map(([at]) => at);
  const steps = new Set<string>();
  for (const key of ['after', 'only-after'] as const) {
    const named = item[key];
    for (const [position, at] of [named ?? []].flat().entries()) {
      if (known.includes(at)) {
        const wanted = key === 'after' ? withNeeds(at, solutions) : new Set([at]);
        for (const one of known) if (wanted.has(one)) steps.add(one);
      } else
        findings.push(
          problem(
            block.at(typeof named === 'string' ? [index, key] : [index, key, position]),
            'step-unknown',
            text(`there is no earlier step ${at} on this stack`, `這組服務沒有更早的步驟 ${at}`),
            nearest(at, known),
          ),
        );
    }
  }
  return [...steps].flatMap((step) => (solutions.get(step)?.commands ?? []).map((line) => ({ line, step })));
}

interface Named {
  readonly after?: string | readonly string[] | undefined;
  readonly 'only-after'?: string | readonly string[] | undefined;
}

function withNeeds(at: string, solutions: Solutions, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(at)) return found;
  found.add(at);
  for (const need of solutions.get(at)?.needs ?? []) withNeeds(need, solutions, found);
  return found;
}

/** Whether a command builds an image, or removes one: such a case has images of its own, because others use those that all share. */
export const changesImages = (line: string): boolean =>
  /\bdocker[ -]compose\b[^;&|]*\s(?:build|--build|--rmi|watch|--watch)(?![\w-])/.test(line) ||
  /\bdocker\s+(?:build|buildx|image|rmi)\b/.test(line);
