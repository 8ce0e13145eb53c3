import type { Egress } from './egress.ts';
import { defaultPorts } from './package-hosts.ts';

/** How long the look for an index may take, and at how many hosts it looks. */
const [lookMs, most] = [3000, 8];

/** Whether one of these hosts accepts a connection within 3 s. */
export async function indexAnswers(
  hosts: readonly string[],
  { connect }: Pick<Egress, 'connect'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const end = () => over.abort(new Error('the look for an index is over'));
  const timer = setTimeout(end, lookMs);
  signal?.addEventListener('abort', end, { once: true });
  const ended = new Promise<never>((_, reject) => over.signal.addEventListener('abort', () => reject(over.signal.reason)));
  const named = hosts.filter((host) => !host.startsWith('*')).slice(0, most);
  const attempts = named.flatMap((listed) => {
    const [host = '', port] = listed.split(':');
    const ports = port === undefined ? Object.values(defaultPorts) : [Number(port)];
    return ports.map(async (one) => (await connect(host, one, over.signal)).destroy());
  });
  try {
    await Promise.race([Promise.any(attempts), ended]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    end();
  }
}
