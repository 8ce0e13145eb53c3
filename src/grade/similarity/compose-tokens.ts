import { variablesIn } from '../../formats/dotenv.ts';
import { filled } from '../../formats/interpolate.ts';
import { Diagnostics } from '../policy/diagnostics.ts';
import { readYaml } from '../policy/read-yaml.ts';
import { type Entry, entryOf, type Tree } from '../policy/tree.ts';
import { wordTokens } from './config-tokens.ts';
import type { Token } from './tokens.ts';

/** Beyond what a person writes. Parsing takes more than linear time. */
const longest = 16 * 1024;

/** Parts of a Compose file whose keys are the student's own names. */
const named = ['services', 'networks', 'volumes', 'secrets', 'configs'];
/** Keys that only name something. */
const onlyNames = new Set(['container_name', 'hostname', 'name', 'version', 'labels']);
/** Lists whose order has a meaning. */
const ordered = new Set(['command', 'entrypoint', 'test']);
/** Mappings and lists of the student's own variables. */
const variables = new Set(['environment', 'args']);
/** Mappings whose keys are the student's own. */
const free = new Set([...variables, ...named.slice(1)]);

/**
 * The tokens of a Compose file, normalised: keys and services in an order that follows from their content, names and comments left out, variables
 * replaced by the values in `env`, the text of the submission's `.env`. A file that cannot be read as YAML is compared by its words.
 */
export function* composeTokens(yaml: string, env: string): Generator<Token> {
  const tree = yaml.length > longest ? undefined : readYaml(yaml, 'compose.yaml', new Diagnostics());
  if (!tree) {
    yield* wordTokens(yaml, 1);
    return;
  }
  const names = new Set(named.flatMap((key) => entriesOf(entryOf(tree, key)?.value).map((entry) => entry.key)));
  const normal = new Normaliser(names, variablesIn(env));
  for (const key of named) {
    const entry = entryOf(tree, key);
    if (!entry) continue;
    yield { symbol: key, line: entry.location.line };
    // a name has no meaning, so it must not decide the order
    yield* inOrder(entriesOf(entry.value).map((one) => [at('item', one), ...normal.tokens(one.value)])).flat();
  }
}

const entriesOf = (tree: Tree | undefined): readonly Entry[] => (tree?.kind === 'mapping' ? tree.entries : []);
const at = (symbol: string, { location }: Pick<Tree, 'location'>): Token => ({ symbol, line: location.line });

const keyOf = (tokens: readonly Token[]): string => tokens.map(({ symbol }) => symbol).join(' ');
function inOrder(parts: readonly (readonly Token[])[]): (readonly Token[])[] {
  const keyed = parts.map((part) => [keyOf(part), part] as const);
  return keyed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)).map(([, part]) => part);
}

/** Aliases repeat a text without limit. */
const mostTokens = 20_000;

class Normaliser {
  #left = mostTokens;
  readonly #names: ReadonlySet<string>;
  readonly #env: Readonly<Record<string, string>>;

  constructor(names: ReadonlySet<string>, env: Readonly<Record<string, string>>) {
    this.#names = names;
    this.#env = env;
  }

  /** `key`: the key of the mapping that has this value. */
  tokens(tree: Tree, key = ''): readonly Token[] {
    if (tree.kind === 'scalar') return [...this.#text(filled(tree.text, this.#env), tree.location.line, key)];
    if (tree.kind === 'list') {
      const items = tree.items.map((item) => this.tokens(item, key));
      return (ordered.has(key) ? items : inOrder(items)).flat();
    }
    const parts = tree.entries
      .filter((entry) => free.has(key) || !onlyNames.has(entry.key))
      .map((entry) => [
        at(this.#nameOf(entry.key, key), entry),
        ...this.tokens(entry.value, variables.has(key) ? key : entry.key),
      ]);
    return inOrder(parts).flat();
  }

  #nameOf(key: string, above: string): string {
    if (variables.has(above)) return 'value';
    return this.#names.has(key) ? 'item' : key;
  }

  *#text(text: string, line: number, key: string): Generator<Token> {
    for (const token of wordTokens(text, line, false)) {
      this.#left -= 1;
      if (this.#left < 0) return;
      if (variables.has(key)) yield { symbol: 'value', line };
      // an image is often named as the service is
      else yield this.#names.has(token.symbol) && key !== 'image' ? { symbol: 'item', line } : token;
    }
  }
}
