// Sort and filter the table of bags. Without scripts, the page shows all bags, worst first.
'use strict';
(() => {
  const table = document.getElementById('bags');
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const filter = document.getElementById('filter');
  const group = document.getElementById('group');
  const shown = document.getElementById('shown');
  // Headings whose first selection sorts from high to low: more of it is worse.
  const worstIsHigh = new Set(['IDSW', 'FP', 'FN', 'dropped', 'notes']);

  function compare(a, b) {
    if (a === b) return 0;
    if (a === '' || b === '') return a === '' ? 1 : -1;  // unknown values last
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) ? a.localeCompare(b, undefined, {numeric: true}) : difference;
  }

  function sortBy(column, descending) {
    const value = (row) => row.cells[column].dataset.value;
    const sign = (a, b) => (descending && a !== '' && b !== '' ? -1 : 1);
    const rows = [...body.rows];
    rows.sort((a, b) => sign(value(a), value(b)) * compare(value(a), value(b)));
    body.append(...rows);
    heads.forEach((head, i) => {
      const direction = descending ? 'descending' : 'ascending';
      head.setAttribute('aria-sort', i === column ? direction : 'none');
    });
  }

  function show() {
    const text = filter.value.toLowerCase();
    let count = 0;
    for (const row of body.rows) {
      const inGroup = !group || !group.value || row.cells[1].dataset.value === group.value;
      row.hidden = !inGroup || !row.cells[0].dataset.value.toLowerCase().includes(text);
      count += !row.hidden;
    }
    shown.textContent = `${count} of ${body.rows.length} rows`;
  }

  heads.forEach((head, column) => {
    const button = head.querySelector('button');
    button.addEventListener('click', () => {
      const before = head.getAttribute('aria-sort');
      sortBy(column, before === 'none' ? worstIsHigh.has(button.dataset.key) : before === 'ascending');
    });
  });
  filter.addEventListener('input', show);
  if (group) group.addEventListener('change', show);
  show();
})();
