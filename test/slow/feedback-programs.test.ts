// without an engine
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeGradebook } from '../../src/grade/export/write.ts';
import { entries, gradebook, nasty } from '../fixtures/gradebook.ts';
import { libraryFolder, unpackedPackages } from '../helpers/debian-packages.ts';
import { folder } from '../helpers/folder.ts';

/** The files for students, as the programs that read them in earnest do: unzip, Python, PHP (Moodle's), mu, msmtp, cmark-gfm (GitHub's), gh. */

const run = promisify(execFile);
const packages = ['php8.2-cli', 'php8.2-zip', 'python3', 'maildir-utils', 'msmtp', 'cmark-gfm', 'gh'];
const root = await unpackedPackages('feedback-programs', packages);
const libraries = ['usr/lib', 'lib'].map((at) => join(root, at, libraryFolder)).join(delimiter);
const program = async (name: string, args: readonly string[]): Promise<string> =>
  (await run(join(root, 'usr/bin', name), [...args], { env: { ...process.env, LD_LIBRARY_PATH: libraries }, encoding: 'utf8' }))
    .stdout;

const inMoodle = (number: string) => ({ Identifier: `Participant ${number}` });
const dir = folder();
const names = ['王小明', '王小明', `a_99_assignfeedback_file_${nasty.slice(0, 200)}`, 'Lin, "TA"\r\nBcc: eve@evil.example'];
await writeGradebook(
  dir,
  {
    ...gradebook,
    entries: names.map((name, at) => ({
      ...entries.one,
      student: {
        id: `b${at}`,
        name,
        email: `b${at}@school.example`,
        columns: inMoodle(`${700 + at}`),
        lang: at === 1 ? 'zh-TW' : 'en',
      },
    })),
  },
  'en',
  { mailFrom: { name: '林老師', address: 'ta@school.example' } },
);
const zip = join(dir, 'moodle-feedback.zip');
const mails = readdirSync(join(dir, 'mail')).map((name) => join(dir, 'mail', name));

test('unzip and Python read the zip file for Moodle', async () => {
  assert.match((await run('unzip', ['-t', zip])).stdout, 'No errors detected');
  const listing = await program('python3', [
    '-c',
    'import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps([z.testzip(), z.namelist()]))',
    zip,
  ]);
  const [damaged, found] = JSON.parse(listing);
  assert.is(damaged, null);
  assert.is(found[0], '王小明_700_assignfeedback_file/feedback.html');
  assert.is(found.length, names.length);
});

/** The rules of Moodle 4 and 5 for an entry (is_valid_filename_for_import): parts between `_`, of which the second is the participant. */
const asMoodle = `
  $zip = new ZipArchive; $zip->open($argv[1]); $all = [];
  for ($i = 0; $i < $zip->numFiles; $i++) {
    $parts = explode('_', explode('/', $zip->getNameIndex($i))[0], 5);
    $all[] = count($parts) >= 4 && is_numeric($parts[1]) ? [$parts[1] + 0, $parts[2], $parts[3], strlen($zip->getFromIndex($i)) > 9000] : null;
  }
  echo json_encode($all);`;

test('PHP opens it, and each entry belongs to its participant', async () => {
  const [extensions] = readdirSync(join(root, 'usr/lib/php')).filter((name) => /^\d{8}$/.test(name));
  const php = ['-n', '-d', `extension_dir=${join(root, 'usr/lib/php', extensions ?? '')}`, '-d', 'extension=zip'];
  const found = await program('php8.2', [...php, '-r', asMoodle, '--', zip]);
  assert.equal(
    JSON.parse(found),
    names.map((_, at) => [700 + at, 'assignfeedback', 'file', true]),
  );
});

/** Prints what the strict parser of Python's \`email\` finds; any defect is an error. */
const strictly = `
import email, email.policy, json, sys
mail = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.SMTP.clone(raise_on_defect=True))
to = mail['To'].addresses
print(json.dumps({'keys': mail.keys(), 'defects': [str(d) for k in mail.keys() for d in mail[k].defects], 'to': [a.addr_spec for a in to],
  'name': to[0].display_name, 'from': mail['From'].addresses[0].display_name, 'subject': mail['Subject'], 'date': mail['Date'].datetime.isoformat(),
  'type': mail.get_content_type(), 'text': mail.get_content()}))`;

test('mails: Python parses them without a defect', async () => {
  for (const [at, file] of mails.entries()) {
    const mail = JSON.parse(await program('python3', ['-c', strictly, file]));
    assert.equal(mail.defects, []);
    assert.equal(mail.to, [`b${at}@school.example`]);
    assert.is(mail.keys.length, new Set(mail.keys).size);
    assert.not.ok(mail.keys.some((key: string) => /^b?cc$/i.test(key)));
    assert.is(mail.from, '林老師');
    assert.is(mail.subject, at === 1 ? '作業回饋：水平擴展與負載平衡' : 'Feedback: Horizontal scaling and load balancing');
    assert.is(mail.date, '2026-11-22T08:30:00+00:00');
    assert.is(mail.type, 'text/plain');
    assert.match(mail.text, at === 1 ? /根本原因\r?\n- −40\.3[\s\S]*下一步: 讓/ : /Cause\r?\n- −40\.3[\s\S]*try next: let nginx/);
  }
  assert.is(JSON.parse(await program('python3', ['-c', strictly, mails[0] ?? ''])).name, '王小明');
});

test('mails: a mail program shows them', async () => {
  const shown = await program('mu', ['view', '--nocolor', mails[0] ?? '']);
  for (const part of [
    'From: 林老師 <ta@school.example>',
    'To: 王小明 <b0@school.example>',
    'Subject: Feedback: Horizontal',
    'try next: let nginx',
  ])
    assert.match(shown, part);
});

/** Accepts one mail and resolves to the recipients. */
async function recipients(deliver: (port: number) => Promise<unknown>): Promise<string[]> {
  const to: string[] = [];
  const server = createServer((socket: Socket) => {
    let body = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 test');
    createInterface({ input: socket }).on('line', (line) => {
      const [, recipient] = /^RCPT TO:<(.*)>/i.exec(line) ?? [];
      if (recipient !== undefined) to.push(recipient);
      if (body && line !== '.') return;
      if (body) body = false;
      else if (/^DATA/i.test(line)) body = true;
      say(body ? '354 go on' : /^QUIT/i.test(line) ? '221 bye' : '250 fine');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await deliver((server.address() as AddressInfo).port);
  server.close();
  return to;
}

test('mails: msmtp -t sends each to its student only', async () => {
  for (const [at, file] of mails.entries()) {
    const to = await recipients(async (port) => {
      const sending = run(
        join(root, 'usr/bin/msmtp'),
        ['--file=/dev/null', '--host=127.0.0.1', `--port=${port}`, '--auth=off', '--tls=off', '--from=ta@school.example', '-t'],
        { env: { ...process.env, LD_LIBRARY_PATH: libraries } },
      );
      sending.child.stdin?.end(readFileSync(file));
      await sending;
    });
    assert.equal(to, [`b${at}@school.example`]);
  }
});

test('comments: GitHub’s Markdown makes no link, picture, table or HTML of them, and adds nothing to the texts', async () => {
  for (const name of readdirSync(join(dir, 'comments'))) {
    const extensions = ['autolink', 'table', 'strikethrough', 'tagfilter'].flatMap((one) => ['-e', one]);
    const page = await program('cmark-gfm', [...extensions, join(dir, 'comments', name)]);
    assert.equal([...new Set(page.match(/<\w+/g))].sort(), ['<h3', '<h4', '<li', '<p', '<strong', '<ul']);
    assert.not.match(page, /\\[@#:(]/, 'no escape is left');
  }
});

test('gh has the options of the commands in README.md', async () => {
  for (const command of ['pr', 'issue']) {
    const help = await program('gh', [command, 'comment', '--help']);
    assert.match(help, /-F, --body-file/);
    assert.match(help, /-R, --repo/);
  }
});

test.run();
