import { stringify } from 'yaml';
import type { ComposeFile } from '../../formats/compose-file.ts';
import { runLabel } from '../journal.ts';

/**
 * A second Compose file that adds the run's label to everything that the first one creates, and publishes its ports on loopback
 * only. `volumes`: the paths where a service's image declares a volume; a named volume replaces each, because an anonymous one
 * would have no label and remain after `rm`. `images`: the image of a service that is built, in place of a name that other projects may use.
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
    const mounts = (volumes[name] ?? []).map((path, at) => {
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
