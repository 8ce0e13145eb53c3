import { type Text, text } from '../../lab/text.ts';
import type { Remark } from '../types.ts';
import { isArchiveName, isSystemName, isToolName } from './archive-entry.ts';
import { moodleLabel } from './lms-filenames.ts';
import { isBare, isProjectFile } from './project.ts';
import { type Child, childrenIn, type Tree } from './tree.ts';

/** Why an entry among submissions is not one: a stable code → the text for the teacher. */
const reasons = {
  system: text('a file of version control, the system or an editor', '版本控制、系統或編輯器留下的檔案'),
  tool: text('created by a tool, and contains no project', '由工具產生，裡面沒有專案'),
  hidden: text('hidden, and contains no project', '隱藏的項目，裡面沒有專案'),
  special: text(
    'this is a device, a pipe, a socket, or a path that leaves the archive',
    '這是裝置、管線、socket，或指向壓縮檔外的路徑',
  ),
  file: text('a single file is not a submission', '單一檔案不是作業'),
  online: text('text typed online has no files', '線上輸入的文字沒有檔案'),
  beside: text('the same student has another file that is graded', '同一位學生有另一個檔案已納入評分'),
} as const satisfies Record<string, Text>;
export type LeftOutCode = keyof typeof reasons;

/** `name` must be safe to show. */
export const leftOut = (code: LeftOutCode, name: string): Remark => ({ code, place: { file: name }, text: reasons[code] });

/**
 * Why a child of a folder of submissions is not one, by its name; undefined: it may be one. A name alone never excludes an entry
 * with a project.
 */
export async function reasonToLeaveOut(tree: Tree, path: string, { name, kind }: Child): Promise<LeftOutCode | undefined> {
  if (isSystemName(name)) return 'system';
  if (kind === 'other') return 'special';
  if (moodleLabel(name) === undefined) return 'online';
  const isHidden = name.startsWith('.') && !/^\.+$/.test(name);
  if (!isHidden && !isToolName(name)) return undefined;
  if (kind !== 'folder') return isHidden && !isArchiveName(name) ? 'hidden' : undefined;
  const inside = await childrenIn(tree, path);
  if (inside.some(isProjectFile) || isBare(inside) || inside.some((one) => isArchiveName(one.name))) return undefined;
  // packages in node_modules may have Compose files of their own: only the top level counts there
  for (const one of isToolName(name) ? [] : inside)
    if (one.kind === 'folder' && (await childrenIn(tree, `${path}/${one.name}`)).some(isProjectFile)) return undefined;
  // a Python environment contains a marker file; a folder that only has such a name may be a student's
  const isEnvironment = /^\.?venv$/i.test(name);
  if (isEnvironment && !inside.some((one) => one.name === 'pyvenv.cfg')) return undefined;
  return isHidden ? 'hidden' : 'tool';
}
