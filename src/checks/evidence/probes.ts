import { LabError } from '../../lab/error.ts';
import type { Replica } from '../../lab/facts.ts';
import { text } from '../../lab/text.ts';
import { skipped, type Verdict } from '../../lab/verdict.ts';
import type { ExecResult, World } from '../../lab/world.ts';
import { readAddresses, resolveScript } from './probe-scripts.ts';
import { gatherStack, nameOf, runningOf, type StackFacts, textWith } from './stack-facts.ts';

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

/** The proxy's configuration has a `resolver`: it looks names up again by itself. */
export async function hasResolver(world: World, proxy: Replica): Promise<boolean> {
  const confDir = world.spec.proxy?.confDir;
  if (confDir === undefined) return false;
  const { stdout } = await readInside(world, proxy, `grep -rhs '^[^#]*\\bresolver\\b' ${confDir}; [ $? != 127 ]`);
  return stdout !== '';
}

/** The stack and the container that its probes start from: the first step of a gather that probes. */
export async function probingContainer(world: World): Promise<{ stack: StackFacts; inside: Replica | undefined }> {
  const stack = await gatherStack(world);
  const inside = runningOf(stack, stack.probeFrom)[0] ?? (world.probesFromAny && inPlaceOfProxy(stack));
  return inside ? { stack, inside } : { stack: { ...stack, noProber: true }, inside };
}

/** If the reverse proxy, which sends the probes, does not run: the running container with the most networks. */
function inPlaceOfProxy({ replicas, probeFrom, proxy }: StackFacts): Replica | undefined {
  const networks = (one: Replica) => Object.keys(one.networks).length;
  const others = proxy === probeFrom ? replicas.filter((one) => one.state === 'running') : [];
  return others.sort((a, b) => networks(b) - networks(a))[0];
}

/**
 * Skips a claim about a role that runs, if it cannot be observed because the reverse proxy, which sends the probes, does not run:
 * that is the proxy's mistake alone.
 */
export function skippedWithoutProxy(facts: StackFacts, role: string): Verdict | undefined {
  if (!facts.noProber || facts.proxy !== facts.probeFrom || runningOf(facts, role).length === 0) return undefined;
  return skipped(
    textWith(
      '{front} does not run, and {service} can only be observed from there: docker compose logs {front}',
      '{front} 沒有在執行，而 {service} 只能從那裡觀察：docker compose logs {front}',
      { front: nameOf(facts, facts.probeFrom), service: nameOf(facts, role) },
    ),
  );
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
