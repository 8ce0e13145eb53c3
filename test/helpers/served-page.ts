import type { Press, ServerEvents } from '../../src/learn/web/protocol.ts';
import type { Started } from './bin.ts';

type Events = Partial<ServerEvents>;

/** A page that a program serves, as a browser without a screen. */
export interface ServedPage {
  readonly url: string;
  /** The newest of each event. */
  readonly newest: Events;
  /** Resolves as soon as the newest events are so; rejects if the server ends before. */
  until(isSo: (newest: Events) => boolean): Promise<Events>;
  press(press: Press): Promise<void>;
  close(): void;
}

/** Opens the page whose address the program printed. */
async function openPage(printed: string): Promise<ServedPage> {
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(printed) ?? [];
  const { origin } = new URL(url);
  const exchanged = await fetch(url, { redirect: 'manual' });
  const cookie = exchanged.headers.get('set-cookie')?.split(';')[0] ?? '';
  // the page is below a path that only the answer to the token says
  const base = new URL(exchanged.headers.get('location') ?? '/', origin);
  const stop = new AbortController();
  const { body, status } = await fetch(new URL('events', base), { headers: { cookie }, signal: stop.signal });
  if (status !== 200 || !body) throw new Error(`/events answered ${status}`);
  const newest: { -readonly [name in keyof Events]: Events[name] } = {};
  const waiting = new Set<() => void>();
  let isOver = false;
  const wake = () => {
    for (const one of waiting) one();
  };
  const read = async () => {
    let text = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const blocks = `${text}${chunk}`.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, name, data] = /^event: (\S+)\ndata: (.*)$/m.exec(block) ?? [];
        if (name !== undefined) newest[name as keyof Events] = JSON.parse(data ?? '');
      }
      wake();
    }
  };
  read()
    .catch(() => undefined) // closed
    .finally(() => {
      isOver = true;
      wake();
    });
  return {
    url,
    newest,
    until: (isSo) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const done = isSo(newest);
          if (!done && !isOver) return;
          waiting.delete(check);
          if (done) resolve({ ...newest });
          else reject(new Error(`the page ended: ${JSON.stringify(newest.run ?? newest.learn)}`));
        };
        waiting.add(check);
        check();
      }),
    press: async (press) => {
      const headers = { cookie, origin, 'content-type': 'application/json' };
      const answer = await fetch(new URL('press', base), { method: 'POST', headers, body: JSON.stringify(press) });
      if (!answer.ok) throw new Error(`/press answered ${answer.status}`);
    },
    close: () => stop.abort(),
  };
}

/** The page of a program that was started, as soon as its address is printed. */
export async function pageOf(program: Started, stream: 'stdout' | 'stderr'): Promise<ServedPage> {
  let printed = '';
  program.child[stream]?.on('data', (text: string) => {
    printed += text;
  });
  await program.until('Ctrl-C ends it.', stream);
  try {
    return await openPage(printed);
  } catch (error) {
    program.child.kill('SIGTERM');
    await program.ended;
    throw error;
  }
}
