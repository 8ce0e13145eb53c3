import { LabError } from '../../lab/error.ts';
import { text } from '../../lab/text.ts';
import type { EngineApi } from '../api/engine-api.ts';

/** The parts of the answer to `GET /version` that are read here. Podman answers as Docker does, and names itself in a component. */
export interface EngineVersion {
  readonly Version: string;
  readonly Os: string;
  readonly Components?: readonly { readonly Name: string; readonly Version: string }[] | null;
}

/** The engine's version. Throws LabError E_ENGINE_UNSUPPORTED for an engine that labs cannot run on. */
export async function supportedVersion(api: EngineApi): Promise<string> {
  const answer = await api.get<EngineVersion>('/version');
  const error = unsupportedEngine(answer, api.endpoint.host);
  if (error) throw error;
  return answer.Version;
}

/** Why labs cannot run on this engine; undefined: they can. */
export function unsupportedEngine({ Os, Components }: EngineVersion, host: string): LabError | undefined {
  const podman = Components?.find(({ Name }) => Name === 'Podman Engine');
  if (podman)
    return new LabError(
      'E_ENGINE_UNSUPPORTED',
      text(`this is Podman ${podman.Version}: not supported (${host})`, `這是 Podman ${podman.Version}：不支援（${host}）`),
      text(
        'use Docker: install it, and point DOCKER_HOST or the Docker context to it; or, on Debian or Ubuntu as root, add `--engine private`',
        '請使用 Docker：安裝後讓 DOCKER_HOST 或 Docker context 指向它；在 Debian 或 Ubuntu 上也可以 root 執行並加上 `--engine private`',
      ),
    );
  if (Os !== 'linux')
    return new LabError(
      'E_ENGINE_UNSUPPORTED',
      text(`the engine at ${host} runs Windows containers`, `${host} 的引擎執行的是 Windows 容器`),
      text('switch Docker Desktop to Linux containers', '請把 Docker Desktop 切換成 Linux 容器'),
    );
  return undefined;
}
