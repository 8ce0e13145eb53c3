import type { WallLearner, WallView } from '../wall.ts';
import { minutesSince, type WallWords } from '../wall-words.ts';

/** How the page shows it: chosen by the teacher, and forgotten with the page. */
interface Shown {
  readonly words: WallWords;
  readonly names: boolean;
  readonly now: number;
}

/** All of the page stays in view: the others are counted. After a break, all of a class may be at the same step for long. */
const most = 10;

/** Who asks for help, and who may be stuck; first who has waited longest. */
export function Waiting({ view: { asking, still }, shown }: { view: WallView; shown: Shown }) {
  const { words } = shown;
  return (
    <div>
      <section aria-labelledby="asking" class={asking.length > 0 ? 'asking' : ''}>
        <h2 id="asking">
          {words.asking}
          {asking.length > 0 && ` · ${asking.length}`}
        </h2>
        <p class={asking.length > 0 ? 'hidden' : ''} role="status">
          {asking.length > 0 ? words.ask(asking.length) : words.noneAsks}
        </p>
        <Learners learners={asking} since={({ helpSince = 0 }) => helpSince} shown={shown} />
      </section>
      {still.length > 0 && (
        <section aria-labelledby="still" class="still">
          <h2 id="still">
            {words.still} · {still.length}
          </h2>
          <Learners learners={still} since={({ movedAt }) => movedAt} shown={shown} />
        </section>
      )}
    </div>
  );
}

interface LearnersProps {
  readonly learners: readonly WallLearner[];
  since(learner: WallLearner): number;
  readonly shown: Shown;
}

/** Learners with their step, and for how long. */
function Learners({ learners, since, shown: { words, names, now } }: LearnersProps) {
  const [first] = learners;
  if (!first) return null;
  const time = (one: WallLearner) => words.minutes(minutesSince(since(one), now));
  if (!names)
    return (
      <p>
        {words.hidden(learners.length)} · {words.longest(time(first))}
      </p>
    );
  return (
    <>
      <ul class="learners">
        {learners.slice(0, most).map((one) => (
          <li key={one.id}>
            <span class="who">
              <b class="name">{one.nickname}</b> <span>{one.at}</span>
            </span>{' '}
            <span class="time">{time(one)}</span>
          </li>
        ))}
      </ul>
      {learners.length > most && <p class="time">{words.more(learners.length - most)}</p>}
    </>
  );
}
