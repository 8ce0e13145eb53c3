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

/** Moves the focus to a part of the page: at once, so that the next key is that part's, unless the part is still hidden. */
export function goToRegion(to: string | undefined, show: (tab: Tab) => void): void {
  if (to === 'step' || to === 'stack' || to === 'terminal') show(to);
  if (!focusOn(to)) requestAnimationFrame(() => focusOn(to));
}

/** Whether the part has the focus now. */
function focusOn(region: string | undefined): boolean {
  const element = document.querySelector<HTMLElement>(`[data-region="${region}"]`);
  const target = element?.querySelector<HTMLElement>('.xterm-helper-textarea') ?? element;
  target?.focus();
  return target === document.activeElement;
}
