import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tutorials } from '../labs/index.ts';
import { type Lang, langs } from '../src/lab/text.ts';
import { root } from '../src/platform/package-root.ts';
import { holdPort } from '../src/platform/port.ts';
import { readyEngine } from './helpers/engine.ts';
import { folder } from './helpers/folder.ts';
import { lab } from './helpers/lab.ts';
import { walk } from './helpers/learn-walk.ts';
import { terminalSvg, themeNames } from './helpers/terminal-svg.ts';
import { startTmux, type Terminal } from './helpers/tmux.ts';

/** Writes the pictures of README (`npm run picture`): runs the tutorial on a real engine and draws two of its steps and the end; then a learner's screen. */

const drawnSteps = ['scale', 'restart'];

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes
const withoutStyle = (line: string) => line.replace(/\x1b\[\d+m/g, '');
const indent = (line: string) => /^ */.exec(withoutStyle(line))?.[0].length ?? 0;

const separates = (line: string) => line === '' || /^ {2}\S.* -+ \S+$/.test(withoutStyle(line));

/** The lines from a step's title to the next step or empty line. */
function stepLines(transcript: readonly string[], title: string): string[] {
  const start = transcript.findIndex((line) => withoutStyle(line).startsWith(`  ${title} -`));
  if (start < 0) throw new Error(`the transcript lacks the step “${title}”`);
  const length = transcript.slice(start + 1).findIndex(separates);
  return transcript.slice(start, length < 0 ? undefined : start + 1 + length);
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

/** A learner's screen in the middle of a lab, from a real session in a terminal: the step after scaling behind nginx. */
async function drawLearn(lang: Lang): Promise<void> {
  const [engine, held, cwd] = [await readyEngine(), await holdPort(8000), folder()];
  const bin = folder({ lab: `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist/src/cli/main.js')} "$@"\n` });
  const env = {
    ...process.env,
    ...engine.compose.env,
    PATH: [bin, process.env.PATH].join(delimiter),
    LANG: lang === 'en' ? 'C.UTF-8' : 'zh_TW.UTF-8',
    NGINX_PORT: String(held.port),
  };
  let screen = '';
  const seen = async (at: string, _: string, learn: Terminal) => {
    if (at === 'nginx/restart') screen = await learn.screen({ colours: true });
  };
  try {
    await using tmux = await startTmux(env);
    const size = { columns: 80, rows: 24 };
    await walk({ tmux, size, cwd, compose: engine.compose.line, folders: ['nginx'], seen });
  } finally {
    await held.release();
    await engine.api.close();
  }
  const title = tutorials[0]?.labs.flatMap(({ steps }) => steps).find(({ id }) => id === 'restart')?.title[lang] ?? '';
  for (const theme of themeNames)
    writeFileSync(join(root, `assets/learn-${lang}-${theme}.svg`), terminalSvg(separateStyles(screen), theme, title));
}

/** tmux joins styles (`1;32`) and keeps them at the end of a line: each is written by itself, and again on the next line. */
function separateStyles(screen: string): string[] {
  let active = '';
  return screen.split('\n').map((line) => {
    const before = active;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes
    const separate = line.replace(/\x1b\[([\d;]*)m/g, (_, codes: string) => {
      const styles = codes.split(';').map((code) => `\x1b[${code === '' ? '0' : code}m`);
      for (const style of styles) active = style === '\x1b[0m' ? '' : active + style;
      return styles.join('');
    });
    return before + separate;
  });
}

for (const lang of langs) {
  await draw(lang);
  await drawLearn(lang);
}
