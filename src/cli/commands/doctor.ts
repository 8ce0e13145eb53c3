import { join } from 'node:path';
import { diagnose, type Examination } from '../../docker/doctor/diagnose.ts';
import { type HealthLine, judgeHealth } from '../../docker/doctor/health.ts';
import { requiredImages } from '../../docker/images/required-images.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { assets, version } from '../../platform/package-root.ts';
import { pad, widthOf, wrap } from '../../report/terminal/layout.ts';
import type { Cli } from '../context.ts';
import { abandonable } from '../interrupted.ts';
import { listRuns } from '../list-runs.ts';
import { findTutorial } from '../tutorials.ts';

/** `lab doctor`: what is wrong with this machine, and the fix. 0: no problem. It changes nothing. */
export async function doctor(cli: Cli, options: { json?: boolean }): Promise<number> {
  const { homes, env, home, signal, engine: choice, lang } = cli;
  const tutorial = findTutorial('compose-scale');
  const images = await requiredImages(join(assets, tutorial.id));
  const port = publishedBy(tutorial);
  const runs = await runIds(cli);
  const lines = judgeHealth(
    await abandonable(cli, () => diagnose({ choice, homes, env, home, images, ...(port ? { port } : {}), runs, signal })),
  );
  const ok = lines.every(({ level }) => level !== 'problem');
  const rows = lines.map(({ id, level, title, detail, fix }) => ({
    id,
    level,
    title: title[lang],
    detail: detail[lang],
    ...(fix ? { fix: fix[lang] } : {}),
  }));
  cli.out.write(options.json ? `${jsonText({ tool: 'labwright', version, lines: rows, ok }, 2)}\n` : drawn(cli, lines));
  return ok ? 0 : 1;
}

/** The first port that a stack of the tutorial publishes. */
function publishedBy({ stacks }: Tutorial): Examination['port'] {
  const published = Object.values(stacks).find((stack) => stack.published)?.published;
  return published && { number: published.hostPort, variable: published.variable };
}

async function runIds({ homes }: Cli): Promise<Examination['runs']> {
  try {
    const { underWay, ended } = await listRuns(homes);
    return { underWay: underWay.map(({ id }) => id), ended: ended.map(({ id }) => id) };
  } catch (error) {
    if (error instanceof LabError) return { message: error.text, hint: error.hint };
    throw error;
  }
}

const marks = { ok: '✓', warning: '!', problem: '✗' } as const;

function drawn({ out, lang }: Cli, lines: readonly HealthLine[]): string {
  const { paint } = out;
  const colour = { ok: paint.green, warning: paint.yellow, problem: paint.red };
  const column = Math.max(...lines.map(({ title }) => widthOf(title[lang])));
  const room = Math.max(30, Math.min(out.columns, 120) - column - 5);
  const indent = ' '.repeat(column + 4);
  const drawn = lines.flatMap(({ level, title, detail, fix }) => {
    const [first = '', ...rest] = wrap(detail[lang], room);
    const remedy = fix ? wrap(`→ ${fix[lang]}`, room) : [];
    return [
      `${colour[level](marks[level])} ${paint.bold(pad(title[lang], column))}  ${first}`,
      ...rest.map((line) => indent + line),
      ...remedy.map((line) => indent + paint.cyan(line)),
    ];
  });
  return `${[...drawn, '', summary(lines)[lang]].join('\n')}\n`;
}

function summary(lines: readonly HealthLine[]) {
  const count = (level: HealthLine['level']) => lines.filter((line) => line.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems > 0)
    return { en: `problems: ${problems}, warnings: ${warnings}`, 'zh-TW': `問題：${problems}，警告：${warnings}` };
  return warnings > 0
    ? { en: `ready; warnings: ${warnings}`, 'zh-TW': `可以開始；警告：${warnings}` }
    : { en: 'ready', 'zh-TW': '可以開始' };
}
