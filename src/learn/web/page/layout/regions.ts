import type { Tab } from '../state/page-state.ts';
import { nextRegion } from './region-order.ts';

/** Moves the focus to the next part of the page. `show`: where one part is shown at a time, shows this one. */
export function moveRegion(back: boolean, show: (tab: Tab) => void): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const own = document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
  const to = nextRegion(
    own,
    back,
    regions.flatMap(({ dataset }) => dataset['region'] ?? []),
  );
  goToRegion(to, show);
}

/** Moves the focus to a part of the page. */
export function goToRegion(to: string | undefined, show: (tab: Tab) => void): void {
  if (to === 'step' || to === 'stack' || to === 'terminal') show(to);
  // after the part is shown
  requestAnimationFrame(() => {
    const element = document.querySelector<HTMLElement>(`[data-region="${to}"]`);
    (element?.querySelector<HTMLElement>('.xterm-helper-textarea') ?? element)?.focus();
  });
}
