import { join } from 'node:path';
import { type Text, text } from '../../src/lab/text.ts';
import type { Wall, WallLearner } from '../../src/learn/class/wall.ts';
import type { WallContent } from '../../src/learn/class/wall-events.ts';
import { WallFeed } from '../../src/learn/class/wall-feed.ts';
import { startWallServer } from '../../src/learn/class/wall-server.ts';
import { loadPageFiles } from '../../src/learn/web/server/page-files.ts';

/** The page of the wall, served as `lab class` does it, with learners that a test makes up. */

const steps: readonly (readonly [key: string, title: Text])[] = [
  ['scale/up', text('Start the stack', '啟動服務')],
  ['scale/out', text('Scale out to three replicas', '擴展為三個副本')],
  ['scale/dns', text('Ask DNS for the addresses', '向 DNS 查詢位址')],
  ['scale/in', text('Scale in to one replica', '縮減為一個副本')],
  ['scale/down', text('Remove the stack', '移除服務')],
  ['nginx/up', text('Put nginx in front of three replicas', '在三個副本前面加上 nginx')],
  ['nginx/balance', text('See how requests are spread over the replicas', '觀察請求如何分配到各副本')],
  ['nginx/scale-out', text('Scale out behind nginx', '在 nginx 後面擴展')],
  ['nginx/stale', text('See that nginx keeps the old addresses', '觀察 nginx 仍使用舊的位址')],
  ['nginx/restart', text('Restart nginx so that it looks up the name again', '重新啟動 nginx，讓它重新查詢名稱')],
  ['nginx/down', text('Remove containers, networks and volumes', '移除容器、網路與磁碟區')],
  ['failover/stop', text('Stop one replica', '停止一個副本')],
  ['failover/retry', text('See how nginx retries the next replica', '觀察 nginx 如何改試下一個副本')],
  ['failover/health', text('Add a health check', '加上健康檢查')],
  ['failover/down', text('Remove everything', '全部移除')],
];
const given = [
  'Ann',
  '王小明',
  'Maximilian Oberhauser',
  '林佳蓉',
  'b10902099',
  'Zoë',
  '陳怡君',
  'WWWWWWWWWWWWWWWWWWWWWWWW',
  '李',
  '同學 7 號',
];

const now = 3_600_000;

/** A class at its steps: of ten learners, one asks for help, two have not moved for long, and one is away; some have finished. */
export const wallOf = (count: number): Wall =>
  Array.from({ length: count }, (_, at): WallLearner => {
    const index = Math.floor((at * 7 + at * at) % (count < 4 ? 3 : 15));
    const kind = at % 10;
    const name = given[at % given.length] ?? '';
    return {
      id: at,
      nickname: at < given.length ? name : `${name.slice(0, 21)} ${Math.floor(at / given.length) + 1}`,
      at: steps[index]?.[0] ?? '',
      ...{ passed: index, steps: steps.length, phase: kind === 8 ? 'finished' : 'working' },
      movedAt: kind === 4 || kind === 5 ? now - (12 + (at % 37)) * 60_000 : now - 90_000,
      ...(kind === 2 ? { helpSince: now - (at % 14) * 60_000 } : {}),
      ...(kind === 9 ? { awaySince: now - 1000 } : {}),
    };
  });

export interface WallPage extends AsyncDisposable {
  /** With the token. */
  readonly url: string;
  show(wall: Wall): void;
  /** The class ends. */
  end(): void;
  /** The server is gone, without a word. */
  close(): Promise<void>;
}

export async function openWallPage(lang: WallContent['lang'], first: Wall = []): Promise<WallPage> {
  let wall = first;
  const content: WallContent = {
    ...{ lang, title: text('Scaling and load balancing with Docker Compose', '用 Docker Compose 擴展與負載平衡') },
    code: 'F3KQ-92MX-7VTB-04RZ-HNPE-6D1J-WC8S-A5GY-Q3XK-M7TV-2B9R-8Z2M',
    steps: steps.map(([key, title]) => ({ key, title })),
  };
  const feed = new WallFeed(content, () => ({ now, wall }));
  const files = await loadPageFiles(join(import.meta.dirname, '../../dist/src/learn/class/page'));
  const server = await startWallServer(feed, files, lang);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= server.close();
    return closing;
  };
  return {
    url: server.url,
    show: (next) => {
      wall = next;
      feed.changed();
    },
    end: () => feed.end(text('over', '結束')),
    close,
    [Symbol.asyncDispose]: close,
  };
}
