import { useLanguage } from '../state/use-page.ts';

const kinds = ['request', 'many', 'failed', 'own'] as const;

/** What the dots mean. */
export function Legend() {
  const { words } = useLanguage();
  return (
    <ul class="legend" aria-label={words.legend}>
      {kinds.map((kind) => (
        <li key={kind}>
          <svg viewBox="-9 -9 18 18" aria-hidden="true">
            <g class={`dot ${kind}`}>
              <circle r={kind === 'many' ? 8.5 : 5} />
              {kind === 'failed' && <path d="M-2.5 -2.5L2.5 2.5M2.5 -2.5L-2.5 2.5" />}
              {kind === 'many' && <text>9</text>}
            </g>
          </svg>
          {words.legends[kind]}
        </li>
      ))}
    </ul>
  );
}
