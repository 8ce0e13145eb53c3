import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { World } from '../../lab/world.ts';
import { gatherStack, type StackFacts } from './stack-facts.ts';

/**
 * The gather function of checks about start times. Throws LabError E_PROBE if a container started in the future, or before it was
 * created: the engine's clock was set back, so its times do not show the order.
 */
export async function gatherTimes(world: World): Promise<StackFacts> {
  const stack = await gatherStack(world);
  // read afterwards, so that a start during the look is not in the future
  const now = await world.time();
  const at = (time: string) => Date.parse(time);
  const odd = stack.replicas.find(
    (one) => one.state === 'running' && (at(one.startedAt) > at(now) || at(one.startedAt) < at(one.createdAt)),
  );
  if (!odd) return stack;
  const { service, createdAt, startedAt } = odd;
  throw new LabError(
    'E_PROBE',
    text(
      `the engine's clock was set back: ${service} was made at ${createdAt} and started at ${startedAt}, and it is ${now} now`,
      `引擎的時鐘曾往回調整：${service} 建立於 ${createdAt}，啟動於 ${startedAt}，現在卻是 ${now}`,
    ),
    text('when the clock is right (`lab doctor`), run it again', '等時鐘正確之後（用 `lab doctor` 檢查）再執行一次'),
  );
}
