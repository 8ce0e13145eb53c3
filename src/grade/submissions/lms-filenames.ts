import { withoutEnding } from './archive-entry.ts';

/** What a system's name for a submission tells of who handed it in. */
export interface Label {
  readonly layout: 'moodle' | 'canvas' | 'plain';
  /** Without a roster: what the student is called. */
  readonly id: string;
  readonly name?: string;
  /** The system's own number of the student. */
  readonly number?: string;
}

/** `Ann Lee_123_assignsubmission_file_`, or with the file's name after it where Moodle was asked for no folders. */
const moodle = /^(.+)_(\d+)_assignsubmission_([a-z0-9]+)(?:_.*)?$/s;
/** `leeann_LATE_123_4567_lab.zip`: student and file have numbers of Canvas's own. Of anonymous ones, only a word. */
const canvas = /^([^_\s]+)_(?:LATE_)?(\d+)_(\d+)_(.+)$/s;
const anonymous = /^(?:LATE_)?(anon_[A-Za-z0-9]+)_(\d+)_(.+)$/s;

/** Undefined: Moodle's folder of something that is no file, such as a text typed online. */
export function moodleLabel(entry: string): Label | 'none' | undefined {
  const [, name = '', number = '', plugin] = moodle.exec(entry) ?? [];
  if (plugin === undefined) return 'none';
  return plugin === 'file' ? { layout: 'moodle', id: number, name, number } : undefined;
}

/** By name, where all files of a folder are named as Canvas does it, and no two have one number: a lone likeness is chance. */
export function canvasLabels(files: readonly string[]): ReadonlyMap<string, Label> {
  const labels = new Map<string, Label>();
  const seen = new Set<string>();
  for (const file of files) {
    const [, name = '', number = '', upload = ''] = canvas.exec(file) ?? [];
    const [, hidden, other = ''] = anonymous.exec(file) ?? [];
    // what was typed or linked has no file of its own
    if (upload === '' && hidden === undefined && /_(?:text|link)\.html$/.test(file)) continue;
    const own = hidden === undefined ? upload : other;
    if (own === '' || seen.has(own)) return new Map();
    seen.add(own);
    labels.set(file, hidden === undefined ? { layout: 'canvas', id: number, name, number } : { layout: 'canvas', id: hidden });
  }
  return labels;
}

/** `prefix` is what `gh classroom clone` puts before logins; '' where that is not known. */
export const plainLabel = (entry: string, prefix: string): Label => {
  const own = withoutEnding(entry);
  return { layout: 'plain', id: own.startsWith(prefix) && own !== prefix ? own.slice(prefix.length) : own };
};
