/** What a failed command printed: the output of Compose, a builder or a shell, as lines without colours. Pure. */

/** Progress of Compose 2: ` Container x-web-1  Starting`, ` Network x_default  Created`, ` web Pulling`, ` 4abcf2066143 Pull complete`. */
const composeProgress =
  /^ *(?:(?:Container|Network|Volume|Image|Service) )?\S+ +(?:Creat|Start|Recreat|Stop|Remov|Restart|Kill|Paus|Wait|Pull|Build|Download|Extract|Verify|Runn|Exit|Heal|Skip|Load|Built|Err|Interrupted)\w*(?: (?:fs layer|complete|checksum|.*\[[=> ]*\].*))? *$/;
/** Progress of Compose 1: `Starting x_web_1 ... done`, `Creating network "x_default" with the default driver`. */
const composeV1Progress =
  /^(?:Creating|Starting|Recreating|Stopping|Removing|Restarting|Killing) (?:\S+ *\.\.\. *\w*|(?:network|volume) \S+(?: with .*)?) *$/;
/** `[+] Running 3/3`, and BuildKit's `#12 0.345 …` and ` => [web 2/5] …`. */
const buildProgress = /^ *(?:\[\+\] |#\d+(?: |$)|=> )/;
/** The excerpt of a Dockerfile after a failed build, and the lines around it. */
const excerpt = /^(?:-{6,}| *\d+ \|.*)$/;

const isProgress = (line: string): boolean =>
  line.trim() === '' || [composeProgress, composeV1Progress, buildProgress, excerpt].some((form) => form.test(line));

/** The layers of the engine and of the builder before the cause: `failed to create shim task: OCI runtime create failed: …`. */
const wrappers =
  /(?:(?:failed to create (?:task for container|shim task)|OCI runtime create failed|runc create failed|unable to start container process|error during container init|failed to (?:compute cache key|calculate checksum of ref \S+)): )+/g;

/** The lines that are not progress, without the engine's intermediate layers; all lines if there are no others. */
export function withoutProgress(lines: readonly string[]): readonly string[] {
  const kept = lines.filter((line) => !isProgress(line)).map((line) => line.replaceAll(wrappers, ''));
  return kept.length > 0 ? kept : lines;
}

/** A builder's last line: it only repeats the command and its exit code. */
const repeats = /^(?:ERROR: )?failed to solve: process |^#\d+ ERROR: process /;
/** The heading of the output of a failed build step: ` > [web 2/5] RUN pip install x:`. */
const stepHeading = /^ > \[[^\]]*\] (.*?):?$/;
const longestInstruction = 80;

/** The line that names the cause, of lines without progress: the last one, or for a build step its instruction and the last line that it printed. */
export function decisiveLine(lines: readonly string[]): string | undefined {
  const last = lines.at(-1);
  if (last === undefined || !repeats.test(last)) return last;
  const from = lines.findLastIndex((line) => stepHeading.test(line));
  const printed = from < 0 ? [] : lines.slice(from + 1).filter((line) => /^\d+\.\d+ ./.test(line));
  const cause = printed.at(-1)?.replace(/^\d+\.\d+ /, '');
  const instruction = stepHeading.exec(lines[from] ?? '')?.[1] ?? '';
  const short = instruction.length > longestInstruction ? `${instruction.slice(0, longestInstruction)}…` : instruction;
  return cause === undefined ? last : `${short}: ${cause}`;
}
