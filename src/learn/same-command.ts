import type { Action } from './state.ts';

/** The last thing that happened to each container, network, volume and image since the last command began: `web-2` → `start`. */
export type Happened = ReadonlyMap<string, string>;

/** The name and what happened in an activity's text: `web-2 start`. */
export function nameAndEvent(what: string): readonly [name: string, event: string] {
  const at = what.lastIndexOf(' ');
  return [what.slice(0, at), what.slice(at + 1)];
}

const ending = ['kill', 'die', 'stop', 'disconnect'];
const starting = ['connect', 'start'];
/** What commands that do one thing cause. All others, such as `up`, can do both. */
const causes: Readonly<Record<string, readonly string[]>> = {
  stop: ending,
  kill: ending,
  rm: [...ending, 'destroy'],
  down: [...ending, 'destroy'],
  pause: ['pause'],
  unpause: ['unpause'],
  start: starting,
  restart: [...ending, ...starting, 'restart'],
  build: ['tag'],
  pull: ['pull', 'tag'],
};
/** What happens without a command, or with any. */
const neutral = ['die', 'oom', 'rename', 'update'];

/** After each of these, what no command does next to the same container, network or volume. */
const opposites: Readonly<Record<string, readonly string[]>> = {
  create: ['kill', 'stop', 'pause', 'destroy', 'create'],
  start: ['kill', 'stop', 'pause', 'destroy', 'start'],
  restart: ['kill', 'stop', 'pause', 'destroy', 'start'],
  pause: ['unpause', 'kill', 'stop'],
  unpause: ['kill', 'stop', 'pause', 'destroy'],
  destroy: ['create'],
};

/** Whether the last command can have caused this change too, although it is no longer seen. `happened`: what it has caused so far. */
export function canContinue(last: Action, what: string, happened: Happened): boolean {
  const [name, event] = nameAndEvent(what);
  if (neutral.includes(event)) return true;
  const known = last.kind === 'command' ? causes[verbOf(last.what)] : undefined;
  if (known && !known.includes(event)) return false;
  const before = happened.get(name);
  // a restart starts what it stopped
  return before === undefined || !(opposites[before] ?? []).includes(event);
}

/** Commands that start the containers that they create. */
const startsNew = ['up', 'run', 'scale', 'watch'];

/** Whether this starts a container that the last command created: with these commands, however long the engine took. */
export function startsCreated(last: Action, what: string, happened: Happened): boolean {
  const [name, event] = nameAndEvent(what);
  return event === 'start' && happened.get(name) === 'create' && last.kind === 'command' && startsNew.includes(verbOf(last.what));
}

/** `docker compose -p web stop` → `stop`; empty: another command. An option's value is not taken for a command. */
function verbOf(line: string): string {
  const words = line.split(' ').slice(1);
  const rest = words[0] === 'compose' || words[0] === 'container' || words[0] === 'image' ? words.slice(1) : words;
  const at = rest.findIndex((word, at) => !word.startsWith('-') && !takesValue.test(rest[at - 1] ?? ''));
  return rest[at] ?? '';
}
const takesValue = /^(?:-f|--file|-p|--project-name|--profile|--env-file|--project-directory|-H|--host|-c|--context)$/;
