import { withoutEnding } from './archive-entry.ts';

/** Information about the student in an LMS's name of a submission. */
export interface Label {
  readonly layout: 'moodle' | 'canvas' | 'plain';
  /** ID of the student if there is no roster. */
  readonly id: string;
  readonly name?: string;
  /** The LMS's own number of the student. */
  readonly number?: string;
}

/** `Ann Lee_123_assignsubmission_file_`, or with the file's name after it if Moodle was configured without folders. */
const moodle = /^(.+)_(\d+)_assignsubmission_([a-z0-9]+)(?:_.*)?$/s;
/** `leeann_LATE_123_4567_lab.zip`: Canvas's own numbers of student and file. Anonymous submissions have only a word. */
const canvas = /^([^_\s]+)_(?:LATE_)?(\d+)_(\d+)_(.+)$/s;
const anonymous = /^(?:LATE_)?(anon_[A-Za-z0-9]+)_(\d+)_(.+)$/s;

/** `none`: Moodle's folder of something that is not a file, such as a text typed online. Undefined: not a name from Moodle. */
export function moodleLabel(entry: string): Label | 'none' | undefined {
  const [, name = '', number = '', plugin] = moodle.exec(entry) ?? [];
  if (plugin === undefined) return 'none';
  return plugin === 'file' ? { layout: 'moodle', id: number, name, number } : undefined;
}

/**
 * By name, if all files of a folder have names in Canvas's form and no two have the same number: a single match may be chance.
 */
export function canvasLabels(files: readonly string[]): ReadonlyMap<string, Label> {
  const labels = new Map<string, Label>();
  const seen = new Set<string>();
  for (const file of files) {
    const [, name = '', number = '', upload = ''] = canvas.exec(file) ?? [];
    const [, hidden, other = ''] = anonymous.exec(file) ?? [];
    // typed texts and links have no file
    if (upload === '' && hidden === undefined && /_(?:text|link)\.html$/.test(file)) continue;
    const own = hidden === undefined ? upload : other;
    if (own === '' || seen.has(own)) return new Map();
    seen.add(own);
    labels.set(file, hidden === undefined ? { layout: 'canvas', id: number, name, number } : { layout: 'canvas', id: hidden });
  }
  return labels;
}

/** `prefix` is the text that `gh classroom clone` puts before logins; '' if unknown. */
export const plainLabel = (entry: string, prefix: string): Label => {
  const own = withoutEnding(entry);
  return { layout: 'plain', id: own.startsWith(prefix) && own !== prefix ? own.slice(prefix.length) : own };
};
