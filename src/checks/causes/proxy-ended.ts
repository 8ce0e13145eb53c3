import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { World } from '../../lab/world.ts';
import { addressesOf, nameOf, replicasOf, type StackFacts, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import type { ComposeSource } from './compose-source.ts';
import { confFault, readProxyConf } from './proxy-conf.ts';
import { dependsOn } from './start-order.ts';

type Known = StackFacts & { readonly compose?: ComposeSource };

/** Why the proxy has ended: a mistake in its configuration, or the app had no name when it started. Undefined: neither shows. */
export async function proxyEndedCause(
  world: World,
  known: Known,
  proxy: Replica,
  log: readonly string[],
): Promise<Cause | undefined> {
  const { proxy: spec } = world.spec;
  const conf = await readProxyConf(world, proxy);
  if (!spec || !conf) return undefined;
  const app = nameOf(known, spec.upstream);
  // a host that is a service of the project is right: it was not there yet
  const isEarly = log.some((line) => line.includes('[emerg]') && line.includes(`host not found in upstream "${app}"`));
  if (!isEarly) {
    const fault = confFault(world.spec, known, conf, { log, ports: [] });
    return fault && { text: fault.text, help: correct(fault.place, 'docker compose up -d') };
  }
  return earlyCause(known, spec.upstream, proxy);
}

const correct = (place: string, command: string) =>
  textWith('correct {place}, then {command}', '請修正 {place}，再執行 {command}', { place, command });

/** The proxy looked up a name that no running container on its networks had. */
export function earlyCause(known: Known, appRole: string, proxy: Replica): Cause {
  const app = nameOf(known, appRole);
  const { compose } = known;
  const apps = replicasOf(known, appRole);
  const apart = apps.length > 0 && !apps.some((one) => Object.keys(one.networks).some((network) => proxy.networks[network]));
  const waits = dependsOn(compose, proxy.service, app);
  const names = {
    app,
    front: proxy.service,
    place: compose?.placeOf(proxy.service, apart ? 'networks' : 'depends_on') ?? 'compose.yaml',
  };
  if (apart)
    return causeWith(
      names,
      [
        '{front} and {app} share no network ({place}), so {front} cannot look up the name {app}',
        '{front} 和 {app} 沒有共用的網路（{place}），所以 {front} 查不到 {app} 這個名稱',
      ],
      [
        'put both on one network in {place}, then docker compose up -d',
        '請在 {place} 讓兩者位於同一個網路，再執行 docker compose up -d',
      ],
    );
  if (!waits)
    return causeWith(
      names,
      [
        '{front} started when no {app} was running, and found no such name: {front} ({place}) has no `depends_on: [{app}]`',
        '{front} 啟動時 {app} 還沒有執行，因此查不到這個名稱：{front}（{place}）沒有 `depends_on: [{app}]`',
      ],
      [
        'add `depends_on: [{app}]` to {front} ({place}), then docker compose up -d',
        '請在 {front}（{place}）加上 `depends_on: [{app}]`，再執行 docker compose up -d',
      ],
    );
  return {
    text: textWith(
      '{front} started when no {app} was running, and found no such name',
      '{front} 啟動時 {app} 沒有在執行，因此查不到這個名稱',
      names,
    ),
    help: apps.some((one) => one.state === 'running' && addressesOf(one).length > 0)
      ? textWith(
          '{app} runs now, so start {front} again: docker compose up -d',
          '{app} 已在執行，請重新啟動 {front}：docker compose up -d',
          names,
        )
      : textWith(
          'find out why {app} does not run: docker compose logs {app}',
          '請找出 {app} 沒有執行的原因：docker compose logs {app}',
          names,
        ),
  };
}
