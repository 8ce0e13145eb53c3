import { shell } from '../../../platform/system-command.ts';
import { label } from './recipes.ts';

/** An image on the engine: its ID, and the hash of its recipe if it was built here. */
export interface Present {
  readonly id: string;
  readonly label?: string;
}

export async function inspect(env: Readonly<Record<string, string>>, ref: string): Promise<Present | undefined> {
  const found = await shell({ env })`docker image inspect --format ${'{{json .Id}} {{json .Config.Labels}}'} ${ref}`;
  if (!found.ok) return undefined;
  const [id = '', ...labels] = found.stdout.trim().split(' ');
  const value = (JSON.parse(labels.join(' ')) as Record<string, string> | null)?.[label];
  return { id: JSON.parse(id) as string, ...(value === undefined ? {} : { label: value }) };
}
