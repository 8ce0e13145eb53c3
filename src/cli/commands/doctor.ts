import { defaultTutorial } from '../../../labs/default-tutorial.ts';
import { diagnose, type Examination } from '../../docker/doctor/diagnose.ts';
import { judgeHealth } from '../../docker/doctor/health.ts';
import { requiredImages } from '../../docker/images/required-images.ts';
import { jsonText } from '../../formats/untrusted-text.ts';
import { LabError } from '../../lab/error.ts';
import { filesOf, type Tutorial } from '../../lab/tutorial.ts';
import { assets, version } from '../../platform/package-root.ts';
import { listRuns } from '../../run/journal.ts';
import type { Cli } from '../context.ts';
import { abandonable } from '../interrupted.ts';
import { healthTable } from '../output/health-table.ts';
import { findTutorial } from '../tutorials.ts';

/** `lab doctor`: reports problems of this machine and how to fix them. Exit code 0: none. Changes nothing. */
export async function doctor(cli: Cli, options: { json?: boolean }): Promise<number> {
  const { homes, env, home, signal, engine: choice, lang } = cli;
  const tutorial = findTutorial(defaultTutorial);
  const images = await requiredImages(filesOf(tutorial, assets));
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
  cli.out.write(options.json ? `${jsonText({ tool: 'labwright', version, lines: rows, ok }, 2)}\n` : healthTable(cli, lines));
  return ok ? 0 : 1;
}

/** The first port that a stack of the tutorial publishes. */
function publishedBy({ stacks }: Tutorial): Examination['port'] {
  const published = Object.values(stacks).find((stack) => stack.published)?.published;
  return published?.variable === undefined ? undefined : { number: published.hostPort, variable: published.variable };
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
