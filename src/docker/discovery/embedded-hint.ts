import { LabError } from '../../lab/error.ts';
import { type Text, text } from '../../lab/text.ts';
import type { Homes } from '../../platform/state-dirs.ts';
import { supported } from '../embedded/embedded-engine.ts';
import { layoutOf } from '../embedded/layout.ts';
import { findDocker } from './find-docker.ts';
import { installHint, type System } from './install-hint.ts';

/** Hint for an engine of ours that stopped during the work; it differs for the grading engine and the engine for runs. */
export function startAgainOf(homes: Homes): Text {
  const { log } = layoutOf(homes);
  return homes.bounds
    ? text(
        `run the same \`lab grade\` again: it starts the grading engine and continues; if the engine stops again, see its log: ${log}`,
        `再執行一次同樣的 \`lab grade\`：它會啟動評分引擎並繼續評分；如果引擎又停止回應，請查看日誌：${log}`,
      )
    : text(
        `start it again: \`lab engine up\`; then \`lab clean\` removes what a run has left on it; see its log: ${log}`,
        `請重新啟動：\`lab engine up\`，再用 \`lab clean\` 移除執行時留下的資源；日誌：${log}`,
      );
}

interface Wanted {
  readonly homes: Homes;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string | undefined;
}

/** If this machine cannot have an embedded engine: the same error with a hint for this system. Returns any other error as it is. */
export async function insteadOfPrivate(error: unknown, { homes, env, home }: Wanted, system: System): Promise<unknown> {
  if (!(error instanceof LabError) || error.code !== 'E_ENGINE_UNSUPPORTED') return error;
  // a context that does not exist means no Docker either
  const search = await findDocker({ env, home, platform: system.platform }).catch(() => undefined);
  const host = search?.api?.endpoint.host;
  await search?.api?.close();
  const able = await supported();
  const asRoot = !able.ok && able.needsRoot === true;
  const hint = homes.bounds ? gradingHint(host, asRoot, system) : runsHint(host, asRoot, system);
  return new LabError(error.code, error.text, hint, { cause: error });
}

const weaker = text('which protects this machine less', '對這台機器的保護較少');
const root = text('run the same command as root (`sudo`)', '請以 root 執行同樣的指令（`sudo`）');

function gradingHint(host: string | undefined, asRoot: boolean, system: System): Text {
  const docker = host
    ? text(
        `add \`--engine docker\` to grade on the Docker at ${host}, ${weaker.en}`,
        `加上 \`--engine docker\`，用 ${host} 的 Docker 評分，${weaker['zh-TW']}`,
      )
    : text(
        `${installHint(system).en} and add \`--engine docker\`, ${weaker.en}`,
        `${installHint(system)['zh-TW']}，再加上 \`--engine docker\`，${weaker['zh-TW']}`,
      );
  return asRoot ? or(host ? [docker, root] : [root, docker]) : docker;
}

function runsHint(host: string | undefined, asRoot: boolean, system: System): Text {
  const docker = host
    ? text(
        `leave out \`--engine private\`: the Docker at ${host} answers`,
        `請移除 \`--engine private\`：${host} 的 Docker 可以使用`,
      )
    : installHint(system);
  return asRoot ? or(host ? [docker, root] : [root, docker]) : docker;
}

const or = ([first, second]: readonly [Text, Text]): Text =>
  text(`${first.en}; or ${second.en}`, `${first['zh-TW']}；或者${second['zh-TW']}`);
