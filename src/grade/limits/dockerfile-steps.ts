import { readStages } from '../../formats/dockerfile.ts';
import type { NormalBuild, ReplacedImage } from '../policy/sanitized-stack.ts';
import type { FailedStep } from './build-log.ts';

interface BuildStage {
  readonly name: string;
  readonly from: string;
  /** The stage's line in the submission's Dockerfile. */
  readonly line: number;
  /** The lines of the instructions that BuildKit counts as steps. */
  readonly steps: readonly number[];
}

/** The line of a build step in the submission's Dockerfile; undefined: not found. */
export function lineOf(build: NormalBuild, { stage, at, of }: Pick<FailedStep, 'stage' | 'at' | 'of'>): number | undefined {
  const { steps } = stageOf(stagesOf(build), stage) ?? { steps: [] };
  // FROM counts as a step if it names an image, but not if it names an earlier stage
  return steps[at - 1 - (of - steps.length)];
}

/** The image that a stage is based on; `stage` left out: the target. Undefined: none. */
export function baseOf(build: NormalBuild, stage: string | undefined = build.target): ReplacedImage | undefined {
  const stages = stagesOf(build);
  let one = stageOf(stages, stage);
  for (let earlier = one && before(one, stages); earlier; earlier = before(earlier, stages)) one = earlier;
  if (!one || one.from === 'scratch') return undefined;
  return build.origin.replaced[one.line] ?? { named: one.from, used: one.from };
}

/** The earlier stage that a stage is based on. */
const before = (stage: BuildStage, stages: readonly BuildStage[]): BuildStage | undefined =>
  stages.slice(0, stages.indexOf(stage)).find((one) => isNamed(one, stages, stage.from));

const steps = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);
const stagesOf = ({ dockerfileText, origin }: NormalBuild): BuildStage[] => {
  const lineAt = (line: number) => origin.lines[line - 1] ?? 0;
  return readStages(dockerfileText).stages.map(({ name, from, line, instructions }) => ({
    name,
    from,
    line: lineAt(line),
    steps: instructions.filter(({ word }) => steps.has(word)).map(({ location }) => lineAt(location.line)),
  }));
};

const stageOf = (stages: readonly BuildStage[], name: string | undefined): BuildStage | undefined =>
  name === undefined ? stages.at(-1) : stages.find((one) => isNamed(one, stages, name));

/** BuildKit names a stage without a name `stage-2`, counting from 0. */
const isNamed = (stage: BuildStage, stages: readonly BuildStage[], name: string | undefined): boolean =>
  name !== undefined &&
  name !== '' &&
  (stage.name === name.toLowerCase() || [`stage-${stages.indexOf(stage)}`, `${stages.indexOf(stage)}`].includes(name));
