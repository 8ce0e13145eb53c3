import { jsonText, oneLine } from '../../../formats/untrusted-text.ts';
import type { Lang } from '../../../lab/text.ts';
import { causeCode, causeOf, faultOf, lostBy, type Mistake, mistakesOf } from '../../scoring/causes.ts';
import type { Cause, Deduction, Entry, Grade, Gradebook, GradedCheck, Remark } from '../../types.ts';
import { type GoalGroup, goalGroups } from '../goal-groups.ts';
import { wordsOf } from '../messages.ts';
import { partsBesideChecks, printed, round } from '../points.ts';
import { remarkLine } from '../remark-line.ts';
import { share } from './charts.ts';
import { checkCard, log } from './check-card.ts';
import { deadlineSection } from './deadline-section.ts';
import { type Html, html, isolated } from './html.ts';
import { pageWordsOf } from './messages.ts';
import { requestsOf } from './request-list.ts';

/** A student's page in one language. Teacher-only checks show only their points. */
export const studentIn = (book: Gradebook, entry: Entry, lang: Lang): Html =>
  html`${who(book, entry, lang)}
${verdict(entry, lang)}
${deadlineSection(entry, lang)}
${reasons(entry, lang)}
${decisions(entry, lang)}
${requestsOf(entry, lang)}
${checks(entry, lang)}
${setAside(entry, lang)}
${foot(book, entry, lang)}`;

function who(book: Gradebook, { student, source }: Entry, lang: Lang): Html {
  const words = pageWordsOf(lang);
  const fact = (name: string, value: string | undefined) => value && html`<dt>${name}</dt><dd>${isolated(value)}</dd>`;
  return html`<header><p class="quiet">${book.title[lang]}</p>
<h1>${isolated(oneLine(student.name ?? student.id, 200))}</h1>
<dl class="small">${fact(words.id, oneLine(student.id, 200))}${fact(words.email, student.email && oneLine(student.email, 200))}${fact(
    words.handedIn,
    // parent folders are the teacher's and not shown
    oneLine(source.split(/[\\/]/).filter(Boolean).at(-1) ?? '', 200),
  )}</dl></header>`;
}

function verdict(entry: Entry, lang: Lang): Html {
  const { grade } = entry;
  const words = pageWordsOf(lang);
  if (grade.points !== null)
    return html`<section class="card"><p class="total"><strong>${printed(grade.points)}</strong> ${words.ofPoints(printed(grade.max))}</p>
${grade.label && html`<p class="mark">✗ ${isolated(grade.label[lang])}</p>`}${share(grade.points, grade.max)}${addedUp(entry, lang)}</section>`;
  const status = grade.status === 'graded' ? 'review' : grade.status;
  const mark = { refused: '✗', review: '!', missing: '–' }[status];
  return html`<section class="card ${status === 'refused' ? 'bad' : 'open'}"><p class="total mark">${mark} ${wordsOf(lang).status[status]} · ${words.noScore}</p>
<p>${wordsOf(lang).ungraded[status]}</p><p>${words.next[status]}</p></section>`;
}

/** The goals; without goals, shown only if the total has parts besides the checks on the page. */
function addedUp(entry: Entry, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const line = (what: string, points: string) => html`<tr><th scope="row">${what}</th><td class="number">${points}</td></tr>`;
  const beside = partsBesideChecks(entry);
  const added = beside.map(({ what, points }) => line(what[lang], printed(points).replace('-', '−')));
  const { goals } = entry.grade;
  if (goals)
    return html`<table class="small"><caption>${words.parts}</caption><tbody>${goals.map(({ title, points, max }) =>
      line(title[lang], words.points(printed(points), printed(max))),
    )}${added}</tbody></table>`;
  const sum = (visible: boolean) => {
    const all = entry.grade.checks.filter((check) => check.visible === visible);
    const total = (key: 'points' | 'max') => printed(round(all.reduce((so, check) => so + check[key], 0)));
    return { many: all.length, points: words.points(total('points'), total('max')) };
  };
  const [seen, unseen] = [sum(true), sum(false)];
  if (unseen.many === 0 && beside.length === 0) return undefined;
  return html`<table class="small"><caption>${words.parts}</caption><tbody>${seen.many > 0 && line(words.checksTogether, seen.points)}${
    unseen.many > 0 && line(wordsOf(lang).unseen(unseen.many), unseen.points)
  }${added}</tbody></table>`;
}

/** Why it was refused or could not be graded, also if the teacher has decided since. */
function reasons({ grade }: Entry, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const open = grade.points === null;
  if (grade.refusals.length > 0)
    return html`<section><h2>${open ? words.why.refused : words.firstRefused}</h2><ul>${grade.refusals.map((remark) => html`<li>${remarkLine(remark, lang)}</li>`)}</ul></section>`;
  return (
    grade.review &&
    html`<section><h2>${open ? words.why.review : words.firstReview}</h2><p class="prose">${isolated(grade.review[lang])}</p></section>`
  );
}

function decisions({ grade, overrides }: Entry, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const shown = overrides.flatMap(({ check: id, points, reason }) => {
    const check = grade.checks.find((one) => one.id === id);
    if (check && !check.visible) return [];
    const what = id === undefined ? words.total : (check?.claim[lang] ?? id);
    return [
      html`<li><strong>${words.decided(what, printed(points))}</strong> — <span class="prose">${isolated(reason)}</span></li>`,
    ];
  });
  return shown.length === 0 ? undefined : html`<section><h2>${words.decisions}</h2><ul>${shown}</ul></section>`;
}

function checks({ grade }: Entry, lang: Lang): Html {
  const words = pageWordsOf(lang);
  const cause =
    grade.goals && grade.cause && html`<section><h2>${words.cost}</h2>${rootCause(grade.cause, grade, lang)}</section>`;
  if (grade.goals) return html`${cause}${byLoss(goalGroups(grade)).map((group) => goal(group, grade, lang))}`;
  const all = grade.checks.filter(({ visible }) => visible);
  const mistakes = grade.points === null ? [] : mistakesOf(all);
  const shown = new Set(mistakes.flatMap(({ check, dependents }) => [check, ...dependents]));
  const others = all.filter((check) => !shown.has(check) && !check.repaired);
  const costly = mistakes.length > 0 || grade.deductions.length > 0;
  const title = grade.points === null ? words.untilThen : costly ? words.others : words.allChecks;
  const beside = grade.deductions.filter(({ remark }) => remark.code !== causeCode);
  return html`${
    costly &&
    html`<section><h2>${words.cost}</h2>${grade.cause && rootCause(grade.cause, grade, lang)}${mistakes.map((one) => mistake(one, grade, lang))}${beside.map(
      (one) => deduction(one, lang),
    )}</section>`
  }${
    others.length > 0 &&
    html`<section><h2>${title}</h2>${!costly && grade.points !== null && round(grade.points) >= round(grade.max) && html`<p>${words.costNothing}</p>`}<div class="card long list">${others.map(
      (check) => checkCard(check, grade, lang),
    )}</div></section>`
  }`;
}

function deduction({ remark, points, capped }: Deduction, lang: Lang): Html {
  const words = pageWordsOf(lang);
  const isCause = remark.code === causeCode;
  return html`<section class="card bad"><div class="head"><h3>${isCause ? wordsOf(lang).causeAbove : remarkLine(remark, lang)}</h3>${
    points > 0 && !isCause && html`<span class="number">${words.lost(printed(points))}</span>`
  }</div>${capped !== undefined && html`<p class="quiet small">${wordsOf(lang).capped(printed(capped))}</p>`}</section>`;
}

/** The goals that lost points first. */
const byLoss = (groups: readonly GoalGroup[]): GoalGroup[] => {
  const isFull = ({ goal: { points, max } }: GoalGroup) => points >= max;
  return [...groups.filter((one) => !isFull(one)), ...groups.filter(isFull)];
};

/** A goal with its points: what cost points, then its other checks. */
function goal({ goal: { title, points, max }, checks: own, deductions }: GoalGroup, grade: Grade, lang: Lang): Html {
  const words = pageWordsOf(lang);
  const [all, hasScore] = [own.filter(({ visible }) => visible), grade.points !== null];
  const elsewhere = hasScore ? causedElsewhere(all, grade) : [];
  const far = new Set(elsewhere.flatMap(({ dependents }) => dependents));
  const mistakes = hasScore ? mistakesOf(all.filter((check) => !far.has(check))) : [];
  const shown = new Set([...far, ...mistakes.flatMap(({ check, dependents }) => [check, ...dependents])]);
  const others = all.filter((check) => !shown.has(check) && !check.repaired);
  const score = hasScore && html` <span class="number">${words.points(printed(points), printed(max))}</span>`;
  return html`<section><h2>${title[lang]}${score}</h2>${mistakes.map((one) => mistake(one, grade, lang))}${deductions.map((one) =>
    deduction(one, lang),
  )}${elsewhere.map((one) => follower(one, grade, lang))}${hiddenLoss(own, hasScore, lang)}${
    others.length > 0 && html`<div class="card long list">${others.map((check) => checkCard(check, grade, lang))}</div>`
  }</section>`;
}

/** The causes in other goals because of which checks of a goal did not pass, with these checks. */
function causedElsewhere(own: readonly GradedCheck[], { checks: all }: Grade): Mistake[] {
  const causes = new Set(own.map(causeOf));
  return all
    .filter((check) => causes.has(check.id) && check.visible && check.goal !== own[0]?.goal)
    .map((check) => {
      const dependents = own.filter((one) => causeOf(one) === check.id);
      return { check, dependents, lost: round(dependents.reduce((sum, one) => sum + lostBy(one), 0)) };
    });
}

/** What follows from a cause in another goal: the cause in a few words, and the checks folded. */
function follower({ check, dependents, lost }: Mistake, grade: Grade, lang: Lang): Html {
  const words = pageWordsOf(lang);
  return html`<section class="card"><div class="head"><h3>${words.causedBy(faultOf(check)[lang])}</h3>${
    lost > 0 && html`<span class="number">${words.lost(printed(lost))}</span>`
  }</div><details><summary>${words.followUps(dependents.length, '0')}</summary><div class="list">${dependents.map((one) =>
    checkCard(one, grade, lang, { isDependent: true }),
  )}</div></details></section>`;
}

/** What the checks for the teacher only cost. */
function hiddenLoss(own: readonly GradedCheck[], hasScore: boolean, lang: Lang): Html | undefined {
  const unseen = own.filter((check) => !check.visible && lostBy(check) > 0);
  if (!hasScore || unseen.length === 0) return undefined;
  const lost = round(unseen.reduce((sum, check) => sum + lostBy(check), 0));
  return html`<section class="card bad"><div class="head"><h3>${wordsOf(lang).unseen(unseen.length)}</h3><span class="number">${pageWordsOf(lang).lost(printed(lost))}</span></div></section>`;
}

/** The part because of which nothing worked, its log, and the checks that did not pass because of it, folded. */
function rootCause({ text, points, said }: Cause, grade: Grade, lang: Lang): Html {
  const words = wordsOf(lang);
  const dependents = grade.checks.filter(({ visible, repaired }) => visible && repaired);
  return html`<section class="card bad"><p class="label">${words.cause}</p><div class="head"><h3 class="prose">${isolated(text[lang])}</h3><span class="number">${pageWordsOf(lang).lost(printed(points))}</span></div>${
    said && log(said, lang)
  }<p class="quiet">${words.judgedRepaired}</p>${
    dependents.length > 0 &&
    html`<details><summary>${pageWordsOf(lang).followUps(dependents.length, '0')}</summary><div class="list">${dependents.map((one) => checkCard(one, grade, lang, { isDependent: true }))}</div></details>`
  }</section>`;
}

/** A cause with all details, and what follows from it, folded. */
function mistake({ check, dependents, lost }: Mistake, grade: Grade, lang: Lang): Html {
  const more = printed(round(lost - lostBy(check)));
  return html`<section class="card ${check.outcome}">${checkCard(check, grade, lang)}${
    dependents.length > 0 &&
    html`<details><summary>${pageWordsOf(lang).followUps(dependents.length, more)}</summary><div class="list">${dependents.map((one) => checkCard(one, grade, lang, { isDependent: true }))}</div></details>`
  }</section>`;
}

/** Remarks without points; those that cost points are shown above. */
function setAside({ grade }: Entry, lang: Lang): Html | undefined {
  const words = pageWordsOf(lang);
  const key = ({ code, service, place }: Remark) => jsonText([code, service, place]);
  const taken = new Set(grade.deductions.map(({ remark }) => key(remark)));
  const notes = grade.notes.filter((note) => !taken.has(key(note)));
  if (notes.length === 0) return undefined;
  return html`<section><h2>${words.setAside}</h2><p class="quiet">${words.setAsideHint}</p><ul>${notes.map((note) => html`<li>${remarkLine(note, lang)}</li>`)}</ul></section>`;
}

const foot = (book: Gradebook, { hash }: Entry, lang: Lang): Html => {
  const words = pageWordsOf(lang);
  const parts = [words.gradedWith(book.version, book.tutorial), words.rubric(book.rubric.hash.slice(0, 12))];
  return html`<footer><p>${[...parts, ...(hash === '' ? [] : [words.content(hash.slice(0, 12))])].join(' · ')}</p></footer>`;
};
