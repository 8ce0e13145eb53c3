import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksOfLines, blocksOfMarkdown } from '../../../../../src/learn/web/content/markdown.ts';

test('lines: only backticks have a meaning', () => {
  assert.equal(blocksOfLines('Type `a * b`, not *c* or _d_.\n<b>2 & 3</b> [x](y) &amp; \\*'), [
    {
      kind: 'paragraph',
      content: [
        { kind: 'text', text: 'Type ' },
        { kind: 'code', text: 'a * b' },
        { kind: 'text', text: ', not *c* or _d_.' },
      ],
    },
    { kind: 'paragraph', content: [{ kind: 'text', text: '<b>2 & 3</b> [x](y) &amp; \\*' }] },
  ]);
});

test('lines: two backticks contain one, and one that is not closed is a character', () => {
  assert.equal(blocksOfLines('``a`b`` and `c'), [
    {
      kind: 'paragraph',
      content: [
        { kind: 'code', text: 'a`b' },
        { kind: 'text', text: ' and `c' },
      ],
    },
  ]);
});

test('invisible characters are shown', () => {
  assert.equal(blocksOfLines('a\u202eb'), [{ kind: 'paragraph', content: [{ kind: 'text', text: 'a[U+202E]b' }] }]);
  assert.match(JSON.stringify(blocksOfMarkdown('a\u202eb')), 'a[U+202E]b');
});

test('Markdown: paragraphs, bold, lists, quotations, code', () => {
  assert.equal(blocksOfMarkdown('One **two\nthree** `four`.\n\n1. a\n2. b\n\n> c\n\n```sh\nls\n\npwd\n```\n\n#### d'), [
    {
      kind: 'paragraph',
      content: [
        { kind: 'text', text: 'One ' },
        { kind: 'strong', content: [{ kind: 'text', text: 'two three' }] },
        { kind: 'text', text: ' ' },
        { kind: 'code', text: 'four' },
        { kind: 'text', text: '.' },
      ],
    },
    {
      kind: 'list',
      ordered: true,
      items: [
        [{ kind: 'paragraph', content: [{ kind: 'text', text: 'a' }] }],
        [{ kind: 'paragraph', content: [{ kind: 'text', text: 'b' }] }],
      ],
    },
    { kind: 'quote', content: [{ kind: 'paragraph', content: [{ kind: 'text', text: 'c' }] }] },
    { kind: 'code', shell: true, lines: [[{ text: 'ls' }], [], [{ text: 'pwd' }]] },
    { kind: 'heading', content: [{ kind: 'text', text: 'd' }] },
  ]);
});

test('Markdown: only links to the web are links', () => {
  const [block] = blocksOfMarkdown(
    '[a](https://docs.docker.com/x) [b](javascript:alert(1)) [c](stack/compose.yaml) [d](HTTP://e.org) [e](https://) [f](data:text/html,x)',
  );
  assert.equal(block, {
    kind: 'paragraph',
    content: [
      { kind: 'link', href: 'https://docs.docker.com/x', content: [{ kind: 'text', text: 'a' }] },
      { kind: 'text', text: ' b c ' },
      { kind: 'link', href: 'http://e.org/', content: [{ kind: 'text', text: 'd' }] },
      { kind: 'text', text: ' e f' },
    ],
  });
});

test('Markdown: HTML is text, an image its description, and other nodes their text', () => {
  assert.equal(blocksOfMarkdown('<script>alert(1)</script>\n\na <b>c</b> ![photo](x.png)\n\n[x]: y\n\n---\n\n[z][x]'), [
    { kind: 'paragraph', content: [{ kind: 'text', text: '<script>alert(1)</script>' }] },
    { kind: 'paragraph', content: [{ kind: 'text', text: 'a <b>c</b> photo' }] },
    { kind: 'paragraph', content: [{ kind: 'text', text: 'z' }] },
  ]);
});

test('Markdown that is nested too deep is text', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  const quoted = blocksOfMarkdown(`${'> '.repeat(60)}end`);
  assert.ok(depthOf(quoted) < 50, String(depthOf(quoted)));
  assert.match(JSON.stringify(quoted), '"text":"end"');
  const stars = blocksOfMarkdown(`${'*a '.repeat(40)}end${'*'.repeat(40)}`);
  assert.ok(depthOf(stars) < 60, String(depthOf(stars)));
  assert.match(JSON.stringify(stars), 'end');
});

test.run();
