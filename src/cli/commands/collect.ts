import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isTimeZone, parseMoment } from '../../formats/moment.ts';
import { type Collected, collectClass } from '../../grade/collect/collect-class.ts';
import { writeCollected } from '../../grade/collect/collected-file.ts';
import { loadRepos } from '../../grade/collect/repos-file.ts';
import { collectedFile } from '../../grade/submissions/collected.ts';
import { type Extension, loadExtensions } from '../../grade/term/extensions-file.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { truncate } from '../../report/terminal/layout.ts';
import { liveRegion } from '../../report/terminal/live-region.ts';
import { callOf, quoted } from '../call-line.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { collectExitCode } from '../exit-codes.ts';
import { interruptible } from '../interrupted.ts';
import { collectLine, collectStart, collectSummary } from '../output/collect-lines.ts';
import { usage } from '../usage.ts';

export interface CollectCommand {
  readonly before?: string;
  readonly extensions?: string;
  readonly timezone?: string;
  readonly out: string;
  readonly jobs: number;
}

/** `lab collect`: exit code 0: every student has a submission; 1: some have none; 3: some repositories could not be read. */
export async function collect(cli: Cli, options: CollectCommand, path: string): Promise<number> {
  const { lang, err, env, signal } = cli;
  const zone = zoneOf(options.timezone);
  const beforeMs = momentOf(options.before, zone);
  const extensions = await extensionsIn(options.extensions, zone);
  const wanted = await loadRepos(path, { beforeMs, zone, extensions });
  const out = resolve(cli.cwd, options.out);
  err.write(`${collectStart({ wanted, zone, out: options.out, nowMs: Date.parse(clock.time()) })[lang]}\n`);
  const live = err.interactive ? liveRegion(err) : undefined;
  const running = new Set<string>();
  let done = 0;
  const draw = () => {
    const line = `  ${done}/${wanted.length}  ${[...running].join(lang === 'en' ? ', ' : '、')}`;
    live?.show([err.paint.dim(truncate(line, err.columns - 1))]);
  };
  const ended = (result: Collected) => {
    running.delete(result.student);
    done += 1;
    const line = collectLine(result, err, lang);
    live?.clear();
    if (line !== undefined) err.write(`${line}\n`);
    draw();
  };
  const started = (student: string) => {
    running.add(student);
    draw();
  };
  const work = async () => {
    try {
      const { jobs } = options;
      return await collectClass({ wanted, out, jobs, zone, env, clock, signal, onStart: started, onEnd: ended });
    } finally {
      live?.end();
    }
  };
  const all = await interruptible(cli, work);
  await writeCollected(out, all, zone, lang);
  const next = `grade ${quoted(options.out)} --times ${quoted(join(options.out, collectedFile))}`;
  cli.out.write(collectSummary(all, callOf(cli)(next), lang));
  return collectExitCode(all);
}

/** A file that is named must exist. */
async function extensionsIn(path: string | undefined, zone: string): Promise<ReadonlyMap<string, Extension>> {
  if (path === undefined) return new Map();
  if (existsSync(path)) return loadExtensions(path, zone);
  throw new LabError(
    'E_SUBMISSION',
    text(`there is no file ${path}`, `沒有檔案 ${path}`),
    text('name the file of --extensions', '請指定 --extensions 的檔案'),
  );
}

/** The zone that is named, or this machine's. */
function zoneOf(named: string | undefined): string {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (named === undefined) return isTimeZone(own) ? own : 'UTC';
  if (isTimeZone(named)) return named;
  throw usage(
    text(
      `lab collect: --timezone can't be '${named}'; it is a name such as Asia/Taipei or UTC`,
      `lab collect：--timezone 不能是「${named}」，必須是 Asia/Taipei 或 UTC 這樣的名稱`,
    ),
    'lab collect',
  );
}

function momentOf(written: string | undefined, zone: string): number | undefined {
  if (written === undefined) return undefined;
  const parsed = parseMoment(written, zone, { dateMeans: 'end', twice: 'later' });
  if ('ms' in parsed) return parsed.ms;
  throw usage(
    text(
      `lab collect: --before can't be '${written}': ${parsed.wrong.en}`,
      `lab collect：--before 不能是「${written}」：${parsed.wrong['zh-TW']}`,
    ),
    'lab collect',
  );
}
