import type { Lang } from '../../../lab/text.ts';
import type { WallLearner, WallView } from '../wall.ts';
import type { WallContent } from '../wall-events.ts';
import { wallWords } from '../wall-words.ts';

/** All steps stay in view: the others of a step are counted. */
const mostNames = 8;

interface StepsProps {
  readonly view: WallView;
  readonly content: WallContent;
  readonly lang: Lang;
  readonly names: boolean;
}

/** How many learners are at each step, and who. */
export function Steps({ view, content, lang, names }: StepsProps) {
  const words = wallWords(lang);
  const most = Math.max(1, ...view.steps.map(({ learners }) => learners.length));
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">{words.steps}</h2>
      <ol class="steps">
        {view.steps.map(({ key, learners }, at) => (
          <li key={key} class={learners.length > 0 ? 'used' : ''}>
            <span class="count">
              <b>{learners.length}</b> {words.at}
            </span>{' '}
            <span class="step">
              <b>{key}</b> <span class="title">{content.steps[at]?.title[lang]}</span>
              {learners.length > 0 && (
                <span class="bar" aria-hidden="true">
                  <span style={{ width: `${(100 * learners.length) / most}%` }} />
                </span>
              )}
              {names && learners.length > 0 && <Names learners={learners} lang={lang} />}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Names({ learners, lang }: { learners: readonly WallLearner[]; lang: Lang }) {
  const shown = learners.slice(0, learners.length === mostNames + 1 ? mostNames + 1 : mostNames);
  return (
    <span class="names">
      {shown.map(({ id, nickname }) => (
        <span key={id} class="name">
          {nickname}
        </span>
      ))}
      {learners.length > shown.length && <span>{wallWords(lang).more(learners.length - shown.length)}</span>}
    </span>
  );
}
