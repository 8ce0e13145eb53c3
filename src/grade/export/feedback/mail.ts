import { createHash } from 'node:crypto';
import { oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import type { Entry, Gradebook } from '../../types.ts';
import { wordsOf } from '../messages.ts';
import { feedbackOf } from './content.ts';
import { addressesOf } from './recipients.ts';
import { feedbackText } from './render.ts';

/** A person or an office, as in the From field of a mail. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const plainAddress = new RegExp(`^(?=.{1,64}@)${atom}(?:\\.${atom})*@(?=.{1,253}$)${label}(?:\\.${label})*$`);

/** `a@b.example`, in the form that needs neither quotes nor an extension of SMTP. Nothing that could begin another header field. */
export const addressIn = (value: string | undefined): string | undefined => {
  const address = value?.trim() ?? '';
  return plainAddress.test(address) ? address : undefined;
};

/** `a@b.example` or `Name <a@b.example>`. Undefined: neither. */
export function parseMailbox(value: string): Mailbox | undefined {
  const [, name, within] = /^\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*$/.exec(value) ?? [];
  const address = addressIn(within ?? value);
  if (address === undefined) return undefined;
  return name ? { name: oneLine(name, 100), address } : { address };
}

/** The students to whom a mail can be sent, each with the address. */
export const reachable = ({ entries }: Gradebook) => addressesOf(entries, ({ student }) => addressIn(student.email));

/**
 * A mail with a student's feedback (RFC 5322 and 2045), which a mail program can show and `sendmail -t` can send. All text of others is base64, also in
 * fields, so that it cannot add a field.
 */
export function renderMail(book: Gradebook, entry: Entry, { from, to, lang }: { from: Mailbox; to: string; lang: Lang }): string {
  const { title, ...feedback } = feedbackOf(book, entry, lang);
  const body = feedbackText({ title, ...feedback }).replaceAll('\n', '\r\n');
  const name = oneLine(entry.student.name ?? '', 100);
  const fields = [
    `Date: ${new Date(book.startedAt).toUTCString().replace('GMT', '+0000')}`,
    `From: ${mailbox(from)}`,
    `To: ${mailbox({ ...(name === '' ? {} : { name }), address: to })}`,
    `Subject: ${words(wordsOf(lang).subject(title))}`,
    `Message-ID: ${messageId(from, [to, body])}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Language: ${lang}`,
    'Content-Transfer-Encoding: base64',
    // Outlook opens it as a draft
    'X-Unsent: 1',
  ];
  return [...fields, '', ...base64Lines(body), ''].join('\r\n');
}

const mailbox = ({ name, address }: Mailbox): string => (name === undefined ? address : `${words(name)}\r\n <${address}>`);

/** The same feedback has the same ID: so a server recognises a repeated mail. */
function messageId({ address }: Mailbox, parts: readonly string[]): string {
  const digest = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
  return `<${digest}@${address.split('@')[1]}>`;
}

const base64Lines = (text: string): string[] =>
  Buffer.from(text)
    .toString('base64')
    .match(/.{1,76}/g) ?? [];

/** A text of a field. Plain words stay; everything else becomes encoded words (RFC 2047), each with whole characters, on lines of up to 76 characters. */
function words(text: string): string {
  if (/^[A-Za-z0-9 ]{1,60}$/.test(text)) return text;
  const chunks: string[] = [''];
  for (const point of text) {
    const last = chunks.at(-1) ?? '';
    if (Buffer.byteLength(last + point) <= mostBytes) chunks[chunks.length - 1] = last + point;
    else chunks.push(point);
  }
  return chunks.map((chunk) => `=?utf-8?B?${Buffer.from(chunk).toString('base64')}?=`).join('\r\n ');
}
/** 52 characters of base64, with `Subject: =?utf-8?B?` and `?=` 73. */
const mostBytes = 39;
