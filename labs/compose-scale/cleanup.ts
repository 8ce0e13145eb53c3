import { allExited, containersGone, networkRemains } from '../../src/checks/cleanup.ts';
import { defineLab } from '../../src/lab/define.ts';
import { text } from '../../src/lab/text.ts';
import { base } from './stacks.ts';

/** Stop, then remove; and what is left even then. */
export const cleanup = defineLab({
  id: 'cleanup',
  title: text('Cleanup', '環境清理'),
  learned: text(
    '`stop` keeps the containers, `rm` removes them, and `down` removes the networks too.',
    '`stop` 保留容器，`rm` 移除容器，`down` 連網路也一起移除。',
  ),
  stack: base,
  needs: ['setup'],
  steps: [
    {
      id: 'stop',
      title: text('Stop the containers', '停止容器'),
      task: text('Stop all containers, without removing them.', '停止所有容器，但不要移除。'),
      teach: text(
        '`stop` sends SIGTERM to each program; after 10 s it kills what still runs.\nStopped containers are still there, with their logs and exit codes.',
        '`stop` 會要求每個程式結束（SIGTERM），10 秒後強制終止還沒結束的。\n停止的容器仍然存在，日誌和結束碼也都保留。',
      ),
      recap: text(
        'Each program received SIGTERM and ended. The containers still exist: `docker compose ps -a` lists them with their exit codes.',
        '每個程式都收到 SIGTERM 並結束。容器仍然存在：`docker compose ps -a` 會列出它們和結束碼。',
      ),
      hints: [
        text('Stopping and removing are two different things.', '停止和移除是兩個不同的動作。'),
        text('First the containers only stop.', '一開始只停止容器。'),
        text('docker compose stop', 'docker compose stop'),
      ],
      run: async (stack) => {
        await stack.compose`stop`;
      },
      verify: [allExited()],
    },
    {
      id: 'rm',
      title: text('Remove the containers', '移除容器'),
      task: text('Remove the stopped containers.', '移除已停止的容器。'),
      teach: text(
        '`rm` removes the stopped containers; `-f` skips the confirmation.\nThe network and the images remain: `down` would remove the network as well.',
        '`rm` 會移除已停止的容器；`-f` 會略過確認。\n網路和映像檔會保留：`down` 才會連同網路一起移除。',
      ),
      recap: text(
        'The containers are gone. The network and the images are still there, and the next `up` uses them again.',
        '容器已經移除。網路和映像檔都還在，下次 `up` 會繼續使用。',
      ),
      hints: [
        text('What has stopped can be removed.', '已停止的容器可以移除。'),
        text('The command removes stopped containers only, and asks first.', '這個指令只移除已停止的容器，而且會先詢問。'),
        text('docker compose rm -f', 'docker compose rm -f'),
      ],
      run: async (stack) => {
        await stack.compose`rm -f`;
      },
      verify: [containersGone(), networkRemains()],
    },
  ],
});
