import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressIn, parseMailbox, renderMail } from '../../../../../src/grade/export/feedback/mail.ts';
import { filesOf } from '../../../../../src/grade/export/formats.ts';
import type { Student } from '../../../../../src/grade/types.ts';
import { entries, gradebook, nasty } from '../../../../fixtures/gradebook.ts';
import { anyUnseen, unseen } from '../../../../fixtures/unseen.ts';

const from = { name: '林老師', address: 'ta@school.example' };
const mailTo = (student: Partial<Student>) => {
  const entry = { ...entries.one, student: { ...entries.one.student, ...student } };
  return renderMail(gradebook, entry, { from, to: 'ann@school.example', lang: 'en' });
};
/** The fields, unfolded, and the text. */
function read(mail: string): { fields: Map<string, string>; body: string } {
  const [head = '', coded = ''] = mail.split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n(?= )/g, '').split('\r\n');
  const fields = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  assert.is(fields.size, lines.length, 'each field once');
  return { fields, body: Buffer.from(coded, 'base64').toString() };
}
const decoded = (value: string): string =>
  value
    .replaceAll(/(?<=\?=) (?==\?)/g, '')
    .replaceAll(/=\?utf-8\?B\?([A-Za-z0-9+/]+={0,2})\?=/g, (_, coded: string) => Buffer.from(coded, 'base64').toString());

test('the fields of a mail, and its text', () => {
  const { fields, body } = read(mailTo({}));
  assert.equal(
    [...fields.keys()],
    [
      ...['Date', 'From', 'To', 'Subject', 'Message-ID', 'MIME-Version', 'Content-Type', 'Content-Language'],
      ...['Content-Transfer-Encoding', 'X-Unsent'],
    ],
  );
  assert.is(fields.get('Date'), 'Sun, 22 Nov 2026 08:30:00 +0000');
  assert.is(decoded(fields.get('From') ?? ''), '林老師 <ta@school.example>');
  assert.is(decoded(fields.get('To') ?? ''), '陳美麗 <ann@school.example>');
  assert.is(decoded(fields.get('Subject') ?? ''), 'Feedback: Horizontal scaling and load balancing');
  assert.match(body, /\r\nCause\r\n/);
  assert.not.match(body, /[^\r]\n/);
});

test('no line is longer than 76 characters, and all are ASCII', () => {
  for (const name of ['陳'.repeat(90), '👩‍💻'.repeat(40), nasty, 'a'.repeat(90)])
    for (const line of mailTo({ name }).split('\r\n')) assert.match(line, /^[ -~]{0,76}$/);
});

test('a name cannot add a field, an address or a part', () => {
  const names = [
    'A\r\nBcc: eve@evil.example',
    'A\nB: c',
    'eve@evil.example,',
    '"x" <eve@evil.example>',
    '=?utf-8?Q?=0ABcc:x?=',
    'a,b;c:d',
    nasty,
  ];
  const fields = [...read(mailTo({})).fields.keys()];
  for (const name of names) {
    const mail = read(mailTo({ name }));
    assert.equal([...mail.fields.keys()], fields);
    const to = mail.fields.get('To') ?? '';
    assert.match(to, /^(?:=\?utf-8\?B\?[A-Za-z0-9+/=]+\?= ?)+<ann@school\.example>$/, 'one address, the name is encoded');
    assert.not.match(decoded(to), /[\r\n]/);
  }
});

test('no invisible character of a name reaches the reader', () => {
  for (let at = 0; at < unseen.length; at += 40) {
    const { fields, body } = read(mailTo({ name: unseen.slice(at, at + 40).join('') }));
    assert.not.match(decoded(fields.get('To') ?? ''), anyUnseen);
    assert.not.match(body.replaceAll('\r\n', '\n'), anyUnseen);
  }
});

test('addresses: only the plain form', () => {
  for (const fine of ['a@b.example', "o'brien+lab@cs.school.example", 'x@localhost']) assert.is(addressIn(` ${fine} `), fine);
  for (const wrong of [
    ...['', undefined, 'a', '@b.example', 'a@', 'a@@b.example', 'a@b.example, c@d.example', 'a@b.example\r\nBcc: c@d.example'],
    ...[
      'a@b.example\n',
      '-@-.example',
      'a@b..example',
      '.a@b.example',
      '"a b"@c.example',
      'a@[127.0.0.1]',
      '陳@b.example',
      'a@b.example>',
    ],
    ...[`${'a'.repeat(65)}@b.example`, `a@${'b.'.repeat(130)}c`],
  ])
    assert.is(addressIn(wrong), wrong === 'a@b.example\n' ? 'a@b.example' : undefined, JSON.stringify(wrong));
});

test('the sender: an address, perhaps with a name', () => {
  assert.equal(parseMailbox('ta@school.example'), { address: 'ta@school.example' });
  assert.equal(parseMailbox('林老師 <ta@school.example>'), { name: '林老師', address: 'ta@school.example' });
  assert.equal(parseMailbox('"Lin, TA" <ta@school.example>'), { name: 'Lin, TA', address: 'ta@school.example' });
  for (const wrong of ['', 'ta', 'Lin <ta>', 'a@b.example c@d.example', 'Lin <a@b.example> <c@d.example>'])
    assert.is(parseMailbox(wrong), undefined, wrong);
});

test('mails only with a sender, and only to addresses that one student has', () => {
  const at = (id: string, email?: string) => ({
    ...entries.one,
    student: { id, name: '王小明', ...(email === undefined ? {} : { email }) },
  });
  const all = [
    at('a', 'a@school.example'),
    at('b', 'Shared@school.example'),
    at('c', 'shared@school.example'),
    at('d'),
    at('e', 'e@x.example\nBcc: f@x.example'),
  ];
  const paths = (...more: Parameters<typeof filesOf>[2][]) =>
    filesOf({ ...gradebook, entries: all }, 'en', ...more)
      .map(({ path }) => path)
      .filter((path) => path.startsWith('mail/'));
  assert.equal(paths({ mailFrom: from }), ['mail/a.eml']);
  assert.equal(paths(), []);
});

test('the same feedback has the same Message-ID; another student’s has another', () => {
  const id = (mail: string) => /^Message-ID: (<[0-9a-f]{32}@school\.example>)\r$/m.exec(mail)?.[1];
  assert.ok(id(mailTo({})));
  assert.is(id(mailTo({})), id(mailTo({})));
  assert.is.not(id(mailTo({})), id(mailTo({ name: 'Ann' })));
});

test.run();
