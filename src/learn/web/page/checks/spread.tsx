import type { Spread } from '../../../../lab/verdict.ts';
import { useLanguage } from '../state/use-page.ts';
import { grouped } from '../words/words.ts';

/** How often each replica was reached, as bars with numbers. */
export function SpreadBars({ spread: { bars } }: { readonly spread: Spread }) {
  const { words } = useLanguage();
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <table class="spread">
      <caption class="hidden">{words.spread}</caption>
      <tbody>
        {bars.map(({ label, count }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="number">{grouped(count)}</td>
            <td aria-hidden="true">
              <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect class="bar-ground" width="100" height="8" />
                <rect class="bar" width={(100 * count) / most} height="8" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
