import { quote } from '../../formats/quote.ts';

/** The Compose in use. */
export interface Compose {
  /** As a person types it: `docker compose` or `docker-compose`. */
  readonly line: string;
  /** `2.26.1`, `1.29.2`. */
  readonly version: string;
  /** The plugin that `docker` starts for `docker compose`. Starting it directly saves `docker`'s own start and search for each command. */
  readonly plugin?: string;
  /** The environment that its process needs to reach the engine (DOCKER_HOST, PATH, DOCKER_CONFIG …). */
  readonly env: Readonly<Record<string, string>>;
}

/** How a Compose command is shown, and how it is started: a plugin in the same way as `docker` starts it (docker/cli, cli-plugins/manager). */
export const composeLine = ({ line, plugin }: Compose, command: string): { shown: string; started: string } => ({
  shown: `${line} ${command}`,
  started: plugin ? `${asPlugin} exec ${quote(plugin)} compose ${command}` : `${line} ${command}`,
});

/**
 * The first variable shows the plugin that `docker` started it, which determines the name in its output. The second makes Go collect garbage less
 * often: a short process otherwise spends a quarter of its start on that, and does not use less memory for it.
 */
const asPlugin = 'DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=docker GOGC=400';
