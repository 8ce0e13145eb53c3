import { quote } from '../../platform/shell.ts';

/** The Compose at hand. */
export interface Compose {
  /** How a person types it: `docker compose` or `docker-compose`. */
  readonly line: string;
  /** `2.26.1`, `1.29.2`. */
  readonly version: string;
  /** What `docker` itself starts for `docker compose`. Starting it at once spares `docker`'s own start and search, at each command. */
  readonly plugin?: string;
  /** What its process needs in its environment to reach the engine (DOCKER_HOST, PATH, DOCKER_CONFIG …). */
  readonly env: Readonly<Record<string, string>>;
}

/** How words for Compose are shown, and how they are started: with a plugin just as `docker` would (docker/cli, cli-plugins/manager). */
export const composeLine = ({ line, plugin }: Compose, words: string): { shown: string; started: string } => ({
  shown: `${line} ${words}`,
  started: plugin ? `${asPlugin} exec ${quote(plugin)} compose ${words}` : `${line} ${words}`,
});

/**
 * The first tells a plugin that `docker` started it, and so what it is called in what it prints. The second lets Go clear away less often: what
 * lives for a moment spends a quarter of its start on that otherwise, and has no less memory for it.
 */
const asPlugin = 'DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=docker GOGC=400';
