import { type Mailbox, parseMailbox } from '../grade/export/feedback/mail.ts';
import { text } from '../lab/text.ts';
import { usage } from './usage.ts';

/** The values of options: each throws LabError E_USAGE for one that is none. */

/** A longer timeout is useless, and timers cannot count to it. */
const aDay = 86_400;

/** Whole seconds, above zero. */
export const seconds = (value: string): number => {
  const parsed = Number(value);
  if (/^\d+$/.test(value) && parsed > 0 && parsed <= aDay) return parsed;
  throw usage(
    text(
      `lab run: --timeout can't be '${value}'; it is a whole number of seconds from 1 to ${aDay}`,
      `lab run：--timeout 不能是「${value}」，必須是 1 到 ${aDay} 之間的整數（秒）`,
    ),
    'lab run',
  );
};
/** The number of things to do at a time; undefined for `auto`, if that is allowed: as many as the machine can handle. */
export const atOnce =
  (command: string, { auto = false } = {}) =>
  (value: string): number | undefined => {
    if (auto && value === 'auto') return undefined;
    const parsed = Number(value);
    if (/^\d+$/.test(value) && parsed > 0 && parsed <= 64) return parsed;
    throw usage(
      text(
        `${command}: --jobs can't be '${value}'; it is a whole number from 1 to 64${auto ? ', or auto' : ''}`,
        `${command}：--jobs 不能是「${value}」，必須是 1 到 64 之間的整數${auto ? '，或 auto' : ''}`,
      ),
      command,
    );
  };
/** A whole number in a range. */
export const wholeFrom =
  (from: number, to: number, command: string, flag: string) =>
  (value: string): number => {
    const parsed = Number(value);
    if (/^\d+$/.test(value) && parsed >= from && parsed <= to) return parsed;
    throw usage(
      text(
        `${command}: ${flag} can't be '${value}'; it is a whole number from ${from} to ${to}`,
        `${command}：${flag} 不能是「${value}」，必須是 ${from} 到 ${to} 之間的整數`,
      ),
      command,
    );
  };
/** `flask=web`, several times. */
export const assigned =
  (command: string) =>
  (value: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const [, role, service] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    if (role !== undefined && service !== undefined) return { ...before, [role]: service };
    throw usage(
      text(
        `${command}: --role can't be '${value}'; write role=service, such as app=web`,
        `${command}：--role 不能是「${value}」，請寫成 role=service，例如 app=web`,
      ),
      command,
    );
  };
/** What dockerd accepts as a mirror: a URL without path, query and login. */
export const mirror =
  (command: string) =>
  (value: string): string => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    const isPlain = url && /^https?:$/.test(url.protocol) && /^https?:\/\/[^/?#@]+\/?$/.test(value);
    if (isPlain) return value.replace(/\/$/, '');
    throw usage(
      text(
        `${command}: --registry-mirror can't be '${value}'; it is a URL without a path, such as https://mirror.example`,
        `${command}：--registry-mirror 不能是「${value}」，必須是不含路徑的網址，例如 https://mirror.example`,
      ),
      command,
    );
  };
/** The sender of mails. */
export const sender = (value: string): Mailbox => {
  const mailbox = parseMailbox(value);
  if (mailbox) return mailbox;
  throw usage(
    text(
      `lab grade: --mail-from can't be '${value}'; it is an address, such as ta@school.example or "Lin <ta@school.example>"`,
      `lab grade：--mail-from 不能是「${value}」，必須是電子郵件地址，例如 ta@school.example 或 "Lin <ta@school.example>"`,
    ),
    'lab grade',
  );
};
export const collect = (value: string, before: string[]): string[] => [...before, value];
