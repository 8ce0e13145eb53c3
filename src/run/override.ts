import { parse, stringify } from 'yaml';
import { runLabel } from './journal.ts';

interface ComposeService {
  readonly image?: string;
  readonly build?: unknown;
  readonly networks?: unknown;
  readonly network_mode?: unknown;
}
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService | null>>;
  readonly networks?: Readonly<Record<string, unknown>> | null;
  readonly volumes?: Readonly<Record<string, unknown>> | null;
}

export const parseCompose = (file: string): ComposeFile => parse(file) as ComposeFile;

/**
 * A second Compose file that lays the run's label on all that the first makes. `volumes`: where the image of a service wants a
 * volume; a named one takes its place, since an anonymous one would carry no label and outlive `rm`.
 */
export function renderOverride(file: ComposeFile, runId: string, volumes: Readonly<Record<string, readonly string[]>>): string {
  const labels = { [runLabel]: runId };
  const named = labelled(file.volumes, labels);
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
  const networks = labelled({ ...(onDefault ? { default: null } : {}), ...file.networks }, labels);
  return stringify({
    services: Object.fromEntries(services),
    ...(Object.keys(networks).length > 0 ? { networks } : {}),
    ...(Object.keys(named).length > 0 ? { volumes: named } : {}),
  });
}

/** What is `external` is somebody else's: it gets no label, and Compose refuses one. */
const labelled = (declared: Readonly<Record<string, unknown>> | null | undefined, labels: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(declared ?? {})
      .filter(([, settings]) => !(settings as { external?: unknown } | null)?.external)
      .map(([name]) => [name, { labels }]),
  );
