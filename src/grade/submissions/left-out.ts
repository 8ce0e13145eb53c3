import { type Text, text } from '../../lab/text.ts';
import type { Remark } from '../types.ts';
import { isArchiveName, isSystemName, isToolName } from './archive-entry.ts';
import { moodleLabel } from './lms-filenames.ts';
import { isBare, isComposeFile } from './project.ts';
import { type Child, childrenIn, type Tree } from './tree.ts';

/** Why something among submissions is not one: a stable code → what a teacher reads. */
const reasons = {
  system: text('version control, a system or an editor left this', '這是版本控制、系統或編輯器留下的'),
  tool: text('a tool made this, and it holds no project', '這是工具產生的，裡面沒有專案'),
  hidden: text('it is hidden, and holds no project', '這是隱藏的，裡面沒有專案'),
  special: text(
    'this is a device, a pipe, a socket, or a path that leaves the archive',
    '這是裝置、管線、socket，或離開壓縮檔的路徑',
  ),
  file: text('a single file is no submission', '單一檔案不是作業'),
  online: text('text that was typed online has no files', '線上輸入的文字沒有檔案'),
  beside: text('the same student has another file that is graded', '同一位學生有另一個檔案已納入評分'),
} as const satisfies Record<string, Text>;
export type LeftOutCode = keyof typeof reasons;

/** `name` is fit to be shown. */
export const leftOut = (code: LeftOutCode, name: string): Remark => ({ code, place: { file: name }, text: reasons[code] });

/** Why a child of a folder of submissions is none, by its name; undefined: it may be one. Names alone exclude nothing that holds a project. */
export async function reasonToLeaveOut(tree: Tree, path: string, { name, kind }: Child): Promise<LeftOutCode | undefined> {
  if (isSystemName(name)) return 'system';
  if (kind === 'other') return 'special';
  if (moodleLabel(name) === undefined) return 'online';
  const isHidden = name.startsWith('.') && !/^\.+$/.test(name);
  if (!isHidden && !isToolName(name)) return undefined;
  if (kind !== 'folder') return isHidden && !isArchiveName(name) ? 'hidden' : undefined;
  const inside = await childrenIn(tree, path);
  if (inside.some(isComposeFile) || isBare(inside) || inside.some((one) => isArchiveName(one.name))) return undefined;
  // packages in node_modules may have Compose files of their own: there only the top counts
  for (const one of isToolName(name) ? [] : inside)
    if (one.kind === 'folder' && (await childrenIn(tree, `${path}/${one.name}`)).some(isComposeFile)) return undefined;
  // an environment of Python says so; a folder that is only called so is somebody's
  const isEnvironment = /^\.?venv$/i.test(name);
  if (isEnvironment && !inside.some((one) => one.name === 'pyvenv.cfg')) return undefined;
  return isHidden ? 'hidden' : 'tool';
}
