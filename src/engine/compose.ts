/** The Compose at hand. */
export interface Compose {
  /** How a person types it: `docker compose` or `docker-compose`. */
  readonly line: string;
  /** `2.26.1`, `1.29.2`. */
  readonly version: string;
  /** What its process needs in its environment to reach the engine (DOCKER_HOST, PATH, DOCKER_CONFIG …). */
  readonly env: Readonly<Record<string, string>>;
}
