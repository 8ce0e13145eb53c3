import { type Text, text } from '../../lab/text.ts';
import { readPlain } from '../../platform/plain-file.ts';

/** The system, as far as hints depend on it: `darwin`, `win32`, or on Linux `ID` and `ID_LIKE` of os-release. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** Most specific first: `['ubuntu', 'debian']`. */
  readonly families: readonly string[];
}

export async function loadSystem(platform: NodeJS.Platform): Promise<System> {
  if (platform !== 'linux') return { platform, families: [] };
  const release = await readPlain('/etc/os-release', { maxBytes: 1_000_000 }).then(String, () => '');
  return { platform, families: parseFamilies(release) };
}

/** os-release(5): `ID=ubuntu`, `ID_LIKE="rhel fedora"`. */
export function parseFamilies(release: string): string[] {
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(release)?.[1] ?? '';
  return [value('ID'), ...value('ID_LIKE').split(/\s+/)].filter(Boolean);
}

const packages: Readonly<Record<string, string>> = {
  ubuntu: 'sudo apt-get install docker.io docker-compose-v2',
  debian: 'sudo apt-get install docker.io docker-compose',
  fedora: 'sudo dnf install moby-engine docker-compose && sudo systemctl enable --now docker',
  arch: 'sudo pacman -S docker docker-compose && sudo systemctl enable --now docker',
  alpine: 'sudo apk add docker docker-cli-compose && sudo service docker start',
  suse: 'sudo zypper install docker docker-compose && sudo systemctl enable --now docker',
};

/** How to install Docker and Compose on this system. */
export function installHint({ platform, families }: System): Text {
  if (platform === 'darwin') {
    return text(
      'install Docker Desktop, OrbStack or Colima, and start it',
      '請安裝 Docker Desktop、OrbStack 或 Colima，並啟動它',
    );
  }
  if (platform === 'win32') {
    return text('install Docker Desktop and start it', '請安裝 Docker Desktop 並啟動它');
  }
  const command = families.map((family) => packages[family]).find(Boolean);
  return command
    ? text(`install Docker: \`${command}\``, `請安裝 Docker：\`${command}\``)
    : text(
        'install Docker with its Compose plugin: https://docs.docker.com/engine/install/',
        '請安裝 Docker 和它的 Compose 外掛：https://docs.docker.com/engine/install/',
      );
}
