import type { Replica } from '../../lab/facts.ts';
import { needsBaseline } from '../../lab/judge-checks.ts';
import { type Text, text, verbatim } from '../../lab/text.ts';
import { type Cause, failed, type Judgement, type Mismatch, passed, skipped, type Verdict, waiting } from '../../lab/verdict.ts';
import type { ExecsSeen, World } from '../../lab/world.ts';
import { explainReplicas } from '../causes/containers.ts';
import type { OtherTraffic } from '../causes/traffic.ts';
import { addressesOf, nameOf, runningOf, textWith } from '../evidence/stack-facts.ts';
import { hasWorked, isShell, runsIn } from '../evidence/typed-commands.ts';
import { starts } from '../start-order.ts';
import type { TrafficFacts } from './evidence.ts';

/** How much of the learner's own traffic a step needs. */
export interface TrafficOptions {
  /** This many pings or requests, each with its own lookup of the name, because one shows nothing about several replicas. Omitted: one. */
  readonly times?: number;
}

/** The ID of a check: another claim has another one. */
export const withTimes = (id: string, times: number): string => (times > 1 ? `${id}-${times}-times` : id);

/** Whether a command line contains a service's name, or an address of one of its replicas. */
export const named = (line: string, service: string, replicas: readonly Replica[]): boolean =>
  line.split(/[^\w.-]+/).some((word) => [service, ...replicas.flatMap(addressesOf)].includes(word));

/** Observes traffic: see `gatherTraffic`. */
export type Gather = (world: World) => Promise<TrafficFacts>;

interface Wanted {
  readonly expected: Text;
  readonly help: Text;
  /** What was typed in a shell would be in a log. */
  readonly logged?: boolean;
}

/** A command line on one line, at most 100 characters. */
const shortened = (line: string): string => line.trim().replace(/\s+/g, ' ').slice(0, 100);

/** The `wanted` commands inside a container. */
function commandsTo(facts: TrafficFacts, wanted: (line: string) => boolean): ExecsSeen['commands'] {
  const service = nameOf(facts, facts.role);
  return facts.execs.commands.filter(({ line }) => wanted(line) && named(line, service, runningOf(facts, facts.role)));
}

/** Passes for a `wanted` command inside a container that has worked, or a shell there. */
export function byCommand(facts: TrafficFacts, wanted: (line: string) => boolean): Verdict | undefined {
  const found = commandsTo(facts, wanted).find(({ line, exitCode }) => hasWorked(line, exitCode));
  if (found !== undefined) return passed(verbatim(shortened(found.line)));
  const shell = facts.execs.commands.find(({ line, exitCode }) => isShell(line) && hasWorked(line, exitCode));
  if (!shell) return undefined;
  return passed(textWith('in a shell in {service}', '在 {service} 的 shell 裡', { service: shell.service }), {
    note: text('a shell was opened there; what was typed in it cannot be seen', '曾在這裡開啟 shell；無法得知在其中輸入的內容'),
  });
}

/** How often commands that have worked looked the role's name up, to reach it with `program`. What was typed in a shell cannot be counted. */
export const lookUps = (facts: TrafficFacts, wanted: (line: string) => boolean, program: RegExp): number =>
  commandsTo(facts, wanted)
    .filter(({ line, exitCode }) => hasWorked(line, exitCode))
    .reduce((sum, { line }) => sum + runsIn(line, program), 0);

/**
 * No such request was seen: final, unless one is still arriving or the engine has forgotten commands. `wanted`: a command that did not do it is named with how
 * it ended.
 */
export function unseen(
  facts: TrafficFacts,
  wanted: (line: string) => boolean,
  { expected, help, logged = false }: Wanted,
): Judgement {
  const { execs } = facts;
  const stopped = notRunning(facts, [facts.from, nameOf(facts, facts.role)]);
  if (stopped) return failed(stopped);
  const last = commandsTo(facts, wanted).at(-1);
  if (!execs.whole && !last) return skipped(needsBaseline);
  const typed = last ? endOf(last) : logged ? undefined : inShell(facts);
  return notYet(facts, { expected, actual: typed ?? textWith('none so far', '目前沒有'), help });
}

/** Final, unless commands are still being reported. */
export const notYet = ({ execs }: TrafficFacts, mismatch: Mismatch): Judgement =>
  execs.live ? waiting(mismatch) : failed(mismatch);

/** What is known about the last shell in a container; undefined: there was none. */
function inShell({ execs }: TrafficFacts): Text | undefined {
  const shell = execs.commands.findLast(({ line }) => isShell(line));
  if (!shell) return undefined;
  return shell.exitCode === undefined
    ? textWith(
        'a shell is open in {service}: what is typed in it cannot be seen before it ends (`exit`)',
        '{service} 裡有一個 shell 還開著：在它結束（`exit`）之前，無法得知在其中輸入的內容',
        { service: shell.service },
      )
    : textWith(
        'a shell in {service} has ended: what was typed in it cannot be counted',
        '{service} 裡的 shell 已經結束：無法計算在其中輸入的內容',
        { service: shell.service },
      );
}

/** How a command ended that did not do what the step needs. */
function endOf({ line, exitCode = -1 }: ExecsSeen['commands'][number]): Text {
  const names = { line: shortened(line), code: exitCode };
  return exitCode < 0
    ? textWith(
        '`{line}` has not ended, or could not be started: see what it printed',
        '`{line}` 還沒有結束，或無法啟動：請查看它的輸出',
        names,
      )
    : exitCode === 0
      ? textWith('`{line}` succeeded, but no request arrived', '`{line}` 執行成功，但沒有收到請求', names)
      : textWith('`{line}` failed with exit code {code}', '`{line}` 失敗，結束碼 {code}', names);
}

/** Of these services, the first without a running container: it has to run first. */
export function notRunning(facts: TrafficFacts, services: readonly string[]): Mismatch | undefined {
  const of = (service: string) => facts.replicas.filter((one) => one.service === service);
  const service = services.find((one) => !of(one).some(({ state }) => state === 'running'));
  if (service === undefined) return undefined;
  const state = of(service)[0]?.state;
  const names = { service, verb: state === 'paused' ? 'unpause' : state === undefined ? 'up -d' : 'start' };
  const actual = textWith('{service} is not running', '{service} 沒有在執行', names);
  return {
    expected: textWith('{service}, running', '{service} 在執行', names),
    actual,
    help: textWith('docker compose {verb} {service}', 'docker compose {verb} {service}', names),
    cause: actual,
  };
}

/** Why a role got no traffic: it, or the container that requests are sent from, does not run; else what `explain` finds. */
export const explainTraffic =
  (role: string, explain: (world: World, facts: TrafficFacts) => Promise<Cause | undefined>) =>
  async (world: World, facts: TrafficFacts): Promise<Cause | undefined> => {
    const stopped = [facts.probeFrom, role].find((one) => runningOf(facts, one).length === 0);
    return (stopped === undefined ? undefined : await explainReplicas(stopped, 1)(world)) ?? explain(world, facts);
  };

/** The names that texts about a role's traffic need. */
export const namesOf = (facts: TrafficFacts) => ({ service: nameOf(facts, facts.role), from: facts.from, port: facts.appPort });

/** The commands that could have been meant, and those that `does` accepts from before the newest replica started. */
export async function otherCommands(
  world: World,
  facts: TrafficFacts,
  isMeant: (line: string) => boolean,
  does: (line: string) => boolean,
): Promise<Omit<OtherTraffic, 'command'>> {
  const { service } = namesOf(facts);
  const replicas = runningOf(facts, facts.role);
  const oldest = facts.replicas.map((one) => one.createdAt).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  const all = oldest === undefined ? [] : (await world.execs(oldest)).commands;
  const before = all.slice(0, Math.max(0, all.length - facts.execs.commands.length));
  return {
    service,
    commands: facts.execs.commands.filter(({ line }) => isMeant(line)),
    earlier: before.filter(({ line }) => does(line) && named(line, service, replicas)),
    since: starts(facts, facts.role).at(-1) ?? '',
  };
}

/** What to try next where one command does not show enough. */
export const severalTimes = (command: string): Text => textWith('several times: {command}', '多執行幾次：{command}', { command });
