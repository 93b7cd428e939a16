// Keeps the page as the cloud is. Everything shown is set as text.
"use strict";

const every = 2000;
const byId = (id) => document.getElementById(id);
const hour = (time) => time.slice(11, 19);

async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function fill(body, rows, numbers) {
  body.replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    cells.forEach((text, column) => {
      const cell = row.insertCell();
      cell.textContent = text;
      if (numbers.includes(column)) cell.className = "number";
    });
    return row;
  }));
}

async function refresh() {
  try {
    const [clock, { functions }, { requests }] =
      await Promise.all([read("clock"), read("functions"), read("requests")]);
    byId("now").textContent = clock.now;
    fill(byId("functions"), functions.map((f) =>
      [f.name, [...f.routes, ...f.schedules].join(", "), f.instances, f.busy, `${f.memory} MB`, hour(f.built)]), [2, 3, 4]);
    fill(byId("requests"), requests.map((r) =>
      [hour(r.time), `${r.method} ${r.path}`, r.status, r.function, r.ms.toFixed(1), r.calls, r.trips, r.cold ? "cold" : ""]), [2, 4, 5, 6]);
    byId("state").hidden = true;
  } catch {
    byId("state").hidden = false;
  }
}

async function move(button) {
  const { advance } = button.dataset;
  const body = advance ? { advance } : { set: new Date().toISOString() };
  await fetch("clock", { method: "POST", body: JSON.stringify(body) });
  await refresh();
}

for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => move(button));
}
setInterval(() => document.hidden || refresh(), every);
