/** Where a Dockerfile's image comes from. */
export interface DockerfileBase {
  /** The image that its last stage, or the stage `target`, starts from; omitted: there is no FROM. */
  readonly image?: string;
  /** The line of that FROM, counted from 1; 0: none. */
  readonly line: number;
  /** What the stage exposes, as written: `5000`, `80/tcp`. */
  readonly exposed: readonly string[];
}

/** Finds the image that a Dockerfile starts from. Stages that are based on each other are followed; anything that is not understood is skipped. */
export function readBase(dockerfile: string, target?: string): DockerfileBase {
  interface Stage {
    readonly from: string;
    readonly name: string | undefined;
    readonly line: number;
    readonly exposed: string[];
  }
  const stages: Stage[] = [];
  for (const [at, line] of dockerfile.split('\n').entries()) {
    const [, from, name] = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (from !== undefined) stages.push({ from, name: name?.toLowerCase(), line: at + 1, exposed: [] });
    const [, ports] = /^\s*EXPOSE\s+(.+)$/i.exec(line) ?? [];
    stages.at(-1)?.exposed.push(...(ports?.trim().split(/\s+/) ?? []));
  }
  const last = (target && stages.findLast(({ name }) => name === target.toLowerCase())) || stages.at(-1);
  let base = last;
  // a stage can be based on earlier ones only
  for (const stage of stages.toReversed())
    if (base && stage.line < base.line && stage.name === base.from.toLowerCase()) base = stage;
  return { ...(base ? { image: base.from } : {}), line: base?.line ?? 0, exposed: last?.exposed ?? [] };
}

/** The numbers in `5000`, `80/tcp`; UDP and ranges are left out. */
export const tcpPorts = (written: readonly string[]): number[] => [
  ...new Set(written.flatMap((word) => (/^\d{1,5}(?:\/tcp)?$/i.test(word) ? [Number.parseInt(word, 10)] : []))),
];
