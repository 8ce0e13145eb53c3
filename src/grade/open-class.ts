import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { countNetworksLeft } from '../docker/api/networks-left.ts';
import { freeIn } from '../docker/embedded/disks.ts';
import { openGrading } from '../docker/embedded/grading-engine.ts';
import type { Engine } from '../docker/engine.ts';
import type { RegistryLook } from '../docker/images/registry-look.ts';
import { requiredImages } from '../docker/images/required-images.ts';
import { LabError } from '../lab/error.ts';
import { type Text, text } from '../lab/text.ts';
import { filesOf, type Tutorial } from '../lab/tutorial.ts';
import { unlessAborted } from '../platform/any-signal.ts';
import { numberedIds, randomId } from '../platform/ids.ts';
import { assets, version } from '../platform/package-root.ts';
import type { Homes } from '../platform/state-dirs.ts';
import { clean } from '../run/clean.ts';
import type { Clock } from '../run/clock.ts';
import type { BuildMode } from './build-network/build-network.ts';
import { chooseBuilds } from './build-network/open-build-network.ts';
import type { ClassExam } from './exam/class-exam.ts';
import type { SubmissionOptions } from './grade-submission.ts';
import type { ClassRules } from './load-class.ts';
import { imagesRun, isReplaced } from './policy/images.ts';
import { type Control, controlOf } from './reference-solution.ts';
import { type Rubric, withNames } from './rubric/rubric.ts';
import { jobsFor } from './sandbox/concurrency.ts';
import { diskSizeFor } from './sandbox/submission-files.ts';
import { loadReference } from './substitution/reference-stack.ts';
import type { Reference } from './substitution/replace.ts';

/** How the engine for a class is opened. */
export interface OpenClassOptions {
  /** How to open the engine: the choice of engine, its location, and how to ask the user. */
  readonly opening: Parameters<typeof openGrading>[0];
  readonly homes: Homes;
  /** What builds reach; left out: package indexes if one answers. */
  readonly buildNetwork?: BuildMode;
  /** Skips the audits: what submissions show is believed. */
  readonly trust?: boolean;
  /** Is given each submission that could be unpacked. */
  readonly onUnpacked?: SubmissionOptions['onUnpacked'];
  /** The mirror of Docker Hub that the grading engine is to use. */
  readonly registryMirror?: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A class with its engine: everything that grading a submission requires. */
export interface OpenedClass extends AsyncDisposable {
  readonly engine: Engine;
  readonly grading: SubmissionOptions;
  /** The reference solution, one for each stack. */
  readonly controls: readonly Control[];
  /** How many submissions the engine has room for at a time. */
  readonly jobs: number;
  /** Whether a registry answers; left out: the rubric names each image. */
  readonly look?: RegistryLook;
  /** How the sandbox is weaker than the grading engine's; empty for that engine. */
  readonly weaker: readonly Text[];
}

/** Opens the engine for a class. Throws LabError if that fails, or leftovers of an earlier grading cannot be removed. */
export async function openClass(rules: ClassRules, options: OpenClassOptions): Promise<OpenedClass> {
  const { tutorial, rubric, exam } = rules;
  const images = await requiredImages(filesOf(tutorial, assets));
  const own = imagesRun(rubric.images).filter((ref) => !images.includes(ref));
  const choice = await chooseBuilds({
    ...options.opening,
    ...(options.buildNetwork === undefined ? {} : { asked: options.buildNetwork }),
    isolated: options.opening.choice !== 'docker',
    homes: options.homes,
    hosts: rubric.packages,
  });
  const opened = await openGrading(options.opening, images, own, options.registryMirror);
  const { engine } = opened;
  try {
    const buildNetwork = await choice.open();
    try {
      await removeLeft(options, engine);
      const controls = controlsOf(rules, images);
      return {
        engine,
        grading: {
          ...submissionOptions(rules, options, opened, images),
          buildNetwork,
          trust: options.trust ?? false,
          ...(exam ? {} : await referenceOf(controls)),
        },
        controls,
        jobs: await jobsOn(opened, rubric),
        ...(rubric.images.every(isReplaced) ? {} : { look: opened.look }),
        weaker: opened.rootId === undefined ? weakerSandbox : [],
        [Symbol.asyncDispose]: async () => {
          await buildNetwork[Symbol.asyncDispose]();
          await engine[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      await buildNetwork[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** The reference solution's parts, if the rules of the class permit it. */
async function referenceOf([control]: readonly Control[]): Promise<{ readonly reference?: Reference }> {
  const reference = control && (await loadReference(control.path, control.spec, control.rubric));
  return reference ? { reference } : {};
}

/** The reference solution for each stack of the class. */
function controlsOf({ tutorial, stack, rubric, standard, exam }: ClassRules, images: readonly string[]): Control[] {
  const files = filesOf(tutorial, assets);
  return exam ? examControls(exam, files, images) : [controlOf(join(files, stack.dir), stack, { rubric, standard, images })];
}

function examControls({ parts }: ClassExam, files: string, images: readonly string[]): Control[] {
  const stacks = new Map(parts.map((part) => [part.stack.id, part]));
  return [...stacks.values()].map(({ stack, lab, rubric, standard }) => ({
    ...controlOf(join(files, stack.dir), stack, { rubric, standard, images }),
    lab,
  }));
}

type Grading = Awaited<ReturnType<typeof openGrading>>;

function submissionOptions(
  { tutorial, lab, stack, rubric }: ClassRules,
  { homes, clock, onUnpacked }: OpenClassOptions,
  { engine, rootId, disk, named }: Grading,
  images: readonly string[],
): Omit<SubmissionOptions, 'buildNetwork' | 'trust' | 'reference'> {
  return {
    engine,
    images: named,
    homes,
    lab,
    spec: withNames(stack, rubric),
    rubric,
    proberImage: proberImage(tutorial, images),
    ...(rootId === undefined ? {} : { rootId }),
    ...(disk === undefined ? {} : { disk }),
    version,
    clock,
    // a submission must not guess the next nonce from the last: nonces delimit a prober's output
    nonce: () => randomId(8),
    runId: numberedIds(4, ''),
    ...(onUnpacked ? { onUnpacked } : {}),
  };
}

async function jobsOn({ engine, bounds, disk }: Grading, { limits }: Rubric): Promise<number> {
  const free = disk ? { freeMb: (await freeIn(disk.data)) - disk.imagesMb } : {};
  const room = { cores: availableParallelism(), ...bounds, ...free, networks: await countNetworksLeft(engine.api) };
  return jobsFor(room, limits.memoryMb, diskSizeFor(limits.diskMb).mb);
}

/** Removes what a killed grader left on this engine, so that it uses no resources. Throws LabError if that fails. */
async function removeLeft({ homes, clock, signal }: OpenClassOptions, { api }: Engine): Promise<void> {
  const cleaning = clean(homes, clock, {
    dryRun: false,
    which: ({ of, endpoint }) => of === 'grade' && endpoint.host === api.endpoint.host,
  });
  const { failed } = await unlessAborted(cleaning, signal);
  const stays = failed.find(({ id }) => id !== undefined);
  if (stays) throw stays.error;
}

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

const weakerSandbox: readonly Text[] = [
  text('root in a container is root on this machine', '容器裡的 root 就是這台機器的 root'),
  text('builds share your own cache, and are not bounded in memory', '建置會用到你自己的快取，記憶體也沒有上限'),
  text("containers may reach this machine's own services", '容器可能可以連線到這台機器本身的服務'),
];
