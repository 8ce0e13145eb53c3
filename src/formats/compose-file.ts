import { type Document, isNode, LineCounter, type Node, parseDocument, visit, type YAMLParseError } from 'yaml';
import { type ErrorCode, LabError } from '../lab/error.ts';
import { type Text, text, verbatim } from '../lab/text.ts';
import { deepLine } from './yaml-depth.ts';

export interface ComposeService {
  readonly image?: string;
  readonly build?: string | { readonly context?: string; readonly dockerfile?: string; readonly dockerfile_inline?: string };
  readonly networks?: unknown;
  readonly network_mode?: unknown;
  readonly volumes?: unknown;
  readonly tmpfs?: unknown;
}
export interface ComposeFile {
  readonly name?: string;
  readonly services: Readonly<Record<string, ComposeService | null>>;
  readonly networks?: Readonly<Record<string, unknown>> | null;
  readonly volumes?: Readonly<Record<string, unknown>> | null;
}

/** In the order in which Compose tries them (compose-go, DefaultFileNames). */
export const composeFileNames: readonly string[] = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/**
 * Parses a Compose file; `path` and `code` are for messages. Throws LabError E_LAB_INVALID, or the given code, with the position if known, if it is not YAML, has no services, or
 * has a name or an image that is not text.
 */
export function parseCompose(file: string, path: string, code: ErrorCode = 'E_LAB_INVALID'): ComposeFile {
  const invalid = (why: Text, cause?: unknown) =>
    new LabError(
      code,
      text(`${path}: ${why.en}`, `${path}：${why['zh-TW']}`),
      text('correct that file; `docker compose config` checks it too', '請修正這個檔案；`docker compose config` 也能檢查'),
      { cause },
    );
  const deep = deepLine(file);
  if (deep !== undefined) throw invalid(text(`line ${deep} is nested too deep`, `第 ${deep} 行的巢狀層數太深`));
  const places = new LineCounter();
  const document = parseDocument(file, { lineCounter: places, merge: true });
  const placeOf = (node: unknown): Text => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset === undefined) return text('', '');
    const { line, col } = places.linePos(offset);
    return text(` at line ${line}, column ${col}`, `（第 ${line} 行第 ${col} 欄）`);
  };
  const [wrong] = document.errors;
  if (wrong) throw invalid(reasonOf(wrong, document.errors), wrong);
  let parsed: unknown;
  try {
    parsed = document.toJS();
  } catch (error) {
    // aliases and merges are resolved only here, which throws plain errors
    const place = placeOf(strayAlias(document));
    const { message } = error as Error;
    throw invalid(text(message + place.en, message + place['zh-TW']), error);
  }
  if (!hasServices(parsed)) throw invalid(verbatim('no `services:`'));
  const texts = [['name'], ...Object.keys(parsed.services).map((service) => ['services', service, 'image'])];
  for (const at of texts) {
    const value = at.reduce<unknown>(
      (whole, key) => (whole as Readonly<Record<string, unknown>> | null | undefined)?.[key],
      parsed,
    );
    if (value === undefined || value === null || typeof value === 'string') continue;
    const place = placeOf(document.getIn(at, true));
    const key = at.join('.');
    throw invalid(text(`${key} is not text: put it in quotes${place.en}`, `${key} 不是文字，請加上引號${place['zh-TW']}`));
  }
  return parsed;
}

/** Mistakes of indentation, as the parser names them. */
const misplaced = new Set(['BAD_INDENT', 'BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY']);

/** Why a file is not YAML, with the position at the end. */
function reasonOf({ code, message }: YAMLParseError, all: readonly YAMLParseError[]): Text {
  const said = message.split('\n')[0]?.replace(/:$/, '') ?? '';
  if (code === 'TAB_AS_INDENT')
    return text(`indent with spaces, YAML allows no tabs: ${said}`, `請用空格縮排，YAML 不允許用 tab：${said}`);
  // a key over several lines is one of wrong indentation; otherwise the line itself has two
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && !all.some((one) => one.code === 'MULTILINE_IMPLICIT_KEY'))
    return text(`put a text that contains \`: \` in quotes: ${said}`, `含有 \`: \` 的文字請加上引號：${said}`);
  if (misplaced.has(code))
    return text(
      `wrong indentation, keys of one level must begin in the same column: ${said}`,
      `縮排不正確，同一層的鍵必須從同一欄開始：${said}`,
    );
  return verbatim(said);
}

const hasServices = (parsed: unknown): parsed is ComposeFile =>
  typeof parsed === 'object' &&
  parsed !== null &&
  'services' in parsed &&
  typeof parsed.services === 'object' &&
  parsed.services !== null;

/** The first alias without an anchor. */
function strayAlias(document: Document): Node | undefined {
  let stray: Node | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return undefined;
      stray = alias;
      return visit.BREAK;
    },
  });
  return stray;
}
