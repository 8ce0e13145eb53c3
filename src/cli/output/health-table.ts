import type { HealthLine } from '../../docker/doctor/health.ts';
import { pad, widthOf, wrap } from '../../report/terminal/layout.ts';
import type { Cli } from '../context.ts';

const marks = { ok: '✓', warning: '!', problem: '✗' } as const;

/** One line per item with its mark and, if there is a problem, the fix. */
export function healthTable({ out, lang }: Cli, lines: readonly HealthLine[]): string {
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
