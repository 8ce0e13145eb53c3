import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { LabError } from '../../../lab/error.ts';
import { type Lang, text } from '../../../lab/text.ts';
import { readPlain } from '../../../platform/plain-file.ts';

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly compressed: Buffer;
  readonly etag: string;
}

/** The files by their names in URLs; no other file can be asked for. */
export interface PageFiles {
  readonly files: ReadonlyMap<string, PageFile>;
  /** The document, in a language, with the nonce that its style elements need. */
  document(lang: Lang, nonce: string): string;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const maxBytes = 20_000_000;
const smallest = { level: constants.Z_BEST_COMPRESSION };

/** Reads the built page. Throws LabError E_STATE if it was not built. */
export async function loadPageFiles(dir: string): Promise<PageFiles> {
  const names = await readdir(dir).catch((): string[] => []);
  if (!names.includes('main.js')) throw notBuilt(dir);
  const known = names.filter((name) => types[extname(name)] !== undefined);
  const files = new Map(await Promise.all(known.map(async (name) => [name, await pageFile(join(dir, name))] as const)));
  const template = names.includes('index.html')
    ? (await readPlain(join(dir, 'index.html'), { maxBytes })).toString('utf8')
    : documentOf(files.has('main.css'));
  return { files, document: (lang, nonce) => filledIn(template, lang, nonce) };
}

async function pageFile(path: string): Promise<PageFile> {
  const bytes = await readPlain(path, { maxBytes });
  const compressed = await promisify(gzip)(bytes, smallest);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  return { type: types[extname(path)] ?? '', bytes, compressed, etag };
}

const documentOf = (isStyled: boolean): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>labwright</title>
${isStyled ? '<link rel="stylesheet" href="main.css">\n' : ''}<script type="module" src="main.js"></script>
</head>
<body><div id="page"></div></body>
</html>
`;

/** The page sets this nonce on style elements that it creates: `document.querySelector('meta[name=style-nonce]').content`. */
const filledIn = (template: string, lang: Lang, nonce: string): string =>
  template
    .replace(/<html lang="[^"]*"/, `<html lang="${lang}"`)
    .replace(/<meta name="style-nonce"[^>]*>\n?/, '')
    .replace('</head>', `<meta name="style-nonce" content="${nonce}">\n</head>`);

const notBuilt = (dir: string): LabError =>
  new LabError(
    'E_STATE',
    text(`the page is not built: ${join(dir, 'main.js')} does not exist`, `頁面尚未建置：${join(dir, 'main.js')} 不存在`),
    text(
      'install labwright again; in its sources, run `npm run build`',
      '請重新安裝 labwright；若使用原始碼，請執行 `npm run build`',
    ),
  );
