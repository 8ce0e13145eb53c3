import { relative } from 'node:path';
import { composeFileNames } from '../../formats/compose-file.ts';
import { ComposePlaces, type PlacedValue } from '../../formats/compose-places.ts';
import type { World } from '../../lab/world.ts';

/** A place that a person can open: `compose.yaml:12`. */
export const placeText = (file: string, line: number): string => `${file}:${line}`;

/** The Compose file of a project, with the lines of its values. */
export class ComposeSource {
  readonly file: string;
  readonly #places: ComposePlaces;

  constructor(file: string, text: string) {
    this.file = file;
    this.#places = new ComposePlaces(text);
  }

  /** A value of a service, by its keys: `valueOf('web', 'build', 'context')`. */
  valueOf(service: string, ...keys: readonly string[]): PlacedValue | undefined {
    return this.#places.at('services', service, ...keys);
  }

  /** The items of a list, or the entries of a mapping, of a service. */
  itemsOf(service: string, ...keys: readonly string[]): PlacedValue[] {
    return this.#places.itemsAt('services', service, ...keys);
  }

  /** Where a key of a service is: `compose.yaml:12`; the service itself if it has no such key; the file if it has no such service. */
  placeOf(service: string, ...keys: readonly string[]): string {
    const found = this.valueOf(service, ...keys) ?? this.valueOf(service);
    return found ? placeText(this.file, found.line) : this.file;
  }

  /** The folder that a service is built from, below the project's folder, and its Dockerfile; undefined: it is not built. */
  buildOf(service: string): { readonly context: string; readonly dockerfile: string } | undefined {
    const build = this.valueOf(service, 'build')?.value;
    if (typeof build === 'string') return { context: build, dockerfile: 'Dockerfile' };
    if (typeof build !== 'object' || build === null) return undefined;
    const { context = '.', dockerfile = 'Dockerfile' } = build as { context?: unknown; dockerfile?: unknown };
    return { context: String(context), dockerfile: String(dockerfile) };
  }

  /** The item of `volumes` of a service with this source, a path below the project's folder. */
  mountOf(service: string, source: string): PlacedValue | undefined {
    return this.itemsOf(service, 'volumes').find(({ value }) => {
      const written =
        typeof value === 'object' && value !== null && 'source' in value ? String(value.source) : String(value).split(':')[0];
      return relative(source, written ?? '') === '';
    });
  }
}

/** The Compose file in the stack's folder. Undefined: it has another name. */
export async function readComposeSource(world: World): Promise<ComposeSource | undefined> {
  for (const name of composeFileNames) {
    const found = await world.file(name);
    if (found.kind === 'file') return new ComposeSource(name, found.text);
  }
  return undefined;
}
