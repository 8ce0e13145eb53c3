import { stringify } from 'yaml';
import type { ComposeFile, ComposeService } from '../../formats/compose-file.ts';
import { filled } from '../../formats/interpolate.ts';
import { runLabel } from '../journal.ts';

/**
 * A second Compose file that adds the run's label to everything that the first one creates, and publishes its ports on loopback
 * only. `volumes`: the paths where a service's image declares a volume; a named volume replaces each, because an anonymous one
 * would have no label and remain after `rm`. What the file itself mounts there stays. `images`: the image of a service that is built, in place of a name that other projects may use.
 */
export function renderOverride(
  file: ComposeFile,
  runId: string,
  volumes: Readonly<Record<string, readonly string[]>>,
  images: Readonly<Record<string, string>> = {},
): string {
  const labels = { [runLabel]: runId };
  const named = withSettings(file.volumes, { labels });
  const services = Object.entries(file.services).map(([name, service]) => {
    const own = mountedBy(service);
    const wanted = (volumes[name] ?? []).filter((path) => !own.has(withoutSlash(path)));
    const mounts = wanted.map((path, at) => {
      const volume = `${name}-${at}`;
      named[volume] = { labels };
      return `${volume}:${path}`;
    });
    const build = service?.build ? { build: { labels } } : {};
    const image = images[name] === undefined ? {} : { image: images[name] };
    return [name, { labels, ...build, ...image, ...(mounts.length > 0 ? { volumes: mounts } : {}) }];
  });
  // A service without networks is on `default`, even if the file does not define it.
  const onDefault = Object.values(file.services).some((service) => !service?.networks && !service?.network_mode);
  const networks = withSettings(
    { ...(onDefault ? { default: null } : {}), ...file.networks },
    { labels, driver_opts: loopbackOnly },
  );
  const override = {
    services: Object.fromEntries(services),
    ...(Object.keys(networks).length > 0 ? { networks } : {}),
    ...(Object.keys(named).length > 0 ? { volumes: named } : {}),
  };
  return stringify(override, { aliasDuplicateObjects: false });
}

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/+$/, '');

/** The paths at which a service mounts something: `data:/var/lib/data:ro`, the long form, and `tmpfs`. An anonymous volume (`/var/lib/data`) is none. */
function mountedBy(service: ComposeService | null | undefined): ReadonlySet<string> {
  const volumes = Array.isArray(service?.volumes) ? service.volumes : [];
  const paths = volumes.map((one: unknown) => {
    if (typeof one === 'string') return filled(one, {}).split(':')[1];
    const { source, target, type } = (one ?? {}) as { source?: unknown; target?: unknown; type?: unknown };
    const isAnonymous = type === 'volume' && source === undefined;
    return typeof target === 'string' && !isAnonymous ? filled(target, {}) : undefined;
  });
  const inMemory = [service?.tmpfs ?? []].flat().map((one: unknown) => (typeof one === 'string' ? one.split(':')[0] : undefined));
  return new Set([...paths, ...inMemory].filter((path) => path !== undefined).map(withoutSlash));
}

/**
 * A port published on a network of the run binds to loopback, whatever the file specifies or omits
 * (https://docs.docker.com/engine/network/drivers/bridge/). Set even if it is the engine's default: Compose 1 treats an option
 * that is not in the file as a change of the network.
 */
const loopbackOnly = { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' };

/** An `external` resource belongs to another project: it gets no label, and Compose rejects one. */
const withSettings = (
  declared: Readonly<Record<string, unknown>> | null | undefined,
  settings: object,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(declared ?? {})
      .filter(([, own]) => !(own as { external?: unknown } | null)?.external)
      .map(([name]) => [name, settings]),
  );
