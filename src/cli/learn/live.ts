import { emitKeypressEvents } from 'node:readline';
import { type LearnOptions, type LearnSession, startSession } from '../../learn/session.ts';
import type { Key, LearnState } from '../../learn/state.ts';
import { liveRegion } from '../../report/terminal/live-region.ts';
import type { Cli } from '../context.ts';
import { passLines, renderScreen } from './screen.ts';
import { wordsOf } from './words.ts';

interface Pressed {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
}

const keys: Readonly<Record<string, Key>> = {
  h: 'hint',
  s: 'solution',
  d: 'perform',
  return: 'enter',
  enter: 'enter',
  l: 'list',
  r: 'reset',
  c: 'check',
  q: 'quit',
  y: 'yes',
  up: 'up',
  k: 'up',
  down: 'down',
  j: 'down',
};

/** The meaning of a key press. */
export function keyOf({ name, sequence, ctrl }: Pressed): Key | 'suspend' {
  if (ctrl) return name === 'c' || name === 'd' ? 'quit' : name === 'z' ? 'suspend' : 'other';
  if (sequence === '?') return 'help';
  return keys[name ?? ''] ?? 'other';
}

/**
 * The screen and keys of live mode, until the learner quits. The screen is drawn in place at the end of the terminal's output; what passed stays above it.
 * The terminal's mode and the cursor are restored at the end, also after an error or a signal.
 */
export async function live(cli: Cli, learning: Omit<LearnOptions, 'listen'>, first: LearnState): Promise<void> {
  const { out, lang } = cli;
  const { tutorial } = learning;
  const region = liveRegion(out);
  let state = first;
  const draw = () => {
    // drawn completely: a partial update leaves parts of earlier lines where lines are inserted
    region.clear();
    region.show(renderScreen(out, lang, { columns: out.columns, rows: out.stream.rows || 24 }, tutorial, state));
  };
  const session = startSession(
    {
      ...learning,
      listen: (next, _, before) => {
        state = next;
        const ended = (next.phase === 'passed' || next.phase === 'finished') && before.phase === 'working';
        if (ended) {
          region.clear();
          out.write(`${passLines(out, lang, out.columns, tutorial, next).join('\n')}\n`);
        }
        draw();
      },
    },
    first,
  );
  const restore = listenToKeys(session, region.clear, draw);
  out.stream.on('resize', draw);
  try {
    draw();
    await session.ended;
  } finally {
    out.stream.off('resize', draw);
    restore();
    region.end();
  }
  const words = wordsOf(lang);
  const passed = state.plan.filter(({ key }) => state.progress[key]).length;
  const count = passed === state.plan.length ? words.finished(passed, passed) : words.progress(passed, state.plan.length);
  out.write(`${count}\n${passed === state.plan.length ? '' : `${words.kept}\n`}`);
}

/** Passes keys to the session. Returns a function that restores the terminal's mode. */
function listenToKeys(session: LearnSession, clear: () => void, draw: () => void): () => void {
  const { stdin } = process;
  const raw = (on: boolean) => stdin.isTTY && stdin.setRawMode(on);
  // also after SIGSTOP: the shell has set the terminal to its own mode, which Node does not know
  const resume = () => {
    raw(false);
    raw(true);
    stdin.resume();
    draw();
    session.lookAgain();
  };
  const onKey = (_: string | undefined, pressed: Pressed) => {
    const key = keyOf(pressed);
    if (key !== 'suspend') {
      session.press(key);
      return;
    }
    clear();
    raw(false);
    process.kill(process.pid, 'SIGTSTP');
  };
  emitKeypressEvents(stdin);
  raw(true);
  stdin.on('keypress', onKey);
  process.on('SIGCONT', resume);
  stdin.resume();
  return () => {
    process.off('SIGCONT', resume);
    stdin.off('keypress', onKey);
    raw(false);
    stdin.pause();
  };
}
