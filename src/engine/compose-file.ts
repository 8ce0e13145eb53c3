import { parse, YAMLParseError } from 'yaml';
import { LabError } from '../lab/error.ts';
import { text } from '../lab/text.ts';

export interface ComposeService {
  readonly image?: string;
  readonly build?: string | { readonly context?: string; readonly dockerfile?: string };
  readonly networks?: unknown;
  readonly network_mode?: unknown;
}
export interface ComposeFile {
  readonly name?: string;
  readonly services: Readonly<Record<string, ComposeService | null>>;
  readonly networks?: Readonly<Record<string, unknown>> | null;
  readonly volumes?: Readonly<Record<string, unknown>> | null;
}

/** Reads a Compose file's text; `path` is for people. Throws LabError E_LAB_INVALID, with the place, for what is no YAML or has no services. */
export function parseCompose(file: string, path: string): ComposeFile {
  const invalid = (why: string, cause?: unknown) =>
    new LabError(
      'E_LAB_INVALID',
      text(`${path}: ${why}`, `${path}：${why}`),
      text('mend that file; `docker compose config` checks it too', '請修正這個檔案；`docker compose config` 也能檢查'),
      { cause },
    );
  let parsed: unknown;
  try {
    parsed = parse(file);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw invalid(error.message.split('\n')[0]?.replace(/:$/, '') ?? '', error);
  }
  if (
    typeof parsed === 'object' &&
    parsed !== null &&
    'services' in parsed &&
    parsed.services &&
    typeof parsed.services === 'object'
  )
    return parsed as ComposeFile;
  throw invalid('no `services:`');
}
