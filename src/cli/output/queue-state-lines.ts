import { oneLine } from '../../formats/untrusted-text.ts';
import type { ClassOverview, WorkerState } from '../../grade/queue/port.ts';
import type { Lang } from '../../lab/text.ts';
import { megabytes } from './image-lines.ts';

interface Words {
  readonly nothing: string;
  readonly gone: string;
  readonly draining: string;
  readonly grading: string;
  readonly noWorkers: string;
  readonly stages: Readonly<Record<WorkerState['stage'], string>>;
  class(id: string, host: string, startedAt: string): string;
  jobs(counts: ClassOverview['jobs'], size: string): string;
  slots(used: number, all: number): string;
}

const words: Readonly<Record<Lang, Words>> = {
  en: {
    nothing: 'no class is on this server',
    gone: 'its coordinator is gone',
    draining: 'drained: workers take no further jobs',
    grading: 'is being graded',
    noWorkers: 'no workers',
    stages: { preparing: 'preparing', grading: 'grading', unfit: 'does not grade' },
    class: (id, host, startedAt) => `class ${id}${host && `  ${host}`}${startedAt && `  since ${startedAt}`}`,
    jobs: ({ waiting, active, ended }, size) => `jobs: ${waiting} waiting, ${active} active, ${ended} ended, ${size}`,
    slots: (used, all) => `${used} of ${all} jobs`,
  },
  'zh-TW': {
    nothing: '這台伺服器上沒有任何班級',
    gone: '負責協調的程式已經不在',
    draining: '已停止派發：評分機器不會再接新作業',
    grading: '評分中',
    noWorkers: '沒有評分機器',
    stages: { preparing: '準備中', grading: '評分中', unfit: '不參與評分' },
    class: (id, host, startedAt) => `班級 ${id}${host && `  ${host}`}${startedAt && `  開始於 ${startedAt}`}`,
    jobs: ({ waiting, active, ended }, size) => `作業：${waiting} 份等待中、${active} 份執行中、${ended} 份已結束，${size}`,
    slots: (used, all) => `${used}/${all} 份作業`,
  },
};

/** What is on a queue server, for people. Names come from other machines. */
export function queueStateLines(classes: readonly ClassOverview[], lang: Lang): string[] {
  const labels = words[lang];
  if (classes.length === 0) return [labels.nothing];
  return classes.flatMap((one) => [
    `${labels.class(one.id, oneLine(one.announcement?.host ?? '', 60), oneLine(one.announcement?.startedAt ?? '', 40))}  ${stateOf(one, labels)}`,
    `  ${labels.jobs(one.jobs, megabytes(one.bytes))}`,
    ...(one.workers.length === 0 ? [`  ${labels.noWorkers}`] : one.workers.map((worker) => `  ${workerLine(worker, lang)}`)),
  ]);
}

const stateOf = ({ coordinator, draining }: ClassOverview, labels: Words): string => {
  if (coordinator === 'gone') return labels.gone;
  return draining ? labels.draining : labels.grading;
};

function workerLine({ id, host, slots, stage, jobs, why }: WorkerState, lang: Lang): string {
  const labels = words[lang];
  const reason = why ? `: ${oneLine(why[lang], 200)}` : '';
  const used = stage === 'grading' ? `  ${labels.slots(jobs.length, slots)}` : '';
  return `${oneLine(host, 60)}  ${oneLine(id, 60)}  ${labels.stages[stage]}${reason}${used}`;
}
