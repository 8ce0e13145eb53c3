import { useEffect, useRef, useState } from 'preact/hooks';
import type { Picture } from '../../picture/picture.ts';
import { useLanguage, useSession } from '../state/use-page.ts';
import { textOf } from '../words/words.ts';
import { runningText, summaryOf } from './summary.ts';

/** The picture changes many times a second; its words need not. */
const pauseMs = 3000;

/** The picture for a screen reader: a table, and a message when the number of replicas changes. */
export function SummaryTable({ picture, title }: { readonly picture: Picture; readonly title: string }) {
  const { words } = useLanguage();
  const { store } = useSession();
  const shown = useThrottled(picture);
  const said = useRef<string | undefined>(undefined);
  useEffect(() => {
    const text = textOf((words) => runningText(shown, words));
    if (said.current !== undefined && said.current !== text.en) store.dispatch({ kind: 'say', value: text });
    said.current = text.en;
  }, [shown, store]);
  const { table } = words;
  return (
    // a table does not get smaller than its content, also not with this class: it would be scrolled to
    <div class="hidden">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            {[table.service, table.replica, table.address, table.state, table.requests].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {summaryOf(shown, words).map(({ service, facts, replicas }) => (
          <tbody key={service}>
            <tr>
              <th scope="rowgroup">{service}</th>
              <td colSpan={4}>{facts.join(', ')}</td>
            </tr>
            {replicas.map(({ name, addresses, state, requests }) => (
              <tr key={name}>
                <td />
                <th scope="row">{name}</th>
                <td>{addresses}</td>
                <td>{state}</td>
                <td>{requests}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

/** The latest value, at most once per pause. */
function useThrottled<T>(value: T): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const timer = useRef<number | undefined>(undefined);
  latest.current = value;
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setShown(latest.current);
    }, pauseMs);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return shown;
}
