"use strict";
// Everything shown is set as text. What one signs in with stays in the fields.

const byId = (id) => document.getElementById(id);
const percent = (share) => (share.of ? `${share.percent.toFixed(0)} %` : "–");
const interval = (share) => (share.of ? `${share.low.toFixed(0)} to ${share.high.toFixed(0)} % (95 %), of ${share.of}${share.tooFew ? "; too few to tell" : ""}` : "no answers yet");

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drawn(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function table(headings, rows) {
  const made = element("table");
  const head = made.createTHead().insertRow();
  headings.forEach((h, i) => { const cell = element("th", h, i ? "number" : ""); cell.scope = "col"; head.append(cell); });
  const body = made.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((c, i) => row.append(c instanceof Node ? c : element("td", c, i ? "number" : "")));
  }
  return made;
}

async function ask(parameters) {
  const answer = await fetch(`/api/v1/livechat/survey.report?${new URLSearchParams(parameters)}`, {
    headers: { "X-User-Id": byId("user").value.trim(), "X-Auth-Token": byId("token").value.trim() },
  });
  if (answer.ok) return answer;
  const known = { 401: "User id or token is not right.", 403: "This user may not see reports: it takes the role livechat-manager, livechat-monitor or admin.", 429: "Too many calls. Please wait a moment.", 503: "The service is busy. Please try again in a moment." };
  const said = await answer.json().catch(() => ({}));
  throw new Error(known[answer.status] || said.error || `The service answered ${answer.status}.`);
}

function range() {
  const parameters = {};
  if (byId("from").value) parameters.from = byId("from").value;
  if (byId("to").value) parameters.to = byId("to").value;
  return parameters;
}

function figures({ total }) {
  const shown = [
    ["Satisfied (4 or 5 of 5)", percent(total.csat), interval(total.csat)],
    ["Answered, of what was sent", percent(total.response), interval(total.response)],
    ["Chats closed", total.closed, `${total.scheduled} to be asked about`],
    ["Surveys sent", total.sent, `${total.waiting} waiting, ${total.failed} undelivered`],
    ["Answers", total.answered, `${total.expired} not answered in time`],
  ];
  byId("figures").replaceChildren(...shown.map(([name, value, more]) => {
    const box = element("div");
    const figure = element("dd", value);
    figure.append(element("small", more));
    box.append(element("dt", name), figure);
    return box;
  }));
}

function trend({ rows }) {
  const width = 800, height = 240, left = 40, bottom = 24, top = 10;
  const x = (i) => left + (rows.length > 1 ? i / (rows.length - 1) : 0.5) * (width - left - 10);
  const y = (value) => top + (1 - value / 100) * (height - top - bottom);
  const chart = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Satisfied visitors over time; the table below has the figures" });
  for (const value of [0, 25, 50, 75, 100]) {
    chart.append(drawn("line", { x1: left, x2: width, y1: y(value), y2: y(value), class: "axis" }));
    chart.append(drawn("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, value));
  }
  const answered = rows.map((row, i) => ({ row, i })).filter(({ row }) => row.csat.of);
  if (answered.length > 1) {
    const ends = [...answered.map(({ row, i }) => `${x(i)},${y(row.csat.high)}`), ...answered.map(({ row, i }) => `${x(i)},${y(row.csat.low)}`).reverse()];
    chart.append(drawn("polygon", { points: ends.join(" "), class: "band" }));
  }
  chart.append(drawn("polyline", { points: answered.map(({ row, i }) => `${x(i)},${y(row.csat.percent)}`).join(" "), class: "line" }));
  for (const { row, i } of answered) {
    const point = drawn("circle", { cx: x(i), cy: y(row.csat.percent), r: 4, class: "point" });
    point.append(drawn("title", {}, `${row.key}: ${percent(row.csat)}, ${interval(row.csat)}`));
    chart.append(point);
  }
  for (const i of new Set([0, Math.floor(rows.length / 2), rows.length - 1])) {
    if (rows[i]) chart.append(drawn("text", { x: x(i), y: height - 6, "text-anchor": i === 0 && rows.length > 1 ? "start" : i === rows.length - 1 ? "end" : "middle" }, rows[i].key));
  }
  byId("trend").replaceChildren(chart);
  byId("trend-table").replaceChildren(table(["Days", "Closed", "Sent", "Answered", "Satisfied", "Response"],
    rows.map((r) => [r.key, r.closed, r.sent, r.answered, percent(r.csat), percent(r.response)])));
}

function bars(id, { rows }) {
  byId(id).replaceChildren(table(["", "Satisfied", "", "Answers", "Closed"], rows.map((r) => {
    const bar = drawn("svg", { viewBox: "0 0 200 16", width: 200, height: 16, "aria-hidden": "true" });
    bar.append(drawn("rect", { width: r.csat.of ? 2 * r.csat.percent : 0, height: 16, class: "point" }));
    const cell = element("td");
    cell.append(bar);
    const name = element("th", r.label || r.key || "none");
    name.scope = "row";
    return [name, `${percent(r.csat)}${r.csat.of && r.csat.tooFew ? " (too few)" : ""}`, cell, r.csat.of, r.closed];
  })));
}

function details({ total }) {
  byId("items").replaceChildren(table(["Question", "Answers", "Mean", "Spread"],
    Object.entries(total.items).map(([name, i]) => [name, i.count, i.mean.toFixed(2), i.spread.toFixed(2)])));
  byId("skipped").replaceChildren(table(["Reason", "Chats"], Object.entries(total.skipped)));
}

let next = "";

function comments(answer, anew) {
  const shown = answer.comments.map((c) => {
    const quote = element("blockquote", Object.values(c.texts).join("\n"));
    const about = [c.closedAt.slice(0, 10), c.agent, c.ratings?.satisfaction && `satisfaction ${c.ratings.satisfaction}`];
    quote.append(element("footer", about.filter(Boolean).join(" · ")));
    return quote;
  });
  if (anew) byId("comments").replaceChildren();
  byId("comments").append(...(shown.length || !anew ? shown : [element("p", "No comments.")]));
  next = answer.nextComments || "";
  byId("more").hidden = !next;
}

async function busy(what, work) {
  const state = byId("state");
  state.className = "";
  state.textContent = what;
  try {
    await work();
    state.textContent = "";
  } catch (error) {
    state.className = "error";
    state.textContent = error instanceof TypeError ? "The service could not be reached." : error.message;
  }
}

byId("signin").addEventListener("submit", (event) => {
  event.preventDefault();
  busy("Counting …", async () => {
    const read = async (groupBy) => (await ask({ ...range(), groupBy })).json();
    const [overTime, agents, departments] = await Promise.all([read(byId("by").value), read("agent"), read("department")]);
    byId("range").textContent = `${overTime.from} to ${overTime.to}`;
    figures(overTime);
    trend(overTime);
    bars("agents", agents);
    bars("departments", departments);
    details(overTime);
    comments(overTime, true);
    byId("report").hidden = false;
    byId("csv").disabled = false;
  });
});

byId("more").addEventListener("click", () => busy("More …", async () => {
  comments(await (await ask({ ...range(), cursor: next })).json(), false);
}));

byId("csv").addEventListener("click", () => busy("Downloading …", async () => {
  const answer = await ask({ ...range(), groupBy: byId("by").value, format: "csv" });
  const link = element("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = "surveys.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}));
