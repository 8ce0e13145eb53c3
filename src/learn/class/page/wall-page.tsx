import { useEffect, useState } from 'preact/hooks';
import type { Lang } from '../../../lab/text.ts';
import { type WallLearner, wallView } from '../wall.ts';
import { minutesSince, type WallWords, wallWords } from '../wall-words.ts';
import type { Received } from './listen.ts';

/** How the page shows it: chosen by the teacher, and forgotten with the page. */
interface Shown {
  readonly words: WallWords;
  readonly names: boolean;
  readonly now: number;
}

/** The wall: who asks for help, who may be stuck, and how many are at each step. */
export function WallPage({ received }: { received: Received }) {
  const { content, wall, connection, receivedAt } = received;
  const [chosen, choose] = useState<Lang | undefined>(undefined);
  const [names, setNames] = useState(true);
  const lang: Lang = chosen ?? content?.lang ?? (document.documentElement.lang === 'zh-TW' ? 'zh-TW' : 'en');
  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);
  const words = wallWords(lang);
  if (!content) return <main aria-busy="true" />;
  const now = (wall?.now ?? 0) + performance.now() - receivedAt;
  const keys = content.steps.map(({ key }) => key);
  const view = wallView(wall?.wall ?? [], keys, now);
  const shown = { words, names, now };
  const most = Math.max(1, ...view.steps.map(({ learners }) => learners.length));
  return (
    <>
      <header>
        <h1>
          {words.title} · {content.title[lang]}
        </h1>
        <div class="buttons">
          <button type="button" aria-pressed={!names} onClick={() => setNames(!names)}>
            {names ? words.hideNames : words.showNames}
          </button>
          <button type="button" lang={lang === 'en' ? 'zh-TW' : 'en'} onClick={() => choose(lang === 'en' ? 'zh-TW' : 'en')}>
            {words.language}
          </button>
        </div>
      </header>
      <main>
        <p class="state" role="status">
          {connection === 'lost' ? words.lost : connection === 'ended' ? words.ended : ''}
        </p>
        <p class="totals">
          <strong>{words.here(view.here)}</strong>
          {view.finished > 0 && <span>{words.finished(view.finished)}</span>}
          {view.away > 0 && <span>{words.away(view.away)}</span>}
        </p>
        {connection !== 'ended' && (
          <p class="join">
            {words.join}: <code>lab learn --join {content.code}</code>
          </p>
        )}
        <section aria-labelledby="asking" class="asking">
          <h2 id="asking">{words.asking}</h2>
          {view.asking.length === 0 && <p>{words.noneAsks}</p>}
          <Waiting learners={view.asking} since={({ helpSince = 0 }) => helpSince} shown={shown} />
        </section>
        {view.still.length > 0 && (
          <section aria-labelledby="still">
            <h2 id="still">{words.still}</h2>
            <Waiting learners={view.still} since={({ movedAt }) => movedAt} shown={shown} />
          </section>
        )}
        <section aria-labelledby="steps">
          <h2 id="steps">{words.steps}</h2>
          <ol class="steps">
            {view.steps.map(({ key, learners }, at) => (
              <li key={key} class={learners.length > 0 ? 'used' : ''}>
                <span class="count">{learners.length}</span>
                <span class="step">
                  <b>{key}</b> {content.steps[at]?.title[lang]}
                  <span class="bar" aria-hidden="true">
                    <span style={{ width: `${(100 * learners.length) / most}%` }} />
                  </span>
                  {names && learners.length > 0 && (
                    <span class="names">{learners.map(({ nickname }) => nickname).join(' · ')}</span>
                  )}
                </span>
              </li>
            ))}
          </ol>
        </section>
      </main>
    </>
  );
}

interface WaitingProps {
  readonly learners: readonly WallLearner[];
  since(learner: WallLearner): number;
  readonly shown: Shown;
}

/** Learners with their step, and for how long. */
function Waiting({ learners, since, shown: { words, names, now } }: WaitingProps) {
  if (learners.length === 0) return null;
  return (
    <ul>
      {names ? (
        learners.map((one) => (
          <li key={one.id}>
            <b>{one.nickname}</b> {one.at} <span class="time">{words.minutes(minutesSince(since(one), now))}</span>
          </li>
        ))
      ) : (
        <li>{words.hidden(learners.length)}</li>
      )}
    </ul>
  );
}
