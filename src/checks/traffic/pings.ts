import { type Check, defineCheck } from '../../lab/check.ts';
import { needsBaseline } from '../../lab/judge-checks.ts';
import { verbatim } from '../../lab/text.ts';
import { type Judgement, passed, skipped } from '../../lab/verdict.ts';
import { otherTrafficCause } from '../causes/traffic.ts';
import { nameOf, runningOf, textWith } from '../evidence/stack-facts.ts';
import {
  byCommand,
  explainTraffic,
  type Gather,
  lookUps,
  named,
  namesOf,
  notYet,
  otherCommands,
  severalTimes,
  type TrafficOptions,
  unseen,
  withTimes,
} from './commands.ts';
import type { TrafficFacts } from './evidence.ts';

/** Someone other than us has pinged a role from inside. */
export function wasPinged<R extends string>(role: R, gather: Gather, { times = 1 }: TrafficOptions = {}): Check<TrafficFacts, R> {
  return defineCheck({
    id: withTimes(`${role}-was-pinged`, times),
    roles: [role],
    claim:
      times > 1
        ? textWith('{role} was pinged several times from a container', '從容器裡多次 ping 過 {role}', { role })
        : textWith('{role} was pinged from a container', '從容器裡 ping 過 {role}', { role }),
    mode: 'once',
    gather,
    judge: (facts) => (times > 1 ? judgePingedOften(facts, times) : judgePinged(facts)),
    explain: explainTraffic(role, async (world, facts) => {
      // what was typed before is no reason why these are too few
      if (times > 1 && pingsIn(facts) > 0) return undefined;
      const { service, from } = namesOf(facts);
      const command = pingCommand(from, service);
      const ofAnother = (line: string) => isPing(line) && !named(line, service, runningOf(facts, facts.role));
      const cause = otherTrafficCause({ ...(await otherCommands(world, facts, ofAnother, isPing)), command }, 'ping');
      return cause && times > 1 ? { ...cause, help: severalTimes(command) } : cause;
    }),
  });
}

const pingCommand = (from: string, service: string): string => `docker compose exec ${from} ping -c 1 ${service}`;
const isPing = (line: string): boolean => /\bping\b/.test(line);
/** How often commands have pinged the role, each with its own lookup of the name. */
const pingsIn = (facts: TrafficFacts): number => lookUps(facts, isPing, /\bping\b/);

function judgePinged(facts: TrafficFacts): Judgement {
  const service = nameOf(facts, facts.role);
  return (
    byCommand(facts, isPing) ??
    unseen(facts, isPing, {
      expected: textWith('a ping of {service} from a container', '從容器裡 ping {service}', { service }),
      help: verbatim(pingCommand(facts.from, service)),
    })
  );
}

/** A `ping` command looks the name up once, and sends all its packets to that address. */
function judgePingedOften(facts: TrafficFacts, times: number): Judgement {
  const service = nameOf(facts, facts.role);
  const pings = pingsIn(facts);
  if (pings >= times)
    return passed(
      Number.isFinite(pings)
        ? textWith('{pings} pings', '{pings} 次 ping', { pings })
        : textWith('pings in a loop', '用迴圈多次 ping'),
    );
  const expected = textWith(
    'several pings of {service} from a container, each with its own lookup of the name',
    '從容器裡多次 ping {service}，每次都重新查詢名稱',
    { service },
  );
  const help = severalTimes(pingCommand(facts.from, service));
  if (pings === 0) return unseen(facts, isPing, { expected, help });
  if (!facts.execs.whole) return skipped(needsBaseline);
  const actual = textWith(
    '{pings} of {times} pings so far: a `ping` command looks the name up once, and reaches 1 of {all} addresses',
    '目前 ping 了 {pings} 次，需要 {times} 次：一個 `ping` 指令只查詢一次名稱，只會連到 {all} 個位址中的 1 個',
    { pings, times, all: runningOf(facts, facts.role).length },
  );
  return notYet(facts, { expected, actual, help });
}
