import { stringify } from 'yaml';
import type { ComposeFile } from '../formats/compose-file.ts';
import { runLabel } from './journal.ts';

/**
 * A second Compose file that lays the run's label on all that the first makes, and keeps its ports on the loopback. `volumes`: where the image of a service wants a
 * volume; a named one takes its place, since an anonymous one would carry no label and outlive `rm`.
 */
export function renderOverride(file: ComposeFile, runId: string, volumes: Readonly<Record<string, readonly string[]>>): string {
  const labels = { [runLabel]: runId };
  const named = withSettings(file.volumes, { labels });
  const services = Object.entries(file.services).map(([name, service]) => {
    const mounts = (volumes[name] ?? []).map((path, at) => {
      const volume = `${name}-${at}`;
      named[volume] = { labels };
      return `${volume}:${path}`;
    });
    const build = service?.build ? { build: { labels } } : {};
    return [name, { labels, ...build, ...(mounts.length > 0 ? { volumes: mounts } : {}) }];
  });
  // Who names no network is put on `default`, whether or not the file speaks of it.
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
 * A port published on a network of the run binds the loopback, whatever the file says or leaves out
 * (https://docs.docker.com/engine/network/drivers/bridge/). Said here although an engine may have it as its default: Compose 1
 * takes an option that the file does not name for a change of the network.
 */
const loopbackOnly = { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' };

/** What is `external` is another program's: it gets no label, and Compose refuses one. */
const withSettings = (
  declared: Readonly<Record<string, unknown>> | null | undefined,
  settings: object,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(declared ?? {})
      .filter(([, own]) => !(own as { external?: unknown } | null)?.external)
      .map(([name]) => [name, settings]),
  );
