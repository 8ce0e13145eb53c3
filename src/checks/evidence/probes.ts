import { LabError } from '../../lab/error.ts';
import type { Replica } from '../../lab/facts.ts';
import { text } from '../../lab/text.ts';
import type { ExecResult, World } from '../../lab/world.ts';
import { readAddresses, resolveScript } from './probe-scripts.ts';
import { gatherStack, runningOf, type StackFacts } from './stack-facts.ts';

/**
 * Runs a script on a container's networks. Throws LabError E_PROBE for exit 127: the image lacks the tool, so there is no result.
 */
export const runProbe = async (
  world: World,
  inside: Replica,
  script: string,
  timeoutMs?: number,
  alone?: 'alone',
): Promise<ExecResult> => attributed(inside, await world.probe(inside.id, script, timeoutMs, alone));

/** Runs a script that reads a container's own files. Throws LabError E_PROBE as `runProbe` does. */
export const readInside = async (world: World, inside: Replica, script: string): Promise<ExecResult> =>
  attributed(inside, await world.exec(inside.id, script));

function attributed(inside: Replica, result: ExecResult): ExecResult {
  if (result.exitCode !== 127) return result;
  throw new LabError(
    'E_PROBE',
    text(
      `the image of ${inside.service} (${inside.image}) lacks what the probe needs (curl, ping, sha256sum, or one of dig, getent and nslookup)`,
      `${inside.service} 的映像檔（${inside.image}）缺少探測需要的工具（curl、ping、sha256sum，或 dig、getent、nslookup 其中之一）`,
    ),
    text('use the image that the tutorial names for it', '請使用教學指定的映像檔'),
  );
}

/** The replica that sends this stack's probes, if it is running. */
const prober = (world: World, stack: StackFacts): Replica | undefined => runningOf(stack, world.spec.probeFrom)[0];

/** The stack and the container that its probes start from: the first step of a gather that probes. */
export async function probingContainer(world: World): Promise<{ stack: StackFacts; inside: Replica | undefined }> {
  const stack = await gatherStack(world);
  return { stack, inside: prober(world, stack) };
}

/** The addresses of a name, resolved inside a container. Throws LabError E_PROBE if no name server responds. */
export async function resolveInside(world: World, inside: Replica, name: string): Promise<string[]> {
  const result = await runProbe(world, inside, resolveScript(name));
  if (result.exitCode === 0) return readAddresses(result);
  throw new LabError(
    'E_PROBE',
    text(
      `no name server answered in ${inside.service}, asked for ${name}`,
      `在 ${inside.service} 裡查詢 ${name}，沒有名稱伺服器回應`,
    ),
    text('run it again; if it fails again, restart the engine', '請再執行一次；如果再次失敗，請重新啟動引擎'),
  );
}
