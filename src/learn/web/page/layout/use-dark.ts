import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../state/use-page.ts';

/** Whether the page is dark: as chosen, else as the system. */
export function useDark(): boolean {
  const theme = usePage((state) => state.settings.theme);
  const [system, setSystem] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const change = () => setSystem(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return theme === 'system' ? system : theme === 'dark';
}
