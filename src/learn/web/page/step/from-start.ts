/** Shows a step from its start. On a small screen the section scrolls, else the part in it. */
export function showFromStart(scroller: HTMLElement | null): void {
  for (const one of [scroller, scroller?.parentElement]) one?.scrollTo(0, 0);
}
