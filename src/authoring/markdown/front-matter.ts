import { z } from 'zod';
import { namePattern } from './name-pattern.ts';

/** The languages of labwright's own texts. */
export const languagesMessage = {
  message: 'a tutorial can be in en (English) and zh-TW (Chinese as in Taiwan), as the texts of labwright are',
  zh: '教學可以使用 en（英文）和 zh-TW（台灣的中文），與 labwright 本身的文字相同',
};

const name = z.string().regex(namePattern.pattern, namePattern.message);
const word = z.string().min(1);
const port = z.int().min(1).max(65_535);

const service = z.strictObject({
  name: word.optional().describe('Its name in the Compose file; omitted: the name of the role.'),
  port: port.optional().describe('The port that it listens on, inside.'),
  ready: z.string().startsWith('/').optional().describe('The path of the request that tests whether it is ready.'),
  build: word.optional().describe('The folder that its image is built from.'),
  'image-variable': word.optional().describe('The variable of the Compose file that holds its image.'),
  'port-variable': word.optional().describe("The variable that sets its app's port."),
  images: z.array(word).optional().describe('Image names that identify it in the projects of others.'),
});

const stack = z.strictObject({
  dir: word.describe("Its folder, below the tutorial's."),
  services: z.record(name, service.nullable()).describe('By role.'),
  'probe-from': name
    .optional()
    .describe(
      'The role that sends requests, pings and DNS queries; its image has curl, ping, sha256sum, and dig, getent or nslookup.',
    ),
  published: z
    .strictObject({
      of: name.describe('The role.'),
      port: port.describe('The port inside.'),
      on: port.describe('The port on the host.'),
      variable: word.optional().describe('The variable of the Compose file that holds the port on the host.'),
    })
    .optional(),
  proxy: z
    .strictObject({
      role: name,
      upstream: name.describe('The role that it passes requests to.'),
      'conf-dir': z.string().startsWith('/'),
      'conf-files': z.array(word).min(1),
    })
    .optional(),
  files: z.record(word, word).optional().describe("Names for paths below the stack's folder."),
});

/** The front matter of a tutorial's main file. */
export const frontMatter = z.strictObject({
  id: name,
  languages: z
    .array(z.enum(['en', 'zh-TW'], { error: languagesMessage.message }))
    .min(1)
    .default(['en'])
    .describe('The language of this file, then those of its translations: en and zh-TW.'),
  stacks: z.record(name, stack),
  'probe-image': word.optional(),
  source: z.strictObject({ title: word, url: z.url(), licence: word }).optional(),
});

export type FrontMatter = z.infer<typeof frontMatter>;
export type StackMatter = FrontMatter['stacks'][string];

/** What a comment after a lab's heading can set. */
export const labSettings = z.strictObject({ id: name.optional(), stack: name.optional(), needs: z.array(name).optional() });

/** What a comment after a step's heading can set. */
export const stepSettings = z.strictObject({
  id: name.optional(),
  needs: z.array(name).optional(),
  'returns-to-start': z.boolean().optional(),
  'later-than-start': z.boolean().optional(),
});
