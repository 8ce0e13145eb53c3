import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tutorials } from '../labs/index.ts';
import { type Lang, langs } from '../src/lab/text.ts';
import { root } from '../src/platform/package-root.ts';
import { lab } from './helpers/lab.ts';
import { terminalSvg, themeNames } from './helpers/terminal-svg.ts';

/** Writes the pictures of README (`npm run picture`): runs the tutorial on a real engine and draws two of its steps and the end. */

const drawnSteps = ['scale', 'restart'];

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes
const withoutStyle = (line: string) => line.replace(/\x1b\[\d+m/g, '');
const indent = (line: string) => /^ */.exec(withoutStyle(line))?.[0].length ?? 0;

/** The lines from a step's title to the next empty line. */
function stepLines(transcript: readonly string[], title: string): string[] {
  const start = transcript.findIndex((line) => withoutStyle(line).startsWith(`  ${title}  `));
  if (start < 0) throw new Error(`the transcript lacks the step “${title}”`);
  const length = transcript.slice(start).indexOf('');
  return transcript.slice(start, length < 0 ? undefined : start + length);
}

/** The title, each command with its output, and the checks that draw bars. */
function excerpt([title = '', ...rest]: readonly string[]): string[] {
  const blocks: string[][] = [];
  for (const line of rest) {
    const last = blocks.at(-1);
    if (last && indent(line) > 4) last.push(line);
    else blocks.push([line]);
  }
  const shown = blocks.flatMap((block) => {
    const [first = ''] = block;
    if (/^ {4}[a-z]/.test(withoutStyle(first))) return block;
    return block.some((line) => line.includes('█')) ? block : [];
  });
  return [title, ...shown];
}

async function draw(lang: Lang): Promise<void> {
  const command = lang === 'en' ? ['run'] : ['run', '--lang', lang];
  const { exitCode, stdout, stderr } = await lab(command, { env: { FORCE_COLOR: '1' } });
  if (exitCode !== 0) throw new Error(`lab run exited with ${exitCode}\n${stdout}${stderr}`);
  const transcript = stdout.trimEnd().split('\n');
  const [tutorial] = tutorials;
  const shown = tutorial?.labs.find(({ id }) => id === 'nginx')?.steps.filter(({ id }) => drawnSteps.includes(id)) ?? [];
  const end = transcript.slice(transcript.lastIndexOf('') + 1);
  const lines = [
    `\x1b[2m$\x1b[22m npx lab ${command.join(' ')}`,
    '\x1b[2m…\x1b[22m',
    ...shown.flatMap(({ title }) => [...excerpt(stepLines(transcript, title[lang])), '']),
    '\x1b[2m…\x1b[22m',
    ...end,
  ];
  const label = shown.map(({ title }) => title[lang]).join(' / ');
  for (const theme of themeNames) writeFileSync(join(root, `assets/run-${lang}-${theme}.svg`), terminalSvg(lines, theme, label));
}

for (const lang of langs) await draw(lang);
