import { quoting } from '../../../formats/untrusted-text.ts';
import { text } from '../../../lab/text.ts';
import type { ComposeReader } from '../compose-reader.ts';
import type { Tree } from '../tree.ts';
import { danger } from './dangers.ts';

/**
 * Capabilities that the tutorial's images need as root: to own their folders, write there, and switch to another user. They apply
 * only within the container's own user namespace.
 */
export const grantedCaps = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];

/** `CAP_CHOWN` and `chown` are `CHOWN`. */
export const capability = (word: string): string => word.toUpperCase().replace(/^CAP_/, '');

/** `cap_drop`. */
export const readCapDrop = (form: ComposeReader, tree: Tree): string[] =>
  form
    .items(tree)
    .flatMap(
      (item) =>
        form.matching(item, /^[A-Za-z_]{2,32}$/, text('expected a capability', '這裡應該是權限（capability）的名稱')) ?? [],
    );

/** `cap_add`: only what the grader grants anyway, which matters after `cap_drop: [ALL]`. */
export const readCapAdd = (form: ComposeReader, tree: Tree): string[] =>
  form.words(tree).flatMap(({ word, location }) => {
    if (grantedCaps.includes(capability(word))) return [capability(word)];
    const what = quoting(word, 'the capability {} is not allowed', '不允許權限（capability）{}');
    form.refuse(
      'cap_add',
      location,
      text(`${what.en}: ${danger.capabilities.en}`, `${what['zh-TW']}：${danger.capabilities['zh-TW']}`),
    );
    return [];
  });
