import { dirname } from 'node:path';
import { type Check, defineCheck } from '../lab/check.ts';
import { type Text, text } from '../lab/text.ts';
import { failed, type Judgement, passed, withFaultIn } from '../lab/verdict.ts';
import type { FileFacts, World } from '../lab/world.ts';
import { requestFailure } from './answers.ts';
import { explainRewrite } from './causes/answers.ts';
import { readComposeSource } from './causes/compose-source.ts';
import { elsewhereCause } from './causes/files.ts';
import { hostLog } from './evidence/host-log.ts';
import { mostRepeats } from './evidence/http.ts';
import { type SampleFacts, wordsIn } from './evidence/sample.ts';
import { nameOf, runningOf, textWith } from './evidence/stack-facts.ts';

interface LogFacts<R extends string = string> extends SampleFacts<R> {
  readonly path: string;
  readonly log: FileFacts;
}

/** Which of these nonces a line contains, whatever the log's format; undefined: none. */
const markIn = (line: string, nonces: readonly string[]): string | undefined => {
  const possible = nonces.filter((nonce) => line.includes(nonce));
  if (possible.length === 0) return undefined;
  const words = new Set(wordsIn(line));
  return possible.find((nonce) => words.has(nonce));
};

/** The lines of a log that contain one of these nonces. */
const marked = (log: string, nonces: readonly string[]): string[] =>
  log.split('\n').filter((line) => markIn(line, nonces) !== undefined);

/**
 * The nonces of our requests, those that a rate limit refused too. Requests without one are left out, since other clients also
 * request the plain page.
 */
const marksOf = ({ answers }: SampleFacts): string[] =>
  answers.flatMap(({ nonce, refusals = 0 }) =>
    nonce === '' ? [] : Array<string>(1 + Math.min(refusals, mostRepeats)).fill(nonce),
  );

/** Samples requests through the reverse proxy, then reads its access log on the host. `file` is a key of the stack's `files`. */
export const withHostLog =
  <R extends string>(sample: (world: World) => Promise<SampleFacts<R>>, file: string) =>
  async (world: World): Promise<LogFacts<R>> => {
    const facts = await sample(world);
    const nonces = marksOf(facts);
    const written = (so_far: string) => marked(so_far, nonces).length >= nonces.length;
    // an unanswered request leaves no line
    const answered = facts.answers.some((answer) => answer.status !== 0);
    const isIt = (text: string) => marked(text, nonces).length > 0;
    const { path, log } = await hostLog(world, file, { isIt, ...(answered ? { until: written } : {}) });
    return { ...facts, path, log: log.kind === 'file' ? { ...log, text: marked(log.text, nonces).join('\n') } : log };
  };

/** The role that writes the log, and the folder in its container. */
interface Writer<R extends string = string> {
  readonly role: R;
  readonly destination: string;
}

/** The log on the host contains exactly one new line for each of our requests. */
export function logGrows<R extends string>(writer: Writer<R>, gather: (world: World) => Promise<LogFacts>): Check<LogFacts, R> {
  return defineCheck({
    id: 'access-log-gains-a-line-each',
    roles: [writer.role],
    claim: text("the host's access log gains exactly one line for each request", '每個請求都讓主機上的存取日誌正好增加一行'),
    gather,
    judge: (facts) => withFaultIn(['conf', writer.role], judgeLogGains(facts, writer)),
    explain: async (world, facts) =>
      elsewhereCause(await readComposeSource(world), {
        service: nameOf(facts, writer.role),
        folder: dirname(facts.path),
        destination: writer.destination,
      }) ?? explainRewrite(world, facts),
  });
}

function judgeLogGains(facts: LogFacts, writer: Writer): Judgement {
  const { path, log } = facts;
  const marks = marksOf(facts);
  const asked = marks.length;
  const bad = requestFailure(facts);
  if (bad?.outcome === 'waiting') return bad;
  const lines = log.kind === 'file' ? log.text.split('\n').filter((line) => line !== '') : [];
  const count = (lines: readonly string[], mark: string) => lines.filter((line) => line === mark).length;
  const written = lines.map((line) => markIn(line, marks) ?? '');
  const once = marks.filter((mark) => count(written, mark) === count(marks, mark)).length;
  if (asked > 0 && lines.length === asked && once === asked)
    return passed(
      textWith('{asked} requests, {asked} lines in {path}', '{asked} 個請求，{path} 增加 {asked} 行', { asked, path }),
    );
  return failed({
    expected: textWith('{asked} new lines in {path} on the host', '主機上的 {path} 增加 {asked} 行', { asked, path }),
    actual:
      log.kind === 'file'
        ? textWith(
            '{lines} lines, exactly one for {once} of {asked} requests',
            '{lines} 行，{asked} 個請求中有 {once} 個正好一行',
            {
              lines: lines.length,
              once,
              asked,
            },
          )
        : textWith('no plain file there', '該位置沒有一般檔案'),
    help: helpWith(facts, writer),
  });
}

function helpWith(facts: LogFacts, { role, destination }: Writer): Text {
  const names = { service: nameOf(facts, role), folder: dirname(facts.path), destination };
  const mount = runningOf(facts, role)[0]?.mounts.find((one) => one.destination === destination);
  return mount?.source.endsWith(`/${names.folder}`)
    ? textWith(
        '{folder} is mounted: let {service} write one access log there, neither `access_log off` nor a second one',
        '{folder} 已經掛載：請讓 {service} 在該資料夾寫入一份存取日誌，不要用 `access_log off`，也不要寫兩份',
        names,
      )
    : textWith(
        'under `volumes:` of {service}: ./{folder}:{destination}',
        '在 {service} 的 `volumes:` 寫：./{folder}:{destination}',
        names,
      );
}
