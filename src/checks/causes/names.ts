import type { Replica } from '../../lab/facts.ts';
import type { Cause } from '../../lab/verdict.ts';
import type { ConnectedContainer, World } from '../../lab/world.ts';
import { readInside } from '../evidence/probes.ts';
import { addressesOf, nameOf, runningOf, type StackFacts, textWith } from '../evidence/stack-facts.ts';
import { causeWith } from './cause.ts';
import { type ComposeSource, placeText, readComposeSource } from './compose-source.ts';

/** Another container that has the name of a service as an alias. */
export function aliasCause(
  facts: StackFacts,
  { service, strange }: { readonly service: string; readonly strange: readonly string[] },
  { connected, compose }: { readonly connected: readonly ConnectedContainer[]; readonly compose?: ComposeSource | undefined },
): Cause | undefined {
  const owner = facts.replicas.find((one) => addressesOf(one).some((address) => strange.includes(address)));
  if (owner) {
    const place = aliasPlace(compose, owner.service, service);
    if (place === undefined) return undefined;
    const names = { place, other: owner.service, service };
    return causeWith(
      names,
      [
        '{place} gives {other} the alias `{service}`, the name of another service',
        '{place} 給 {other} 取了別名 `{service}`，這是另一個服務的名稱',
      ],
      ['remove that alias from {place}, then docker compose up -d', '請移除 {place} 的別名，再執行 docker compose up -d'],
    );
  }
  const stranger = connected.find((one) => one.addresses.some((address) => strange.includes(address)));
  if (!stranger) return undefined;
  const names = { container: stranger.name, service, project: stranger.project };
  return {
    text:
      stranger.project === '' || stranger.project === facts.project
        ? textWith(
            'the container {container}, started with `docker run`, has the alias `{service}` on the same network',
            '用 `docker run` 啟動的容器 {container} 在同一個網路上也使用別名 `{service}`',
            names,
          )
        : textWith(
            'the container {container} of the project {project} has the name `{service}` on the same network',
            '專案 {project} 的容器 {container} 在同一個網路上也使用名稱 `{service}`',
            names,
          ),
    help: textWith('stop it: docker stop {container}', '請停止它：docker stop {container}', names),
  };
}

/** The line of `aliases:` that names a service. */
function aliasPlace(compose: ComposeSource | undefined, owner: string, alias: string): string | undefined {
  const networks = compose?.valueOf(owner, 'networks');
  if (!compose || typeof networks?.value !== 'object' || networks.value === null) return undefined;
  for (const network of Object.keys(networks.value)) {
    const found = compose.valueOf(owner, 'networks', network, 'aliases');
    if (found && JSON.stringify(found.value).includes(JSON.stringify(alias))) return placeText(compose.file, found.line);
  }
  return undefined;
}

/** Why DNS gives an address that is none of a service's replicas. */
export async function explainStrange(
  world: World,
  facts: StackFacts,
  { role, strange }: { readonly role: string; readonly strange: readonly string[] },
): Promise<Cause | undefined> {
  if (strange.length === 0) return undefined;
  const networks = [...new Set(runningOf(facts, role).flatMap((one) => Object.keys(one.networks)))];
  const [connected, compose] = await Promise.all([world.around?.connectedTo(networks) ?? [], readComposeSource(world)]);
  return aliasCause(facts, { service: nameOf(facts, role), strange }, { connected, compose });
}

/** A line of the file of hosts in the container that sends the requests: it takes precedence over DNS. */
export async function explainHosts(world: World, facts: StackFacts, role: string): Promise<Cause | undefined> {
  const inside = runningOf(facts, facts.probeFrom)[0];
  if (!inside) return undefined;
  const { stdout } = await readInside(world, inside, 'cat /etc/hosts');
  return hostsCause(stdout, nameOf(facts, role), inside, await readComposeSource(world));
}

/** The line of `hosts`, the text of /etc/hosts in `inside`, that has the service's name. Undefined: there is none. */
export function hostsCause(hosts: string, service: string, inside: Replica, compose?: ComposeSource): Cause | undefined {
  const at = hosts.split('\n').findIndex((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(service));
  if (at < 0) return undefined;
  const written = compose?.valueOf(inside.service, 'extra_hosts');
  const names = {
    service,
    from: inside.service,
    at: at + 1,
    line: hosts.split('\n')[at]?.trim().replace(/\s+/g, ' ') ?? '',
    place: compose && written ? placeText(compose.file, written.line) : '',
  };
  return {
    text: textWith(
      '/etc/hosts:{at} in {from} has `{line}`, which takes precedence over DNS',
      '{from} 的 /etc/hosts:{at} 有 `{line}`，它優先於 DNS',
      names,
    ),
    help: written
      ? textWith(
          'remove `extra_hosts:` from {place}, then docker compose up -d',
          '請移除 {place} 的 `extra_hosts:`，再執行 docker compose up -d',
          names,
        )
      : textWith(
          'recreate {from}, which restores that file: docker compose up -d --no-deps --force-recreate {from}',
          '重新建立 {from}，該檔案就會還原：docker compose up -d --no-deps --force-recreate {from}',
          names,
        ),
  };
}
