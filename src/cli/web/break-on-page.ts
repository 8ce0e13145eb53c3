import { realpath } from 'node:fs/promises';
import type { Engine } from '../../docker/engine.ts';
import { findOwnFolder, findOwnProject } from '../../docker/learner-project.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import { type PracticeSession, startPractice } from '../../learn/break/practice-session.ts';
import { practiceTutorial } from '../../learn/break/practice-step.ts';
import { planOf } from '../../learn/plan.ts';
import { pageContent } from '../../learn/web/content/page-content.ts';
import { stackPicture } from '../../learn/web/stack-picture.ts';
import { numberedIds } from '../../platform/ids.ts';
import type { OwnStack } from '../../run/learner/own-stack.ts';
import { clock } from '../clock.ts';
import { proveRepair } from '../commands/break/break-check.ts';
import type { Practice } from '../commands/break/break-folder.ts';
import type { Cli } from '../context.ts';
import { labwrightEnded, type PageOptions, servePage } from './serve-page.ts';

/** Practice on a fault on a page, until an interrupt. */
export async function breakOnPage(cli: Cli, engine: Engine, practice: Practice, options: PageOptions): Promise<void> {
  const { tutorial, fault, progress, update } = practice;
  const { api, compose } = engine;
  const own = await ownStack(cli, engine, practice);
  const shown = practiceTutorial(tutorial, fault, progress.number, () => new Map());
  let session: PracticeSession | undefined;
  await servePage(cli, {
    ...options,
    folder: own.dir,
    terminal: { dir: own.dir, env: compose.env },
    content: (terminal) =>
      pageContent({
        ...{ tutorial: shown, mode: 'break', lang: cli.lang, folder: own.dir, terminal, compose },
        plan: planOf(shown, fault.stack),
        stackOf: () => own,
      }),
    press: (press) => session?.press(press),
    work: async (feed, stop) => {
      const { env } = cli;
      const picture = stackPicture({ api, clock, feed, ...stop });
      const { signal } = stop;
      picture.show(own);
      try {
        session = startPractice({
          ...{ tutorial, fault, progress, update },
          learning: { engine, own, clock, signal, env, nonce: numberedIds(6) },
          prove: (onStep) => proveRepair({ ...cli, signal }, engine, practice, onStep),
          listen: (state) => feed.show('learn', state),
        });
        feed.show('learn', session.first);
        const { lookAgain } = session;
        process.on('SIGCONT', lookAgain);
        await session.ended.finally(() => process.off('SIGCONT', lookAgain));
      } finally {
        await picture.close();
      }
    },
    bye: labwrightEnded,
    ended: text(
      'The page has ended; your progress is kept. `lab break --web` in this folder continues.',
      '頁面已結束，進度已保留。在這個資料夾執行 `lab break --web` 就會繼續。',
    ),
  });
}

/** The practice folder's stack: its services are those of the tutorial, whatever the fault is. */
async function ownStack({ env }: Cli, { api }: Engine, { dir, tutorial, fault }: Practice): Promise<OwnStack> {
  const spec = tutorial.stacks[fault.stack];
  if (!spec) throw new TypeError(`the tutorial ${tutorial.id} has no stack ${fault.stack}`);
  const folder = await findOwnFolder(dir, env, []);
  if (!folder)
    throw new LabError(
      'E_PROJECT_UNKNOWN',
      text(`there is no Compose file in ${dir}`, `${dir} 裡沒有 Compose 檔`),
      text('create a new folder: lab break', '請建立新的資料夾：lab break'),
    );
  const imageOf = async (service: string) => folder.file.services[service]?.image ?? '';
  return { stack: fault.stack, spec, dir: await realpath(dir), project: await findOwnProject(api, folder), imageOf };
}
