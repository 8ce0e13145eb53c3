import { z } from 'zod';

/** A field of another type counts as absent: the docker CLI warns and continues without it (measured with docker 26.1.5). */
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/**
 * The relevant fields of Docker's own configuration (`config.json`; docker/cli, cli/config/configfile/file.go). `currentContext` decides which engine
 * is used, so it is checked where it is used and not lenient here: the docker CLI would continue with its default engine.
 */
export const dockerConfig = z.object({
  currentContext: z.unknown().optional(),
  /** By registry: `https://index.docker.io/v1/`, `ghcr.io`. `auth` is base64 of `user:password`. */
  auths: lenient(z.record(z.string(), z.object({ auth: lenient(z.string()), identitytoken: lenient(z.string()) }).catch({}))),
  /** The program that stores the passwords: `docker-credential-<name>`. */
  credsStore: lenient(z.string()),
  credHelpers: lenient(z.record(z.string(), lenient(z.string()))),
  cliPluginsExtraDirs: lenient(z.array(z.string())),
});
export type DockerConfig = Partial<z.infer<typeof dockerConfig>>;

/** A context's `meta.json` (docker/cli, cli/context/store/metadatastore.go). */
export const contextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string().min(1) }) }) });
