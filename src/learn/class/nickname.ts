import { oneLine } from '../../formats/untrusted-text.ts';
import { mostNickname } from './protocol.ts';
import type { Wall } from './wall.ts';

/** At the start, and after two others: marks that pile up over the lines around a name. */
const needlessMarks = /(?<=^|\p{M}{2})\p{M}+/gu;
/** U+2800 is a Braille pattern without dots. */
const blank = /^[\s\u2800]*$/;

/** A nickname as the wall shows it: one short line, without what is not seen or covers others. `learner`, if nothing is left. */
export function shownNickname(given: string): string {
  const line = oneLine(given.normalize('NFC').replaceAll(needlessMarks, ''), mostNickname);
  return blank.test(line) ? 'learner' : line;
}

/** A nickname that no other learner has: `Ann`, `Ann 2`. Names that differ only in case, width or form count as the same. */
export function freeNickname(wall: Wall, wanted: string): string {
  const alike = (name: string) => name.normalize('NFKC').toLowerCase();
  const taken = new Set(wall.map(({ nickname }) => alike(nickname)));
  let free = wanted;
  for (let number = 2; taken.has(alike(free)); number += 1) free = `${wanted} ${number}`;
  return free;
}
