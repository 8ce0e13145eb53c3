import { eachAnswers, isReady } from '../../src/checks/answers.ts';
import { dnsResolves } from '../../src/checks/dns.ts';
import { requestEach } from '../../src/checks/evidence/sample.ts';
import { hasOwnAddresses, hasReplicas, isUntouched, othersAreGone } from '../../src/checks/replicas.ts';
import { requires } from '../../src/lab/check.ts';
import { defineLab } from '../../src/lab/define.ts';
import { text } from '../../src/lab/text.ts';
import { base } from './stacks.ts';

const direct = requestEach('flask');

/** One replica becomes three, and one again; nobody else is touched. */
export const scale = defineLab({
  id: 'scale',
  title: text('Horizontal scaling', '水平擴展'),
  learned: text(
    '`--scale` sets the number of replicas; Compose only adds or removes the difference.',
    '`--scale` 設定副本的總數，Compose 只增加或移除相差的部分。',
  ),
  stack: base,
  needs: ['setup'],
  steps: [
    {
      id: 'out',
      title: text('Scale out to three', '擴展為三個'),
      task: text(
        'Run three replicas of flask instead of one, and leave the other services as they are.',
        '把 flask 從一個副本擴展為三個，其他服務保持不變。',
      ),
      teach: text(
        '`--scale flask=3` adds two containers from the same image; all others stay.\nThe first container and the other services keep running unchanged. It works because flask publishes no fixed port and has no fixed name.',
        '`--scale flask=3` 用同一個映像檔新增兩個容器，其他容器保持不變。\n原有的容器和其他服務都繼續執行。可以擴展，是因為 flask 沒有發佈固定的連接埠，也沒有固定的容器名稱。',
      ),
      show: [{ file: 'compose.yaml', lines: ['build: ./flask', 'image: ${FLASK_IMAGE:-flask-demo:latest}'] }],
      recap: text(
        'Two containers were added from the same image; the first one was not restarted. The name flask now has three addresses.',
        'Compose 用同一個映像檔新增了兩個容器，原有的容器沒有重新啟動。現在名稱 flask 有三個位址。',
      ),
      hints: [
        text('The number of replicas is an option of the command that starts the stack.', '副本數量是啟動服務那個指令的選項。'),
        text('The option is `--scale`, and it takes a service and a number.', '選項是 `--scale`，後面接服務名稱和數量。'),
        text('docker compose up -d --scale flask=3', 'docker compose up -d --scale flask=3'),
      ],
      run: async (stack) => {
        await stack.compose`up -d --scale ${stack.service('flask')}=3`;
        await stack.compose`ps`;
      },
      verify: [
        hasReplicas('flask', 3),
        ...requires(['flask-has-3-replicas'], hasOwnAddresses('flask', 3), dnsResolves('flask', 3), isReady('flask')),
        ...requires(['flask-is-ready'], eachAnswers('flask', direct)),
        isUntouched('redis'),
        isUntouched('client'),
      ],
    },
    {
      id: 'in',
      returnsToStart: true,
      title: text('Scale in to one', '縮減為一個'),
      task: text('Go back to one replica of flask.', '讓 flask 回到一個副本。'),
      teach: text(
        'The same option removes replicas; DNS then no longer returns their addresses.\nCompose chooses which ones. What matters: one remains.',
        '同一個選項也能減少副本；之後 DNS 不再傳回它們的位址。\n移除哪幾個由 Compose 決定；重要的是保留一個。',
      ),
      recap: text(
        'Two containers were stopped and removed, and DNS no longer returns their addresses. The number was not lost: Redis stores it, not flask.',
        '兩個容器已停止並移除，DNS 也不再傳回它們的位址。數字沒有遺失：它存放在 Redis，不在 flask 裡。',
      ),
      hints: [
        text('Scale in as you scaled out, with another number.', '縮減的方法和擴展一樣，只是換個數字。'),
        text('`--scale` sets the total number, not how many to add.', '`--scale` 指定的是總數，不是要增加多少。'),
        text('docker compose up -d --scale flask=1', 'docker compose up -d --scale flask=1'),
      ],
      run: async (stack) => {
        await stack.compose`up -d --scale ${stack.service('flask')}=1`;
        await stack.compose`ps`;
      },
      verify: [
        hasReplicas('flask', 1),
        ...requires(['flask-has-1-replica'], othersAreGone('flask', 1), dnsResolves('flask', 1), isReady('flask')),
        ...requires(['flask-is-ready'], eachAnswers('flask', direct)),
        isUntouched('redis'),
        isUntouched('client'),
      ],
    },
  ],
});
