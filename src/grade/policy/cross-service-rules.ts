import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import { ComposeReader, type PolicyContext } from './compose-reader.ts';
import { type Given, type Grant, grantMount } from './keys/given-files.ts';
import type { Link } from './keys/names.ts';
import { ownVolume, type Placed } from './mounts.ts';
import type { Attached } from './networks.ts';
import type { NormalService, NormalStack } from './sanitized-stack.ts';
import type { ReadService } from './service.ts';

/** The parts of the stack, each already judged separately. */
export interface Parts {
  readonly services: ReadonlyMap<string, ReadService>;
  /** Services under a profile that is not enabled. */
  readonly aside: ReadonlySet<string>;
  readonly networks: ReadonlyMap<string, { readonly internal: boolean }>;
  readonly volumes: ReadonlySet<string>;
  readonly secrets: ReadonlyMap<string, Given>;
  readonly configs: ReadonlyMap<string, Given>;
}

/** Judges the parts in relation to each other and combines them. */
export function applyCrossServiceRules(context: PolicyContext, parts: Parts): NormalStack {
  const services = new Map<string, NormalService>();
  const used = new Set<string>();
  const volumes = new Set(parts.volumes);
  const placed = new Map<string, readonly Placed[]>();
  for (const [name, read] of parts.services) {
    const form = new ComposeReader(context, name);
    const networks = attachments(form, name, read.attached, parts);
    for (const network of Object.keys(networks)) used.add(network);
    const dependsOn = dependencies(form, name, read, parts);
    const mounts = [...read.mounts, ...granted(form, read.grants, parts)];
    placed.set(name, mounts);
    for (const { mount, location } of mounts)
      if (mount.type === 'volume' && mount.source === ownVolume(name, mount.target)) volumes.add(mount.source);
      else if (mount.type === 'volume' && !parts.volumes.has(mount.source))
        form.refuse(
          'volume-undeclared',
          location,
          quoting(
            mount.source,
            'the volume {} is not declared under the top level `volumes`',
            '磁碟區 {} 沒有在最上層的 `volumes` 宣告',
          ),
        );
    services.set(name, { ...read.service, networks, mounts: mounts.map(({ mount }) => mount), dependsOn });
  }
  for (const [name, { links }] of parts.services) addAliases(new ComposeReader(context, name), name, links, parts, services);
  holdWritable(context, parts.services, placed);
  holdOrder(context, parts.services, services);
  return {
    services: Object.fromEntries(services),
    networks: Object.fromEntries([...used].sort().map((key) => [key, parts.networks.get(key) ?? { internal: false }])),
    volumes: [...volumes],
  };
}

const granted = (form: ComposeReader, grants: readonly Grant[], parts: Parts): Placed[] =>
  grants.flatMap((grant) => {
    const mount = grantMount(form, grant, parts[grant.kind]);
    return mount ? [{ mount, location: grant.location }] : [];
  });

/** Links become aliases on the networks that both services are on. */
function addAliases(
  form: ComposeReader,
  name: string,
  links: readonly Link[],
  parts: Parts,
  services: Map<string, NormalService>,
): void {
  for (const { to, alias, location } of links) {
    const [own, other] = [services.get(name), services.get(to)];
    if (!own || !other || to === name) continue;
    const shared = Object.keys(other.networks).filter((network) => Object.hasOwn(own.networks, network));
    if (shared.length === 0) form.note('links', location);
    if (alias === undefined || isTaken(form, alias, location, to, parts)) continue;
    const networks = Object.entries(other.networks).map(([network, { aliases }]) => {
      const added = shared.includes(network) && !aliases.includes(alias) ? [alias] : [];
      return [network, { aliases: [...aliases, ...added] }] as const;
    });
    services.set(to, { ...other, networks: Object.fromEntries(networks) });
  }
}

/** Whether an alias of `name` is another service's name; if so, it is refused. */
function isTaken(form: ComposeReader, alias: string, location: SourceLocation, name: string, parts: Parts): boolean {
  const others = [...parts.services.keys(), ...parts.aside].filter((other) => other !== name);
  if (!others.some((other) => other.toLowerCase() === alias.toLowerCase())) return false;
  form.refuse(
    'networks.aliases',
    location,
    quoting(
      alias,
      'the alias {} is the name of another service: it would get requests that are meant for that one',
      '別名 {} 是另一個服務的名稱，會收到原本要給該服務的請求',
    ),
  );
  return true;
}

function attachments(form: ComposeReader, name: string, attached: readonly Attached[], parts: Parts): NormalService['networks'] {
  const networks = new Map<string, { aliases: string[] }>();
  for (const { network, aliases, location } of attached) {
    if (network !== 'default' && !parts.networks.has(network))
      form.refuse(
        'network-undeclared',
        location,
        quoting(
          network,
          'the network {} is not declared under the top level `networks`',
          '網路 {} 沒有在最上層的 `networks` 宣告',
        ),
      );
    for (const { word, location: at } of aliases) isTaken(form, word, at, name, parts);
    networks.set(network, { aliases: aliases.map(({ word }) => word) });
  }
  return Object.fromEntries(networks);
}

const started = 'service_started' as const;

function dependencies(form: ComposeReader, name: string, read: ReadService, parts: Parts): NormalService['dependsOn'] {
  const dependsOn = new Map<string, NormalService['dependsOn'][string]>();
  // a linked service is started first
  const linked = read.links.map(({ to, location }) => ({ name: to, condition: started, required: true, location }));
  for (const { name: other, condition, required, location } of [...linked, ...read.dependencies]) {
    if (parts.services.has(other) && other !== name) dependsOn.set(other, condition);
    else if (required)
      form.refuse(
        'depends-on-unknown',
        location,
        quoting(other, '{} is not another service that is started', '{} 不是另一個會啟動的服務'),
      );
  }
  return Object.fromEntries(dependsOn);
}

/**
 * A container may replace an entry of a folder that it can write by a link, which the engine would follow at the next start of a
 * service that mounts it. So nothing is mounted or built from inside such a folder.
 */
function holdWritable(
  context: PolicyContext,
  services: ReadonlyMap<string, ReadService>,
  placed: ReadonlyMap<string, readonly Placed[]>,
): void {
  const all = [...placed.values()].flat();
  const writable = all.flatMap(({ mount }) => (mount.type === 'bind' && !mount.readOnly && !mount.copy ? [mount.source] : []));
  const within = (path: string) => writable.find((folder) => path.startsWith(`${folder}/`));
  for (const [name, { service, location }] of services) {
    const form = new ComposeReader(context, name);
    const used = (placed.get(name) ?? []).flatMap(({ mount, location: at }) =>
      mount.type === 'bind' ? [{ path: mount.source, at }] : [],
    );
    if (service.build) used.push({ path: service.build.context, at: location });
    for (const { path, at } of used) {
      const folder = within(path);
      if (folder === undefined) continue;
      const which = `${path} / ${folder}`;
      form.refuse(
        'path-in-writable',
        at,
        quoting(
          which,
          'this is in a folder that a container can write, and can replace by a link out of the submission: {}; mount that one read-only (:ro)',
          '這個路徑位於容器可以寫入的資料夾裡，容器能將它換成通往繳交內容之外的連結：{}，請將後者以唯讀（:ro）掛載',
        ),
      );
    }
  }
}

/** Refuses services that wait for themselves through others. */
function holdOrder(
  context: PolicyContext,
  read: ReadonlyMap<string, ReadService>,
  services: ReadonlyMap<string, NormalService>,
): void {
  const left = new Map([...services].map(([name, { dependsOn }]) => [name, new Set(Object.keys(dependsOn))]));
  for (let gone = true; gone; ) {
    gone = false;
    for (const [name, needs] of left) {
      if ([...needs].some((need) => left.has(need))) continue;
      left.delete(name);
      gone = true;
    }
  }
  for (const name of left.keys())
    new ComposeReader(context, name).refuse(
      'depends-on-circle',
      read.get(name)?.location ?? { file: context.composeFile, line: 1, column: 1 },
      text('`depends_on` is circular here', '這裡的 `depends_on` 形成了循環'),
    );
}
