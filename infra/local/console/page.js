// Keeps the page up to date. Everything shown is set as text.
"use strict";

const every = 2000;
const byId = (id) => document.getElementById(id);
const hour = (time) => time.slice(11, 19);
const short = (time) => time.replace("T", " ").replace(/\.000Z$/, "");

// fill shows the rows in a table, or the sentence for an empty table. It does not touch a
// table that shows the rows already, because a click on a link in it may be under way. A
// cell is a text or an element.
const shown = new Map();
function fill(id, rows, cells, numbers = []) {
  const now = JSON.stringify(rows);
  if (shown.get(id) === now) return;
  shown.set(id, now);
  const body = byId(id), empty = byId(`${id}-empty`);
  if (empty) {
    empty.hidden = rows.length > 0;
    body.closest(".scroll").hidden = !empty.hidden;
  }
  const focused = body.contains(document.activeElement) ? document.activeElement.id : "";
  body.replaceChildren(...rows.map((entry) => {
    const row = document.createElement("tr");
    cells(entry).forEach((content, column) => {
      const cell = row.insertCell();
      cell.append(content); // a text node, unless it is an element of ours
      if (numbers.includes(column)) cell.className = "number";
    });
    return row;
  }));
  if (focused) byId(focused)?.focus();
}

function runButton(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.id = `run-${name}`;
  button.dataset.run = name;
  button.setAttribute("aria-label", `run now: ${name}`);
  button.textContent = "run now";
  return button;
}

function mailLink(mail) {
  const link = document.createElement("a");
  link.id = `mail-${mail.id}`;
  link.href = `outbox/${encodeURIComponent(mail.id)}`;
  link.textContent = mail.subject;
  return link;
}

async function refresh() {
  try {
    const answer = await fetch("page.json");
    if (!answer.ok) throw new Error(`page.json: ${answer.status}`);
    const now = await answer.json();
    byId("now").textContent = now.now;
    fill("functions", now.functions, (f) =>
      [f.name, [...f.routes, ...f.schedules].join(", "), f.instances, f.busy, `${f.memory} MB`, hour(f.built)], [2, 3, 4]);
    fill("schedules", now.schedules, (s) =>
      [s.function, s.expression, short(s.next), short(s.last), s.runs, runButton(s.function)], [4]);
    fill("letters", now.deadLetters, (l) => [short(l.at), l.function, l.event, l.error]);
    byId("letters").closest("section").hidden = now.deadLetters.length === 0;
    fill("faults", now.faults, (f) => [f.fault, f.whose, f.rate, f.calls, f.struck], [2, 3, 4]);
    byId("faults").closest("section").hidden = now.faults.length === 0;
    fill("mails", now.mails, (m) => [short(m.at), m.to, mailLink(m)]);
    fill("deliveries", now.deliveries, (d) => [short(d.at), d.request, d.id, d.size, d.body], [3]);
    fill("keys", now.keys, (k) => [k.index, k.pk, k.readUnits, k.writeUnits], [2, 3]);
    fill("requests", now.requests, (r) =>
      [hour(r.time), `${r.method} ${r.path}`, r.status, r.function, r.ms.toFixed(1), r.calls, r.trips,
        r.readUnits, r.writeUnits, r.cold ? "cold" : ""], [2, 4, 5, 6, 7, 8]);
    byId("state").hidden = true;
  } catch {
    byId("state").hidden = false;
  }
}

async function move({ advance }) {
  const body = advance ? { advance } : { set: new Date().toISOString() };
  const answer = await fetch("clock", { method: "POST", body: JSON.stringify(body) });
  return answer.ok ? "" : answer.text();
}

async function run(name) {
  const answer = await fetch(`invoke/${encodeURIComponent(name)}`, { method: "POST" });
  const text = await answer.text();
  return answer.ok ? `${name} has run: ${text}` : `${name} failed: ${text}`;
}

async function clear(what) {
  const answer = await fetch(what, { method: "DELETE" });
  return answer.ok ? "" : answer.text();
}

function act({ dataset }) {
  if (dataset.run) return run(dataset.run);
  return dataset.clear ? clear(dataset.clear) : move(dataset);
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  button.disabled = true; // moving the clock first runs what falls due
  try {
    byId("outcome").textContent = await act(button);
  } catch {
    byId("state").hidden = false;
  } finally {
    button.disabled = false;
  }
  await refresh();
});
setInterval(() => document.hidden || refresh(), every);
