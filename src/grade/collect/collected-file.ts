import { join } from 'node:path';
import { localTime } from '../../formats/moment.ts';
import { joinTexts, type Lang, verbatim } from '../../lab/text.ts';
import { replaceFile } from '../../platform/atomic-file.ts';
import { about } from '../export/atomic-write.ts';
import { cell, csv } from '../export/csv.ts';
import { collectedFile } from '../submissions/collected.ts';
import type { Collected } from './collect-class.ts';

const columns = ['student', 'repository', 'commit', 'time', 'time_source', 'folder', 'status', 'message'] as const;

/** `collected.csv`: a line for each student, in the order of the list. `zone`: of the times. */
export const renderCollected = (all: readonly Collected[], zone: string, lang: Lang): string =>
  csv([
    columns,
    ...all.map(({ student, repository, commit, time, folder, status, remarks }) => [
      cell(student),
      cell(repository.shown),
      commit ?? '',
      time ? isoTime(time.ms, zone) : '',
      time?.source ?? '',
      cell(folder),
      status,
      cell(joinTexts(remarks, verbatim('; '))[lang]),
    ]),
  ]);

/** `2026-12-01T23:59:00+08:00` */
export function isoTime(ms: number, zone: string): string {
  const whole = ms - (ms % 1000);
  const shown = localTime(whole, zone).replace(' ', 'T');
  const local = shown.length === 16 ? `${shown}:00` : shown;
  const minutes = Math.round((Date.parse(`${local}Z`) - whole) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Throws LabError E_STATE if it cannot be written. */
export async function writeCollected(out: string, all: readonly Collected[], zone: string, lang: Lang): Promise<void> {
  const path = join(out, collectedFile);
  await about(path, () => replaceFile(path, [renderCollected(all, zone, lang)]));
}
