// Hides the bars of cameras that are not ticked, and rows without bars or without the text searched.
const search = document.getElementById('search');
const boxes = [...document.querySelectorAll('input[data-source]')];
const rows = [...document.querySelectorAll('tr[data-text]')];

function update() {
  const shown = new Set(boxes.filter(box => box.checked).map(box => box.dataset.source));
  const text = search.value.trim().toLowerCase();
  for (const row of rows) {
    let visible = 0;
    for (const bar of row.querySelectorAll('b')) {
      bar.hidden = !shown.has(bar.dataset.source);
      visible += bar.hidden ? 0 : 1;
    }
    row.hidden = !visible || !row.dataset.text.includes(text);
  }
}

search.addEventListener('input', update);
boxes.forEach(box => box.addEventListener('change', update));
update();
