/** Filters by class, opens and closes the tree. The page can be read without it. */
export const SCRIPT = `
'use strict';
const all = (selector) => [...document.querySelectorAll(selector)];
const boxes = all('input[name=class]');
const changes = all('.change');
const groups = all('.group');
const status = document.getElementById('status');
function apply() {
  const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let shown = 0;
  for (const group of groups) group.hidden = true;
  for (const change of changes) {
    change.hidden = !change.dataset.classes.split(' ').some((name) => wanted.has(name));
    if (change.hidden) continue;
    shown++;
    for (let up = change.parentElement; up && up.hidden; up = up.parentElement.closest('.group')) up.hidden = false;
  }
  status.textContent = 'Showing ' + shown + ' of ' + changes.length + (changes.length === 1 ? ' change' : ' changes');
}
function reveal(change) {
  for (const box of boxes) if (change.hidden && change.dataset.classes.split(' ').includes(box.value)) box.checked = true;
  apply();
  for (let up = change; up; up = up.parentElement.closest('details')) up.open = true;
  change.querySelector('summary').focus();
  change.scrollIntoView();
}
for (const box of boxes) box.addEventListener('change', apply);
for (const button of all('button[data-open]'))
  button.addEventListener('click', () => {
    const open = button.dataset.open === 'true';
    for (const part of [...groups, ...changes]) part.open = open;
  });
for (const link of all('a[data-change]'))
  link.addEventListener('click', (event) => {
    event.preventDefault();
    reveal(document.getElementById(link.dataset.change));
  });
if (document.getElementById('controls')) {
  document.getElementById('controls').hidden = false;
  apply();
}
`;
