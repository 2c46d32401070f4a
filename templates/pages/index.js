// Sorts and filters the list of a batch. The page works without; texts cross as plain text.
"use strict";
const table = document.getElementById("listing");
const body = table.tBodies[0];
const rows = [...body.rows];
const field = (id) => document.getElementById(id);

function filter() {
  const wanted = field("search").value.trim().toLocaleLowerCase();
  const category = field("category").value;
  let shown = 0;
  for (const row of rows) {
    row.hidden = !row.cells[0].textContent.toLocaleLowerCase().includes(wanted)
      || (category !== "" && row.dataset.category !== category)
      || (field("open").checked && row.dataset.open === "0");
    shown += row.hidden ? 0 : 1;
  }
  field("shown").textContent = field("shown").dataset.say.replace("#", String(shown));
}

function sort(column, down) {
  const value = (row) => row.cells[column].dataset.v;
  const order = (a, b) => column === 0
    ? value(a).localeCompare(value(b)) : Number(value(a)) - Number(value(b));
  body.append(...rows.sort((a, b) => (down ? order(b, a) : order(a, b))));
}

[...table.tHead.rows[0].cells].forEach((heading, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  heading.append(button);
  button.onclick = () => {
    // Names from A, figures from the highest: what is asked for first.
    const before = heading.getAttribute("aria-sort");
    const down = before === null ? column !== 0 : before === "ascending";
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    sort(column, down);
  };
});
for (const id of ["search", "category", "open"]) field(id).oninput = filter;
field("filters").hidden = false;
filter();
