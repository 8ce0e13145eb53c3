import { type Mailbox, parseMailbox } from '../grade/export/feedback/mail.ts';
import { text } from '../lab/text.ts';
import { usage } from './usage.ts';

/** What dockerd accepts as a mirror: a URL without path, query and login. */
export const mirror = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && /^https?:\/\/[^/?#@]+\/?$/.test(value);
  if (isPlain) return value.replace(/\/$/, '');
  throw usage(
    text(
      `lab grade: --registry-mirror can't be '${value}'; it is a URL without a path, such as https://mirror.example`,
      `lab grade：--registry-mirror 不能是「${value}」，必須是不含路徑的網址，例如 https://mirror.example`,
    ),
    'lab grade',
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
