import { randomBytes } from 'node:crypto';
import { findEngine } from '../../docker/discovery/open-engine.ts';
import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { Lab, Step, Tutorial } from '../../lab/tutorial.ts';
import { type Outcome, overall } from '../../lab/verdict.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import { openReporters } from '../../report/reporters.ts';
import { pad, widthOf } from '../../report/terminal/layout.ts';
import { engineLine } from '../../run/engine-line.ts';
import { locateOwn, type OwnStack } from '../../run/learner-stack.ts';
import { planLabs } from '../../run/plan.ts';
import { gatherSteps, type VerifyLabOptions, verifyLab } from '../../run/verify.ts';
import { observe } from '../../run/world.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { interruptible } from '../interrupted.ts';
import { findTutorial } from '../tutorials.ts';

export interface VerifyOptions {
  readonly tutorial: string;
  readonly project?: string;
  readonly reporter: readonly string[];
  readonly out: readonly string[];
}

const exitCodes: Record<Outcome, number> = { passed: 0, failed: 1, skipped: 1, errored: 3 };

/** `lab verify`: the learner's own stack as it stands. Changes nothing. */
export function verify(cli: Cli, options: VerifyOptions, at?: string): Promise<number> {
  const tutorial = findTutorial(options.tutorial);
  const { lab, step } = named(tutorial, at);
  const work = async (): Promise<number> => {
    const engine = await findEngine({ ...cli, choice: cli.engine });
    if (!engine) throw nothingUp();
    try {
      const locating = locateOwn({
        ...cli,
        api: engine.api,
        compose: engine.compose,
        tutorial,
        ...(lab ? { stack: lab.stack } : {}),
        ...(options.project === undefined ? {} : { project: options.project }),
      });
      const own = await unlessAborted(locating, cli.signal);
      const session = randomBytes(6).toString('hex');
      let marks = 0;
      const view = observe({ api: engine.api, ...own, clock, nonce: () => `${session}-${++marks}` });
      const verifying = { view, clock, signal: cli.signal };
      if (!lab) return await listHolding(cli, options, tutorial, own, verifying);
      const { project } = own;
      return await verifyOne(cli, options, {
        ...verifying,
        engine: engineLine(engine),
        project,
        tutorial,
        lab,
        ...(step ? { step } : {}),
      });
    } finally {
      await engine.api.close();
    }
  };
  return interruptible(
    cli,
    work,
    text('nothing was made or changed; the same command looks again', '沒有建立或更動任何東西；再執行一次就會重新檢查'),
  );
}

function named(tutorial: Tutorial, at: string | undefined): { lab?: Lab; step?: Step } {
  if (at === undefined) return {};
  const [labId = '', stepId] = at.split('/');
  const lab = planLabs(tutorial, [labId]).find((one) => one.id === labId);
  if (!lab || stepId === undefined || stepId === '') return lab ? { lab } : {};
  const step = lab.steps.find((one) => one.id === stepId);
  if (step) return { lab, step };
  const known = lab.steps.map((one) => `${lab.id}/${one.id}`);
  throw new LabError(
    'E_LAB_UNKNOWN',
    text(`${lab.id} has no step "${stepId}"`, `${lab.id} 沒有名為「${stepId}」的步驟`),
    text(`its steps: ${known.join(', ')}`, `可用的步驟：${known.join('、')}`),
  );
}

const nothingUp = (): LabError =>
  new LabError(
    'E_ENGINE_UNREACHABLE',
    text('no Docker engine is up, so nothing of yours can run', '沒有正在執行的 Docker 引擎，所以你的服務不可能在執行'),
    text(
      'start Docker; or the private engine: `lab engine up`, then `eval "$(lab engine env)"` in the shell that you type in',
      '請啟動 Docker；或用專用引擎：先執行 `lab engine up`，再於你輸入指令的 shell 執行 `eval "$(lab engine env)"`',
    ),
  );

async function verifyOne(
  cli: Cli,
  options: VerifyOptions,
  verifying: Omit<Parameters<typeof verifyLab>[0], 'listen'>,
): Promise<number> {
  const reporters = openReporters(options.reporter, options.out, cli);
  let outcome: Outcome = 'errored';
  let failures: readonly unknown[] = [];
  try {
    outcome = await unlessAborted(verifyLab({ ...verifying, listen: reporters.listen }), cli.signal);
  } finally {
    failures = await reporters.close();
  }
  return failures.length > 0 ? 3 : exitCodes[outcome];
}

const words = {
  en: {
    holds: (project: string, dir: string) => `What holds now in the project ${project} (${dir})`,
    none: 'No step holds.',
    why: (lab: string) => `\`lab verify ${lab}\` tells why a step of that lab does not hold, and what to try next.`,
    watched: 'part of it has to be watched',
    allWatched: 'has to be watched',
    unclear: 'could not be told',
  },
  'zh-TW': {
    holds: (project: string, dir: string) => `專案 ${project}（${dir}）目前成立的步驟`,
    none: '目前沒有任何步驟成立。',
    why: (lab: string) => `\`lab verify ${lab}\` 會說明那個單元的步驟為什麼不成立、接下來可以怎麼做。`,
    watched: '有些部分必須全程觀察',
    allWatched: '必須全程觀察',
    unclear: '無法判斷',
  },
} as const;

/** All steps of the stack in this folder, by whether they hold; 0: one does at least. */
async function listHolding(
  cli: Cli,
  options: VerifyOptions,
  tutorial: Tutorial,
  own: OwnStack,
  verifying: VerifyLabOptions,
): Promise<number> {
  if (options.reporter.some((name) => name !== 'terminal') || options.out.length > 0)
    throw new LabError(
      'E_USAGE',
      text('lab verify: a report is about one lab', 'lab verify：報告一次只針對一個單元'),
      text('name the lab: lab verify scale --reporter json', '請指定單元：lab verify scale --reporter json'),
    );
  const labs = tutorial.labs.filter((lab) => lab.stack === own.stack);
  const looking = gatherSteps(
    verifying,
    labs.flatMap((lab) => lab.steps.map((step) => [lab, step] as const)),
  );
  const states = await unlessAborted(looking, cli.signal);
  const { paint } = cli.out;
  const say = words[cli.lang];
  const ids = states.map(({ lab, step }) => `${lab.id}/${step.id}`);
  const column = Math.max(...ids.map(widthOf));
  const rows = states.map(({ step, outcome, results }, at) => {
    const title = step.title[cli.lang];
    const id = pad(ids[at] ?? '', column);
    if (outcome === 'errored') return `  ${paint.yellow('!')} ${id}  ${title}  ${paint.dim(say.unclear)}`;
    if (outcome === 'skipped') return paint.dim(`  · ${id}  ${title}  ${say.allWatched}`);
    if (outcome !== 'passed') return paint.dim(`  · ${id}  ${title}`);
    const partly = results.some((one) => one.outcome === 'skipped') ? `  ${paint.dim(say.watched)}` : '';
    return `  ${paint.green('✓')} ${id}  ${title}${partly}`;
  });
  const none = states.every(({ outcome }) => outcome !== 'passed');
  const why = say.why(none ? (labs[0]?.id ?? '') : 'LAB');
  const lines = [paint.bold(say.holds(own.project, own.dir)), ...rows, '', ...(none ? [say.none] : []), why];
  cli.out.write(`${lines.join('\n')}\n`);
  const worst = overall(states.map(({ outcome }) => outcome));
  return worst === 'errored' ? 3 : none ? 1 : 0;
}
