import type { ServiceNames } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import { loadTable, wrongLine } from '../csv-table.ts';

/** The services that the teacher assigned to roles, by student and role. */
export type AssignedServices = ReadonlyMap<string, ServiceNames>;

/**
 * Reads roles.csv: columns `student`, `role`, `service`. None if the file does not exist. Throws LabError E_SUBMISSION with file and line for invalid
 * content, an unknown role, and two lines about the same role of a student. `studentOf`: the ID of a student as written.
 */
export async function loadRoles(
  path: string,
  roles: readonly string[],
  studentOf: (written: string) => string = (written) => written,
): Promise<AssignedServices> {
  const rows = (await loadTable(path, ['student', 'role', 'service'], howToFix)) ?? [];
  const found = new Map<string, ServiceNames>();
  for (const { row, line } of rows) {
    const { student: written, role, service } = row;
    const wrong = (why: Text) => wrongLine(path, line, why, howToFix);
    if (written === '' || service === '') throw wrong(text('no student or no service', '缺少學生或服務'));
    if (!roles.includes(role))
      throw wrong(text(`no role ${role}; the roles are ${roles.join(', ')}`, `沒有角色 ${role}；角色有 ${roles.join('、')}`));
    const student = studentOf(written);
    const own = found.get(student) ?? {};
    if (own[role] !== undefined) throw wrong(text('another line is about the same role already', '已有另一行指定同一個角色'));
    found.set(student, { ...own, [role]: service });
  }
  return found;
}

const howToFix = text(
  'correct roles.csv; its columns are student, role, service',
  '請修正 roles.csv；欄位是 student、role、service',
);
