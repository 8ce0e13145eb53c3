import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { countNetworksLeft } from '../../docker/api/networks-left.ts';
import { freeIn } from '../../docker/embedded/disks.ts';
import { openGrading } from '../../docker/embedded/grading-engine.ts';
import type { Engine } from '../../docker/engine.ts';
import { requiredImages } from '../../docker/images/required-images.ts';
import { jobsFor } from '../../grade/concurrency.ts';
import { loadGradebook } from '../../grade/export/load.ts';
import { writeGradebook } from '../../grade/export/write.ts';
import { gradeClass } from '../../grade/grade-class.ts';
import { notHandedIn } from '../../grade/grade-submission.ts';
import { openJournal } from '../../grade/journal.ts';
import { mergeLabs } from '../../grade/merge-labs.ts';
import { imagesRun } from '../../grade/policy/images.ts';
import { controlOf } from '../../grade/reference-solution.ts';
import { loadRubric, type Rubric, standardRubric } from '../../grade/rubric/rubric.ts';
import { diskSizeFor } from '../../grade/sandbox/submission-files.ts';
import { applyOverrides, loadOverrides } from '../../grade/scoring/overrides.ts';
import { findSubmissions } from '../../grade/submissions/find-submissions.ts';
import { loadRoster } from '../../grade/submissions/roster.ts';
import type { Entry, Gradebook } from '../../grade/types.ts';
import { LabError } from '../../lab/error.ts';
import type { StackSpec } from '../../lab/stack.ts';
import { type Lang, type Text, text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { unlessAborted } from '../../platform/any-signal.ts';
import { assets, version } from '../../platform/package-root.ts';
import { createClassProgress } from '../../report/terminal/class-progress.ts';
import { clean } from '../../run/clean.ts';
import { clock } from '../clock.ts';
import type { Cli } from '../context.ts';
import { renderChanges } from '../grade-changes.ts';
import { classSummary, endedLine } from '../grade-summary.ts';
import { promptsOn } from '../prompts.ts';
import { findTutorial } from '../tutorials.ts';

export interface GradeOptions {
  readonly out: string;
  readonly tutorial: string;
  readonly rubric?: string;
  readonly roster?: string;
  readonly jobs?: number;
  readonly engine: 'private' | 'docker';
  readonly buildNetwork?: boolean;
  readonly regrade?: boolean;
  readonly yes?: boolean;
}

/** `lab grade`: grades a class. 0: every submission is decided; 3: some need review. */
export async function grade(cli: Cli, options: GradeOptions, paths: readonly string[]): Promise<number> {
  const tutorial = findTutorial(options.tutorial);
  const rubricPath = options.rubric ?? standardRubric(tutorial);
  const rubric = await loadRubric(rubricPath, tutorial, cli.signal);
  const standard = await loadRubric(standardRubric(tutorial), tutorial, cli.signal);
  const roster = options.roster ? await loadRoster(options.roster, cli.signal) : undefined;
  const { found, missing, leftOut } = await findSubmissions(
    paths,
    roster,
    Object.values(tutorial.stacks).map(({ dir }) => dir),
  );
  const out = resolve(cli.cwd, options.out);
  const overrides = await loadOverrides(join(out, 'overrides.csv'), rubric);
  const lab = mergeLabs(tutorial, rubric.labs);
  const stack = tutorial.stacks[lab.stack];
  if (!stack) throw new Error(`${lab.id} has no stack`);
  const journal = await openJournal(out, rubric);
  const prompts = promptsOn(cli);
  const progress = createClassProgress(cli.err, cli.lang, clock.now);
  const startedAt = clock.time();
  const startedMs = clock.now();
  try {
    const images = await requiredImages(join(assets, tutorial.id));
    const prober = proberImage(tutorial, images);
    const opening = { ...cli, ...prompts, choice: cli.engine, signal: cli.signal };
    const own = imagesRun(rubric.images).filter((ref) => !images.includes(ref));
    const { engine, rootId, bounds, disk } = await openGrading(opening, images, own);
    try {
      await removeLeft(cli, engine);
      prompts.end();
      const { memoryMb, diskMb } = rubric.limits;
      const free = disk ? { freeMb: await freeIn(disk.data) } : {};
      const room = { cores: availableParallelism(), ...bounds, ...free, networks: await countNetworksLeft(engine.api) };
      const jobs = options.jobs ?? jobsFor(room, memoryMb, diskSizeFor(diskMb).mb);
      progress.printLine(firstLine(found.length, jobs, engine, rootId !== undefined)[cli.lang]);
      const session = randomBytes(4).toString('hex');
      let runs = 0;
      const entries = await gradeClass({
        engine,
        homes: cli.homes,
        lab,
        spec: { ...stack, services: namesOf(stack, rubric) },
        rubric,
        proberImage: prober,
        buildNetwork: options.buildNetwork === true,
        ...(rootId === undefined ? {} : { rootId }),
        ...(disk === undefined ? {} : { disk }),
        version,
        clock,
        // a submission must not guess the next from the last: marks frame what a prober prints
        nonce: () => randomBytes(8).toString('hex'),
        runId: () => `${session}${++runs}`,
        found,
        jobs,
        journal,
        control: controlOf(join(assets, tutorial.id, stack.dir), stack, { rubric, standard, images }),
        signal: cli.signal,
        onProgress: (state) => {
          if (state.last) progress.printLine(endedLine(state.last.id, state.last.grade, cli.err, cli.lang));
          progress.update(state);
        },
      });
      progress.close();
      const none = missing.map((student) => ({ student, source: '', hash: '', grade: notHandedIn(rubric) }));
      const all = [...entries, ...none].map((entry): Entry => {
        const own = overrides.filter(({ student }) => student === entry.student.id);
        return { ...entry, grade: applyOverrides(entry.grade, own), overrides: own };
      });
      const book: Gradebook = {
        tool: 'labwright',
        version,
        tutorial: tutorial.id,
        title: lab.title,
        rubric: { path: rubricPath, hash: rubric.hash, max: rubric.max },
        engine: `Docker ${engine.version} · Compose ${engine.compose.version}`,
        weaker: rootId === undefined ? weaker : [],
        startedAt,
        durationMs: Math.round(clock.now() - startedMs),
        entries: all,
        leftOut,
      };
      if (options.regrade && !(await agreed(cli, options, await loadGradebook(out), book))) return 0;
      await writeGradebook(out, book, cli.lang);
      const ids = new Set(all.map(({ student }) => student.id));
      const unknown = [...new Set(overrides.map(({ student }) => student))].filter((id) => !ids.has(id));
      cli.out.write(classSummary(book, { unknown }, options.out, cli));
      return all.some(({ grade }) => grade.status === 'review') ? 3 : 0;
    } finally {
      await engine.api.close();
    }
  } catch (cause) {
    if (!cli.signal.aborted || cause instanceof LabError) throw cause;
    throw new LabError(
      'E_INTERRUPTED',
      text('interrupted; what was decided is kept', '已中斷；已經評好的成績都會保留'),
      text('the same command again goes on from here', '再執行一次同樣的指令就會繼續'),
      { cause },
    );
  } finally {
    prompts.end();
    progress.close();
    await journal.close();
  }
}

/** What a grader that was killed has left on this engine, so that it takes nothing from this one. Throws LabError where it stays. */
async function removeLeft({ homes, signal }: Cli, { api }: Engine): Promise<void> {
  const cleaning = clean(homes, clock, {
    dryRun: false,
    which: ({ of, endpoint }) => of === 'grade' && endpoint.host === api.endpoint.host,
  });
  const { failed } = await unlessAborted(cleaning, signal);
  const stays = failed.find(({ id }) => id !== undefined);
  if (stays) throw stays.error;
}

function firstLine(count: number, jobs: number, { version, compose }: Engine, own: boolean): Text {
  const where = `Docker ${version} · Compose ${compose.version}`;
  const many = count === 1 ? '1 submission' : `${count} submissions`;
  return own
    ? text(
        `Grading ${many}, ${jobs} at a time, on an engine of their own (${where})`,
        `評 ${count} 份作業，同時 ${jobs} 份，在作業專用的引擎上（${where}）`,
      )
    : text(
        `Grading ${many}, ${jobs} at a time, on your own Docker (${where}): ${listed('en')}`,
        `評 ${count} 份作業，同時 ${jobs} 份，在你自己的 Docker 上（${where}）：${listed('zh-TW')}`,
      );
}
const listed = (lang: Lang): string => weaker.map((one) => one[lang]).join(lang === 'en' ? '; ' : '；');

/** Shows what would change, and has a person say so before it does; `--yes` says it beforehand. */
async function agreed(cli: Cli, { yes }: GradeOptions, before: Gradebook | undefined, after: Gradebook): Promise<boolean> {
  if (!before) return true;
  const { lines, changed } = renderChanges(before, after, cli.lang);
  cli.out.write(`${lines.join('\n')}\n`);
  if (changed === 0 || yes) return true;
  const { ask } = promptsOn(cli);
  if (await ask?.(text('Apply this?', '要套用嗎？'))) return true;
  cli.out.write(cli.lang === 'en' ? 'Nothing is changed; --yes applies it.\n' : '沒有改變任何成績；加上 --yes 就會套用。\n');
  return false;
}

/** The roles of the stack, by the names that the rubric looks for. */
const namesOf = ({ services }: StackSpec, rubric: Rubric): StackSpec['services'] =>
  Object.fromEntries(
    Object.entries(services).map(([role, service]) => [role, { ...service, name: rubric.services[role] ?? service.name }]),
  );

function proberImage({ id, probeImage }: Tutorial, images: readonly string[]): string {
  if (probeImage !== undefined && images.includes(probeImage)) return probeImage;
  throw new LabError(
    'E_LAB_INVALID',
    text(`tutorial ${id}: it names no image to send requests from`, `教學 ${id}：沒有指定用來送出請求的映像檔`),
    text(
      `set \`probeImage\` to an image of its stacks that has curl, dig and ping: ${images.join(', ')}`,
      `請把 \`probeImage\` 設為它的 stack 使用、且有 curl、dig 與 ping 的映像檔：${images.join('、')}`,
    ),
  );
}

const weaker: readonly Text[] = [
  text('root in a container is root on this machine', '容器裡的 root 就是這台機器的 root'),
  text('builds share your own cache, and are not bounded in memory', '建置會用到你自己的快取，記憶體也沒有上限'),
  text("containers may reach this machine's own services", '容器可能連得到這台機器上的服務'),
];
