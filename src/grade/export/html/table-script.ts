/**
 * Makes a table with `data-filter` sortable by its columns and adds a filter above it. Inline, without dependencies; without it the page is a plain
 * table. As in XML it contains neither `<` nor `&`, so the page stays well-formed.
 */
export const tableScript = `
'use strict';
const keyOf = (row, column) => row.cells[column].dataset.key;
const compare = (one, other) => {
  const difference = Number(one) - Number(other);
  return Number.isFinite(difference) ? difference : one.localeCompare(other, 'en', { numeric: true });
};
const makeSortable = (table) => {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  for (const [column, head] of heads.entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const descending = head.getAttribute('aria-sort') === 'ascending';
      for (const one of heads) one.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const rows = [...body.rows].sort((one, other) => compare(keyOf(one, column), keyOf(other, column)));
      body.append(...(descending ? rows.reverse() : rows));
    });
  }
  heads[0].setAttribute('aria-sort', 'ascending');
};
const makeFilterable = (table) => {
  const rows = [...table.tBodies[0].rows];
  const box = document.createElement('div');
  box.className = 'filter';
  const input = document.createElement('input');
  input.type = 'search';
  input.placeholder = table.dataset.filter;
  input.setAttribute('aria-label', table.dataset.filter);
  const count = document.createElement('span');
  count.className = 'quiet small';
  count.setAttribute('role', 'status');
  input.addEventListener('input', () => {
    const words = input.value.trim().toLowerCase().split(/\\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = input.value === '' ? '' : shown + ' / ' + rows.length + ' ' + table.dataset.shown;
  });
  box.append(input, count);
  table.before(box);
};
for (const table of document.querySelectorAll('table[data-filter]')) {
  makeSortable(table);
  makeFilterable(table);
}
`;
