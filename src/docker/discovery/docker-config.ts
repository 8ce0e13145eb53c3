import { z } from 'zod';

/** What has another type is as if it were absent: the docker CLI warns of it and goes on without it (docker 26.1.5, measured). */
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/**
 * What of Docker's own configuration (`config.json`; docker/cli, cli/config/configfile/file.go) matters here. Which engine is used depends on `currentContext`, so
 * that is checked where it is used, and not lenient: the docker CLI would go on to its default engine.
 */
export const dockerConfig = z.object({
  currentContext: z.unknown().optional(),
  /** By registry: `https://index.docker.io/v1/`, `ghcr.io`. `auth` is base64 of `user:password`. */
  auths: lenient(z.record(z.string(), z.object({ auth: lenient(z.string()), identitytoken: lenient(z.string()) }).catch({}))),
  /** The program that keeps the passwords: `docker-credential-<word>`. */
  credsStore: lenient(z.string()),
  credHelpers: lenient(z.record(z.string(), lenient(z.string()))),
  cliPluginsExtraDirs: lenient(z.array(z.string())),
});
export type DockerConfig = Partial<z.infer<typeof dockerConfig>>;

/** A context's `meta.json` (docker/cli, cli/context/store/metadatastore.go). */
export const contextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string().min(1) }) }) });
