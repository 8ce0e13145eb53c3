import { shell } from '../../../platform/system-command.ts';
import type { Archive } from './distribution.ts';

/** The host's apt settings for network access: proxies, timeouts, checks of dates. Lines of apt.conf(5). */
export async function hostSettings(): Promise<string[]> {
  const { stdout } = await shell()`apt-config dump`;
  return stdout.split('\n').filter((it) => /^Acquire::(https?|ftp|Retries|ForceIPv\d|Check-[\w-]+|Min-ValidTime)\b/.test(it));
}

/** The proxy among those lines. */
export const proxyOf = (settings: readonly string[]): string | undefined =>
  settings.map((it) => /^Acquire::https?::Proxy "(https?:[^"]+)"/i.exec(it)?.[1]).find(Boolean);

/** apt.conf(5). APT_CONFIG is read before the host's own files and then hides them; the host's network settings are kept. */
export function aptConf(work: string, kept: readonly string[]): string {
  return [
    `Dir::State "${work}";`,
    `Dir::State::lists "${work}/lists";`,
    `Dir::State::status "${work}/status";`,
    `Dir::Cache "${work}";`,
    `Dir::Cache::archives "${work}/archives";`,
    `Dir::Etc::main "/dev/null";`,
    `Dir::Etc::parts "/dev/null";`,
    `Dir::Etc::sourcelist "${work}/etc/sources.list";`,
    `Dir::Etc::sourceparts "/dev/null";`,
    `Dir::Etc::preferences "${work}/etc/preferences";`,
    `Dir::Etc::preferencesparts "/dev/null";`,
    // the folder may be below one that only root may enter
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    ...kept,
    '',
  ].join('\n');
}

/** apt_preferences(5): 1001 takes the package from there even if another source has a newer one. */
export const preferences = ({ fromHost, host }: Archive): string =>
  fromHost
    .flatMap((name) =>
      [host, `${host}-security`].map((suite) => `Package: ${name}\nPin: release n=${suite}\nPin-Priority: 1001\n\n`),
    )
    .join('');
