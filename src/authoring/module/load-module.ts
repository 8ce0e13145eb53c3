import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { multiLine } from '../../formats/untrusted-text.ts';
import { TutorialError } from '../../lab/define.ts';
import { LabError } from '../../lab/error.ts';
import type { Gate } from '../../lab/gate-case.ts';
import { structureFindings } from '../../lab/structure.ts';
import { text } from '../../lab/text.ts';
import type { Tutorial } from '../../lab/tutorial.ts';
import { root } from '../../platform/package-root.ts';

export interface ModuleTutorial {
  readonly tutorial: Tutorial;
  readonly gate?: Gate;
}

/** The API that `import … from 'labwright'` means in a tutorial, wherever its folder is: the one that belongs to this program. */
const api = fileURLToPath(import.meta.url).endsWith('.ts') ? join(root, 'src/index.ts') : join(root, 'dist/src/index.js');

/**
 * Loads a tutorial from a TypeScript or JavaScript module: its default export, or `tutorial`; and `gate`, if it exports one. This runs the module. Its
 * files are in its own folder unless it says otherwise. Throws LabError E_LAB_INVALID, and TutorialError with every structural problem.
 */
export async function loadModule(path: string): Promise<ModuleTutorial> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, { alias: { labwright: api }, fsCache: false });
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await jiti.import<Readonly<Record<string, unknown>>>(path);
  } catch (error) {
    if (error instanceof LabError) throw error;
    const message = multiLine(
      String(error instanceof Error ? (error.stack?.split('\n').slice(0, 3).join('\n') ?? error.message) : error),
    );
    throw new LabError(
      'E_LAB_INVALID',
      text(`${path} can't be loaded: ${message}`, `無法載入 ${path}：${message}`),
      text('correct the module; `npx tsc --noEmit` shows type errors', '請修正這個模組；`npx tsc --noEmit` 會顯示型別錯誤'),
      { cause: error },
    );
  }
  const found = [module['default'], module['tutorial']].find(isTutorial);
  if (!found)
    throw new LabError(
      'E_LAB_INVALID',
      text(`${path} exports no tutorial`, `${path} 沒有匯出教學`),
      text('write `export default defineTutorial({…})`', '請寫 `export default defineTutorial({…})`'),
    );
  const tutorial = { ...found, dir: found.dir ?? dirname(path) };
  const [first, ...others] = structureFindings(tutorial);
  if (first) throw new TutorialError(tutorial.id, [first, ...others]);
  const gate = module['gate'] as Gate | undefined;
  return { tutorial, ...(gate ? { gate } : {}) };
}

const isTutorial = (value: unknown): value is Tutorial =>
  typeof value === 'object' && value !== null && ['id', 'title', 'stacks', 'labs'].every((key) => key in value);
