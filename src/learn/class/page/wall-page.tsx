import { useEffect, useState } from 'preact/hooks';
import type { Lang } from '../../../lab/text.ts';
import { type WallView, wallView } from '../wall.ts';
import type { WallContent } from '../wall-events.ts';
import { type WallWords, wallWords } from '../wall-words.ts';
import type { Received } from './listen.ts';
import { Steps } from './steps.tsx';
import { Waiting } from './waiting.tsx';

/** The wall: who asks for help, who may be stuck, and how many are at each step. */
export function WallPage({ received }: { received: Received }) {
  const { content, wall, connection, receivedAt } = received;
  const [chosen, choose] = useState<Lang | undefined>(undefined);
  const [names, setNames] = useState(true);
  const lang: Lang = chosen ?? content?.lang ?? (document.documentElement.lang === 'zh-TW' ? 'zh-TW' : 'en');
  const words = wallWords(lang);
  const title = content ? `${words.title} · ${content.title[lang]}` : words.title;
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = title;
  }, [lang, title]);
  if (!content)
    return (
      <main aria-busy="true">
        <h1>{title}</h1>
      </main>
    );
  const now = (wall?.now ?? 0) + performance.now() - receivedAt;
  const view = wallView(
    wall?.wall ?? [],
    content.steps.map(({ key }) => key),
    now,
  );
  const isEmpty = view.here + view.away === 0;
  return (
    <>
      <header>
        <h1>{title}</h1>
        <div class="buttons">
          <button type="button" onClick={() => setNames(!names)}>
            {names ? words.hideNames : words.showNames}
          </button>
          <button type="button" lang={lang === 'en' ? 'zh-TW' : 'en'} onClick={() => choose(lang === 'en' ? 'zh-TW' : 'en')}>
            {words.language}
          </button>
        </div>
      </header>
      <main class={isEmpty ? 'empty' : ''}>
        <p class={connection === 'open' ? '' : 'notice'} role="status">
          {connection === 'lost' ? words.lost : connection === 'ended' ? words.ended : ''}
        </p>
        {connection !== 'ended' && (
          <>
            <Totals view={view} words={words} />
            <Join content={content} words={words} />
          </>
        )}
        {!isEmpty && (
          <div class="columns">
            <Waiting view={view} shown={{ words, names, now }} />
            <Steps view={view} content={content} lang={lang} names={names} />
          </div>
        )}
      </main>
    </>
  );
}

function Totals({ view, words }: { view: WallView; words: WallWords }) {
  if (view.here + view.away === 0) return <p class="totals">{words.empty}</p>;
  return (
    <p class="totals">
      <strong>{words.here(view.here)}</strong>
      {view.finished > 0 && <span>{words.finished(view.finished)}</span>}
      {view.away > 0 && <span>{words.away(view.away)}</span>}
    </p>
  );
}

/** The code is copied from a projector: a line ends between two of its groups. */
function Join({ content, words }: { content: WallContent; words: WallWords }) {
  return (
    <p class="join">
      <span>{words.join}</span> <code>lab learn --join {content.code}</code>
    </p>
  );
}
