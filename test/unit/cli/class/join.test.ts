import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askToJoin } from '../../../../src/cli/class/join.ts';
import type { Cli } from '../../../../src/cli/context.ts';
import { type Lang, langs } from '../../../../src/lab/text.ts';
import { writeJoinCode } from '../../../../src/learn/class/join-code.ts';
import { joinMessage, stateMessage } from '../../../../src/learn/class/protocol.ts';

const join = writeJoinCode({ address: '192.0.2.7', port: 8443, fingerprint: new Uint8Array(16), secret: new Uint8Array(6) });

/** What a learner reads before joining. */
async function shown(lang: Lang): Promise<string> {
  const written: string[] = [];
  const err = { interactive: false, stream: new PassThrough(), write: (part: string) => written.push(part) };
  const cli = { err, lang, unattended: true, signal: new AbortController().signal } as unknown as Cli;
  assert.is((await askToJoin(cli, { join, nickname: ' Ann ' }))?.nickname, 'Ann');
  return written.join('');
}

/** Of each field of a message, what the learner reads. */
const fields: Readonly<Record<string, Record<Lang, string>>> = {
  nickname: { en: 'your nickname: Ann\n', 'zh-TW': '你的暱稱：Ann\n' },
  tutorial: { en: 'which tutorial it is', 'zh-TW': '是哪一份教學' },
  steps: { en: 'how many steps it has', 'zh-TW': '共有幾個步驟' },
  at: { en: 'the step you are at', 'zh-TW': '你所在的步驟' },
  passed: { en: 'how many steps have passed', 'zh-TW': '通過的步驟數' },
  phase: { en: 'whether the engine answers', 'zh-TW': '引擎是否有回應' },
  help: { en: 'whether you ask for help', 'zh-TW': '你是否請求協助' },
};
/** These say nothing about the learner: the first is in the join code, and the other is random. */
const keys = ['secret', 'own'];

test('before joining, the learner reads of each field of the messages, and of the address', async () => {
  const sent = [...Object.keys(joinMessage.shape), ...Object.keys(stateMessage.shape)];
  assert.equal(sent.toSorted(), [...Object.keys(fields), ...keys].toSorted());
  for (const lang of langs) {
    const text = await shown(lang);
    for (const [field, said] of Object.entries(fields)) assert.match(text, said[lang], field);
    assert.match(text, '192.0.2.7');
  }
});

test.run();
