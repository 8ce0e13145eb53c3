/** Style of the pages: light and dark, on a phone, on paper. Text and marks carry the meaning, colours only support it. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f4f6f8; --card: #ffffff; --ink: #1b2430; --quiet: #4f5a69; --line: #d3dae2; --well: #eef1f5;
  --link: #0a4f9e; --good: #12633a; --bad: #ab2219; --open: #714700; --bar: #3a6ea8;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #11161c; --card: #1a212a; --ink: #e7ebf0; --quiet: #a9b4c1; --line: #3a4552; --well: #232c37;
    --link: #8fc0ff; --good: #76d79f; --bad: #ffa198; --open: #f2c46c; --bar: #6fa3dc;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink); line-height: 1.55; overflow-wrap: anywhere;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "PingFang TC", "Microsoft JhengHei", "Noto Sans TC", sans-serif;
}
main { max-width: 56rem; margin: 0 auto; padding: 1rem; }
.other, .other:target ~ .first { display: none; }
.other:target { display: block; }
.languages { display: flex; justify-content: flex-end; gap: .25rem; }
.languages > * { padding: .25rem .75rem; border-radius: 1rem; }
.languages > span { background: var(--card); border: 1px solid var(--line); font-weight: 600; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .25rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .25rem 0; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; }
details { margin-top: .75rem; border-top: 1px solid var(--line); padding-top: .5rem; }
summary { cursor: pointer; color: var(--quiet); font-size: .9375rem; }
summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .25rem; }
.filter { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; margin-bottom: .75rem; }
.filter input { flex: 1; min-width: 10rem; font: inherit; color: inherit; background: var(--well); border: 1px solid var(--quiet); border-radius: .5rem; padding: .375rem .75rem; }
.filter input:focus-visible, th button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
th button { all: unset; display: inline-block; cursor: pointer; }
th button::first-letter { text-transform: uppercase; }
th button::after { content: " ↕"; }
th[aria-sort=ascending] button::after { content: " ↑"; }
th[aria-sort=descending] button::after { content: " ↓"; }
.list { padding-block: .25rem; }
.list > section { padding: .625rem 0; border-bottom: 1px solid var(--line); }
.list > section:last-child { border-bottom: 0; }
.list h3 { font-weight: 500; }
p { margin: .5rem 0; }
.quiet { color: var(--quiet); }
.small, footer, caption { font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; margin: .75rem 0; }
.failed.card, .card.bad { border-left: .375rem solid var(--bad); }
.errored.card, .card.open { border-left: .375rem solid var(--open); }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
.total { font-size: 1.125rem; margin: 0; }
.total strong { font-size: 2.5rem; line-height: 1.1; font-variant-numeric: tabular-nums; }
.head { display: flex; gap: .25rem .75rem; align-items: baseline; }
.head > h3 { flex: 1; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.mark { font-weight: 600; }
.head .mark, td .mark { white-space: nowrap; }
.passed .mark, .good { color: var(--good); }
.failed .mark, .bad > .mark { color: var(--bad); }
.errored .mark, .open > .mark { color: var(--open); }
.skipped .mark { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0 0; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
dt::first-letter, thead th::first-letter { text-transform: uppercase; }
.label { color: var(--quiet); font-size: .875rem; }
.prose { white-space: pre-wrap; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono CJK TC", monospace; font-size: .875em; }
li code { background: var(--well); border-radius: .25rem; padding: .125rem .375rem; }
pre { background: var(--well); border-radius: .5rem; padding: .5rem .75rem; margin: .25rem 0; white-space: pre-wrap; }
ul { padding-left: 1.25rem; margin: .5rem 0; }
li { margin: .375rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .5rem; }
th { text-align: left; }
th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-size: .875rem; }
th.number { text-align: right; }
th.goal, td.goal { padding-left: 0; padding-right: .5rem; }
th.goal { white-space: normal; overflow-wrap: normal; max-width: 6rem; }
main:has(.goal) { max-width: 76rem; }
.who { width: 26%; }
tbody th { font-weight: 400; }
tr:last-child > * { border-bottom: 0; }
tfoot > tr > * { border-top: 2px solid var(--line); font-weight: 600; }
svg { display: block; width: 100%; margin: .5rem 0; fill: var(--ink); color: var(--quiet); font-size: 12px; font-family: inherit; }
.spread { max-width: 30rem; }
.distribution { max-width: 36rem; }
.share { height: .5rem; margin: .75rem 0; }
.bar { fill: var(--bar); }
.back { fill: var(--well); stroke: var(--line); }
.axis { stroke: currentColor; }
.tick { fill: var(--quiet); }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
footer { color: var(--quiet); border-top: 1px solid var(--line); margin-top: 2rem; padding-top: .5rem; }
@media (max-width: 34rem) {
  h1 { font-size: 1.5rem; }
  .card { padding: .875rem 1rem; }
  .head { flex-wrap: wrap; }
  .head > h3 { flex-basis: 100%; order: 3; }
  .head > .number { margin-left: auto; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
  .aside, .goal { display: none; }
}
@media print {
  @page { size: A4; margin: 15mm; }
  body { background: none; font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .languages, .filter { display: none; }
  th[scope] button::after { content: none; }
  a { color: inherit; text-decoration: none; }
  .card:not(.long), .list > section, tr, li, svg { break-inside: avoid; }
  .long { -webkit-box-decoration-break: clone; box-decoration-break: clone; }
  h2 { margin-top: 1.25rem; }
  .card { padding: .625rem .875rem; }
  th, td { padding-block: .25rem; }
  h1, h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  pre { border: 1px solid var(--line); }
}
`;
