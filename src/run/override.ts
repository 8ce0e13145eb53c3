import { parse, stringify } from 'yaml';
import { runLabel } from './journal.ts';

interface ComposeService {
  readonly image?: string;
  readonly build?: unknown;
}
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService | null>>;
  readonly networks?: Readonly<Record<string, unknown>>;
}

export const parseCompose = (file: string): ComposeFile => parse(file) as ComposeFile;

/**
 * A second Compose file that lays the run's label on all that the first makes. `volumes`: where the image of a service wants a
 * volume; a named one takes its place, since an anonymous one would carry no label and outlive `rm`.
 */
export function renderOverride(file: ComposeFile, runId: string, volumes: Readonly<Record<string, readonly string[]>>): string {
  const labels = { [runLabel]: runId };
  const named: Record<string, unknown> = {};
  const services = Object.entries(file.services).map(([name, service]) => {
    const mounts = (volumes[name] ?? []).map((path, at) => {
      const volume = `${name}-${at}`;
      named[volume] = { labels };
      return `${volume}:${path}`;
    });
    const build = service?.build ? { build: { labels } } : {};
    return [name, { labels, ...build, ...(mounts.length > 0 ? { volumes: mounts } : {}) }];
  });
  const networks = Object.keys(file.networks ?? { default: null }).map((name) => [name, { labels }]);
  return stringify({
    services: Object.fromEntries(services),
    networks: Object.fromEntries(networks),
    ...(Object.keys(named).length > 0 ? { volumes: named } : {}),
  });
}
