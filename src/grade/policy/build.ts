import { join } from 'node:path';
import type { SourceLocation } from '../../formats/source-location.ts';
import { quoting } from '../../formats/untrusted-text.ts';
import { text } from '../../lab/text.ts';
import type { ComposeReader } from './compose-reader.ts';
import { judgeDockerfile } from './dockerfile.ts';
import { placeInside } from './paths.ts';
import { readText } from './read-file.ts';
import type { NormalBuild } from './sanitized-stack.ts';
import type { Entry, Tree } from './tree.ts';

const capBytes = 64 * 1024;

/** A service's `build`; undefined: refused. */
export function readBuild(form: ComposeReader, tree: Tree): NormalBuild | undefined {
  const parts = new Map<string, Tree>();
  const keep = ({ key, value }: Entry) => void parts.set(key, value);
  if (tree.kind !== 'mapping') parts.set('context', tree);
  else
    form.fields(
      tree,
      'build',
      new Map(['context', 'dockerfile', 'dockerfile_inline', 'args', 'target'].map((key) => [key, keep])),
    );
  const wordAt = (key: string) => {
    const part = parts.get(key);
    return part && form.word(part);
  };
  const at = (key: string): SourceLocation => parts.get(key)?.location ?? tree.location;
  const context = parts.has('context') ? wordAt('context') : '.';
  const target =
    parts.get('target') &&
    form.matching(parts.get('target') as Tree, /^[A-Za-z0-9][\w.-]{0,127}$/, text('expected a stage', '這裡應該是階段名稱'));
  const given = parts.get('args');
  const args = given ? form.pairs(given) : new Map<string, string>();
  for (const name of args.keys())
    if (/^buildkit_/i.test(name))
      form.refuse('build.args', at('args'), quoting(name, '{} changes the builder itself', '{} 會改變建置程式本身'));
  if (context === undefined) return undefined;
  if (/:\/\/|^git@|^github\.com\/|#/.test(context))
    return form.refuse(
      'build-remote',
      at('context'),
      quoting(
        context,
        'an image must be built from a folder of the submission, not from {}',
        '映像檔只能由繳交的資料夾建置，不能用 {}',
      ),
    );
  const folder = form.path(context, at('context'));
  if (!folder) return undefined;
  if (folder.kind !== 'folder')
    return form.refuse(
      'build-context',
      at('context'),
      quoting(context, 'there is no folder {} to build from', '沒有 {} 這個資料夾可供建置'),
    );
  const source = dockerfileOf(form, folder.path, parts, at);
  if (!source) return undefined;
  const recipe = { ...source, args, service: form.service ?? '', ...(target === undefined ? {} : { target }) };
  const written = judgeDockerfile(recipe, form.context.images, form.context.diagnostics);
  if (written === undefined) return undefined;
  return {
    context: folder.path,
    dockerfile: source.name,
    dockerfileText: written.text,
    args: Object.fromEntries(args),
    ...(target === undefined ? {} : { target }),
    origin: written.origin,
  };
}

interface Source {
  /** Path below the context. */
  readonly name: string;
  /** Path below the submission's folder, for messages. */
  readonly file: string;
  readonly text: string;
}

/** As BuildKit: `dockerfile` counts if there is no `Dockerfile`. */
function usualName({ context: { dir } }: ComposeReader, context: string): string {
  const isThere = (name: string) => {
    const place = placeInside(dir, name, context);
    return 'problem' in place || place.kind !== 'absent';
  };
  return !isThere('Dockerfile') && isThere('dockerfile') ? 'dockerfile' : 'Dockerfile';
}

function dockerfileOf(
  form: ComposeReader,
  context: string,
  parts: ReadonlyMap<string, Tree>,
  at: (key: string) => SourceLocation,
): Source | undefined {
  const inline = parts.get('dockerfile_inline');
  const named = parts.get('dockerfile');
  if (inline) {
    const written = form.word(inline);
    if (named)
      return form.invalid(
        inline.location,
        text('`dockerfile` or `dockerfile_inline`, not both', '`dockerfile` 與 `dockerfile_inline` 只能擇一'),
      );
    return written === undefined ? undefined : { name: 'Dockerfile', file: form.context.composeFile, text: written };
  }
  const name = named ? form.word(named) : usualName(form, context);
  const location = at('dockerfile');
  const place = name === undefined ? undefined : form.path(name, location, context);
  if (!place) return undefined;
  const below =
    context === '.' ? place.path : place.path.startsWith(`${context}/`) ? place.path.slice(context.length + 1) : undefined;
  if (below === undefined)
    return form.refuse(
      'build-dockerfile',
      location,
      quoting(name ?? '', 'the Dockerfile {} must be in the folder that is built', 'Dockerfile {} 必須在要建置的資料夾裡'),
    );
  const read = readText(join(form.context.dir, place.path), capBytes);
  if ('problem' in read)
    return form.refuse(
      'build-dockerfile',
      location,
      quoting(
        place.path,
        'there is no Dockerfile at {}: it must be a text file of at most 64 KB',
        '{} 沒有 Dockerfile：必須是 64 KB 以內的文字檔',
      ),
    );
  return { name: below, file: place.path, text: read.text };
}
