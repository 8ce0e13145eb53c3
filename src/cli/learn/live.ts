import { emitKeypressEvents } from 'node:readline';
import type { Tutorial } from '../../lab/tutorial.ts';
import type { JoinedClass, Membership } from '../../learn/class/join-class.ts';
import { type LearnOptions, type LearnSession, startSession } from '../../learn/session.ts';
import type { Key, LearnEvent, LearnState } from '../../learn/state.ts';
import { tutorialAtPort } from '../../run/learner/tutorial-at-port.ts';
import { type CallOf, callOf } from '../call-line.ts';
import type { JoinedByCommand } from '../class/join.ts';
import type { Cli } from '../context.ts';
import type { AlternateScreen } from './alternate-screen.ts';
import { createCauses } from './causes.ts';
import { endingLines } from './ending.ts';
import { type Held, heldAfter, heldOnKey, shownInstead } from './held.ts';
import type { Page } from './page.ts';
import { passLines } from './pass-page.ts';
import { renderScreen, type Shown } from './screen.ts';
import { newView, scrolled, viewAfter } from './view.ts';
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

const scrolls = {
  space: 'page',
  pagedown: 'page',
  pageup: 'back',
  b: 'back',
  down: 'line',
  j: 'line',
  up: 'up',
  k: 'up',
} as const;

/** How a key scrolls the explanation; undefined: it does not. */
const scrollOf = ({ name = '', ctrl }: Pressed) => (ctrl ? undefined : scrolls[name as keyof typeof scrolls]);

/** Whether the learner asks the class for help after a key; undefined: the key is not about that. */
export function helpOnKey(
  { name, ctrl }: Pressed,
  { dialog }: Pick<LearnState, 'dialog'>,
  membership: Membership | undefined,
): boolean | undefined {
  return membership && name === 'a' && !ctrl && !dialog ? !membership.help : undefined;
}

/**
 * The screen, which may have begun, and the keys of live mode, until the learner quits. At the end, the steps that passed are printed. The terminal's mode, the cursor and what was
 * on the screen before are restored, also after an error or a signal.
 */
export async function live(
  cli: Cli,
  learning: Omit<LearnOptions, 'listen'>,
  first: LearnState,
  screen: AlternateScreen,
  membership?: JoinedByCommand,
): Promise<void> {
  const { out, lang } = cli;
  const tutorial = tutorialAtPort(learning.tutorial, learning.own);
  const call = callOf(cli);
  const picture = new Picture(cli, tutorial, first, screen, call, membership?.joined);
  membership?.watch(() => picture.draw());
  const session = startSession({ ...learning, listen: (next, event, before) => picture.changed(next, event, before) }, first);
  screen.enter();
  const restore = listenToKeys(session, screen, picture);
  const resized = () => {
    screen.resized();
    picture.draw();
  };
  out.stream.on('resize', resized);
  try {
    // what was typed before is on the screen
    resized();
    await session.ended;
  } finally {
    out.stream.off('resize', resized);
    restore();
    screen.leave();
    for (const lines of picture.transcript) out.write(`${lines.join('\n')}\n`);
  }
  out.write(`${goodbye(picture, lang, call).join('\n')}\n`);
}

/** What is on the screen: the state of the session, and the view. */
class Picture {
  readonly #cli: Cli;
  readonly #screen: AlternateScreen;
  readonly #call: CallOf;
  readonly #joined: JoinedClass | undefined;
  readonly tutorial: Tutorial;
  state: LearnState;
  /** The lines of each step that passed. */
  readonly transcript: (readonly string[])[] = [];
  #view = newView;
  readonly #causes = createCauses();
  #held: Held = [];
  #reading: Shown['reading'] = { window: 0, last: 0 };

  constructor(
    cli: Cli,
    tutorial: Tutorial,
    first: LearnState,
    screen: AlternateScreen,
    call: CallOf,
    joined: JoinedClass | undefined,
  ) {
    this.#joined = joined;
    this.#cli = cli;
    this.tutorial = tutorial;
    this.state = first;
    this.#screen = screen;
    this.#call = call;
  }

  get page(): Page {
    const { out, lang } = this.#cli;
    const membership = this.#joined ? { membership: this.#joined.membership } : {};
    return { paint: out.paint, lang, columns: out.columns, rows: out.stream.rows || 24, ...membership };
  }

  changed(state: LearnState, event: LearnEvent, before: LearnState): void {
    this.state = this.#causes(state, event, before);
    this.#joined?.listen(state);
    this.#held = heldAfter(this.#held, this.state, event, before);
    this.#view = viewAfter(this.#view, state, event, before);
    const passed = (state.phase === 'passed' || state.phase === 'finished') && before.phase === 'working';
    if (passed) this.transcript.push(passLines(this.page, this.tutorial, state));
    this.draw();
  }

  /** Whether the key was about a step that is still shown after its pass. */
  leave(key: Key): boolean {
    const { held, isDone } = heldOnKey(this.#held, this.state, key);
    this.#held = held;
    if (isDone) this.draw();
    return isDone;
  }

  /** Whether the key asked the class for help, or said that none is needed any more. */
  ask(key: Pressed): boolean {
    const help = helpOnKey(key, this.state, this.#joined?.membership);
    if (help !== undefined) this.#joined?.askForHelp(help);
    return help !== undefined;
  }

  /** Whether the key scrolled. */
  scroll(key: Pressed): boolean {
    const by = scrollOf(key);
    if (by === undefined || this.state.dialog || this.#reading.last === 0) return false;
    this.#view = scrolled(this.#view, by, this.#reading.last, this.#reading.window);
    this.draw();
    return true;
  }

  draw(): void {
    const held = shownInstead(this.#held, this.state);
    const view = held ? { ...newView, ahead: this.state.at } : this.#view;
    const { lines, reading } = renderScreen(this.page, this.tutorial, held ?? this.state, view, this.#call);
    this.#reading = reading;
    this.#screen.draw(lines);
  }
}

/** The last lines: what is next. */
function goodbye({ page, tutorial, state }: Picture, lang: Cli['lang'], call: CallOf): string[] {
  const words = wordsOf(lang);
  const passed = state.plan.filter(({ key }) => state.progress[key]).length;
  if (passed === state.plan.length) return endingLines(page, tutorial, state, call);
  return [words.progress(passed, state.plan.length), words.kept(call('learn'))];
}

/** Passes keys to the session. Returns a function that restores the terminal's mode. */
function listenToKeys(session: LearnSession, screen: AlternateScreen, picture: Picture): () => void {
  const { stdin } = process;
  const raw = (on: boolean) => stdin.isTTY && stdin.setRawMode(on);
  // also after SIGSTOP: the shell has set the terminal to its own mode, which Node does not know
  const resume = () => {
    raw(false);
    raw(true);
    stdin.resume();
    screen.enter();
    screen.resized();
    picture.draw();
    session.lookAgain();
  };
  const suspend = () => {
    screen.leave();
    raw(false);
    // all of the group, as the terminal does it: a shell waits for the program that started this one
    process.kill(0, 'SIGTSTP');
  };
  const onKey = (_: string | undefined, pressed: Pressed) => {
    const key = keyOf(pressed);
    if (key === 'suspend') suspend();
    else if (!picture.ask(pressed) && !picture.scroll(pressed) && !picture.leave(key)) session.press(key);
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
