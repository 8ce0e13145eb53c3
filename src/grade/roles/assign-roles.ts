import { askRoles, inferRoles, stackAsFound } from '../../lab/infer-roles.ts';
import type { ServiceNames, StackSpec } from '../../lab/stack.ts';
import { type Text, text } from '../../lab/text.ts';
import type { NormalStack } from '../policy/sanitized-stack.ts';
import type { Remark } from '../types.ts';
import { cluesOf } from './service-clues.ts';

/** A submission's stack with its own service names, ports and files, or the question that a person has to answer first. */
export type AssignedRoles =
  | { readonly ok: true; readonly spec: StackSpec; readonly names: ServiceNames; readonly notes: readonly Remark[] }
  | { readonly ok: false; readonly question: Text };

/** `spec`: the stack with the rubric's service names; `answers`: what roles.csv says about this submission; `dir`: its folder, absolute. */
export function assignRoles(spec: StackSpec, stack: NormalStack, dir: string, answers: ServiceNames): AssignedRoles {
  const clues = cluesOf(stack, dir, spec.proxy);
  const found = inferRoles(spec, clues, answers);
  const { names, absent, evidence } = found;
  if (found.questions.length > 0) {
    const asked = askRoles(found.questions);
    return {
      ok: false,
      question: text(
        `${asked.en} Write it to roles.csv in the output folder (student,role,service), or under \`services:\` in the rubric`,
        `${asked['zh-TW']}請寫在輸出資料夾的 roles.csv（student,role,service），或評分標準的 \`services:\``,
      ),
    };
  }
  const there = Object.keys(stack.services).join(', ');
  const taken = Object.entries(evidence).map(([role, why]) => ({
    code: 'role',
    service: names[role] ?? role,
    text: text(`service ${names[role]} has the role ${role}: ${why.en}`, `服務 ${names[role]} 的角色是 ${role}：${why['zh-TW']}`),
  }));
  const missing = absent.map((role) => ({
    code: 'service-missing',
    service: names[role] ?? role,
    text: text(`no service has the role ${role}. Found: ${there}`, `沒有任何服務的角色是 ${role}。檔案裡的服務：${there}`),
  }));
  return { ok: true, spec: stackAsFound(spec, clues, found), names, notes: [...missing, ...taken] };
}
