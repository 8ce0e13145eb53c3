import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { composeScale } from '../../../../labs/compose-scale/index.ts';
import { lintMarkdown } from '../../../../src/authoring/lint/markdown.ts';
import { loadMarkdown } from '../../../../src/authoring/markdown/load-tutorial.ts';
import type { Step, Tutorial } from '../../../../src/lab/tutorial.ts';
import { markdownComposeScale } from '../../../fixtures/compose-scale-md.ts';

/** The tutorial that ships in TypeScript, written in Markdown, is the same tutorial. */

const dir = markdownComposeScale();

const stepsOf = ({ labs }: Tutorial): (readonly [string, Step])[] =>
  labs.flatMap((lab) => lab.steps.map((step) => [`${lab.id}/${step.id}`, step] as const));

/** By lab and step, without what is specific to the language of the file. */
const each = <T>(tutorial: Tutorial, of: (step: Step) => T) =>
  Object.fromEntries(stepsOf(tutorial).map(([at, step]) => [at, of(step)]));

test('the chapter in Markdown has no findings', async () => {
  const { findings } = await lintMarkdown(dir, dir);
  assert.equal(findings, []);
});

test('the chapter in Markdown has the labs, steps and checks of the one in TypeScript', async () => {
  const { tutorial } = await loadMarkdown(dir);
  assert.ok(tutorial);
  const labs = (one: Tutorial) => one.labs.map(({ id, stack, needs, learned }) => ({ id, stack, needs, learned: learned?.en }));
  assert.equal(labs(tutorial), labs(composeScale));
  const checks = ({ verify }: Step) => verify.map(({ id }) => id).sort();
  assert.equal(each(tutorial, checks), each(composeScale, checks));
});

test('it has the same claims, tasks, hints, recaps and files', async () => {
  const { tutorial } = await loadMarkdown(dir);
  assert.ok(tutorial);
  const texts = ({ title, task, recap, returnsToStart, laterThanStart, verify, show }: Step) => ({
    ...{ title: title.en, task: task?.en, recap: recap?.en, returnsToStart, laterThanStart },
    claims: verify.map(({ id, claim }) => `${id}: ${claim.en}`).sort(),
    files: show?.map(({ file }) => file),
  });
  assert.equal(each(tutorial, texts), each(composeScale, texts));
  assert.equal(
    each(tutorial, ({ hints }) => hints.slice(0, 2).map(({ en }) => en)),
    each(composeScale, ({ hints }) => hints.slice(0, 2).map(({ en }) => en)),
  );
});

test('its stacks have the same roles, ports and files', async () => {
  const { tutorial } = await loadMarkdown(dir);
  assert.ok(tutorial);
  for (const [name, spec] of Object.entries(composeScale.stacks)) {
    const { trusted: _, proxy, ...data } = spec;
    const { proxy: inMarkdown, ...same } = tutorial.stacks[name] ?? {};
    assert.equal(same, data);
    // what writes and reads the proxy's configuration are functions, which only TypeScript has
    const fields = proxy && {
      ...{ role: proxy.role, upstream: proxy.upstream },
      confDir: proxy.confDir,
      confFiles: proxy.confFiles,
    };
    assert.equal(inMarkdown, fields);
  }
});

test.run();
