import type { Tab } from '../state/page-state.ts';

const names = ['bar', 'step', 'stack', 'terminal'] as const;

/** The region after this one, or before it: from the last to the first. */
export function nextRegion(from: string | undefined, back: boolean, present: readonly string[]): string | undefined {
  const order = names.filter((name) => present.includes(name));
  const at = order.indexOf(from as (typeof names)[number]);
  return order[(at + (back ? (at < 0 ? 0 : -1) : 1) + order.length) % order.length];
}

/** Moves the focus to the next part of the page. `show`: where one part is shown at a time, shows this one. */
export function moveRegion(back: boolean, show: (tab: Tab) => void): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const own = document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
  const to = nextRegion(
    own,
    back,
    regions.flatMap(({ dataset }) => dataset['region'] ?? []),
  );
  if (to === 'step' || to === 'stack' || to === 'terminal') show(to);
  const element = regions.find(({ dataset }) => dataset['region'] === to);
  // after the part is shown
  requestAnimationFrame(() => (element?.querySelector<HTMLElement>('.xterm-helper-textarea') ?? element)?.focus());
}
