// Colours the files that steps of the shipped tutorials show, when labwright is built: no colouring runs at the learner's.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createHighlighter } from 'shiki';

/** The grammar for a file, by its name or its first line; undefined: none. */
function grammarOf(name, content) {
  if (/\.ya?ml$/.test(name)) return 'yaml';
  if (/^(?:Dockerfile|Containerfile)/.test(name)) return 'docker';
  if (/\.py$/.test(name)) return 'python';
  if (/\.conf$/.test(name)) return 'nginx';
  if (/\.sql$/.test(name)) return 'sql';
  if (/\.[cm]?js$/.test(name)) return 'javascript';
  return /\.sh$/.test(name) || /^#!.*sh\b/.test(content) ? 'shellscript' : undefined;
}

/** The parts of a line, in which neighbours of one style are one; blanks belong to the part before. */
function partsOf(tokens, styleOf) {
  const parts = [];
  for (const { content, scopes } of tokens.flatMap(({ explanation = [] }) => explanation)) {
    const style = styleOf(scopes.map(({ scopeName }) => scopeName));
    const last = parts.at(-1);
    if (last && (last[1] === style || content.trim() === '')) last[0] += content;
    else parts.push(style ? [content, style] : [content]);
  }
  return parts;
}

/** Writes `coloured.json` into `dist`, from the tutorials that were compiled into it. */
async function colourFiles(dist) {
  const load = (path) => import(join(process.cwd(), dist, path));
  const [{ styleOf }, { shippedTutorials }, { filesOf }] = await Promise.all(
    ['src/learn/web/content/colours.js', 'src/cli/tutorials.js', 'src/lab/tutorial.js'].map(load),
  );
  const shown = (await shippedTutorials()).flatMap((tutorial) =>
    tutorial.labs.flatMap((lab) =>
      lab.steps.flatMap(({ show = [] }) =>
        show.map(({ file }) => join(filesOf(tutorial, 'assets'), tutorial.stacks[lab.stack].dir, file)),
      ),
    ),
  );
  const langs = ['yaml', 'docker', 'python', 'nginx', 'sql', 'javascript', 'shellscript'];
  const highlighter = await createHighlighter({ themes: ['github-light'], langs });
  const coloured = {};
  for (const path of [...new Set(shown)].sort()) {
    const content = readFileSync(path, 'utf8');
    const lang = grammarOf(basename(path), content);
    if (!lang) continue;
    // without a limit of time: on a busy machine, half a second is not enough for a line
    const options = { lang, theme: 'github-light', includeExplanation: 'scopeName', tokenizeTimeLimit: 0 };
    const { tokens } = highlighter.codeToTokens(content, options);
    coloured[createHash('sha256').update(content).digest('hex')] = tokens.map((line) => partsOf(line, styleOf));
  }
  highlighter.dispose();
  writeFileSync(join(dist, 'src/learn/web/content/coloured.json'), JSON.stringify(coloured));
}

await colourFiles('dist');
