"use strict";
// Everything shown is set as text. The credentials are kept in a variable and are gone
// with the page.

let user = null;
// The shown report: its range, and the cursor of its next comments.
let shown = null;
// Counts requests for a report, so that answers to an earlier request are dropped.
let asked = 0;

const byId = (id) => document.getElementById(id);
const round = (number) => String(Math.round(number));
const percent = (share) => (share.of ? `${round(share.percent)} %` : "–");
const few = (share) => (share.of && share.tooFew ? "; too few answers" : "");
const interval = (share) => (share.of ? `95 %: ${round(share.low)} to ${round(share.high)} %, of ${share.of}${few(share)}` : "none yet");

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function table(name, headings, rows) {
  if (!rows.length) return element("p", "None.");
  const made = element("table");
  made.setAttribute("aria-label", name);
  const head = made.createTHead().insertRow();
  headings.forEach((text, i) => {
    const cell = element("th", text, i ? "number" : "");
    cell.scope = "col";
    head.append(cell);
  });
  const body = made.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((cell, i) => {
      const made = element(i ? "td" : "th", cell instanceof Node ? undefined : cell, i && !(cell instanceof Node) ? "number" : "");
      if (!i) made.scope = "row";
      if (cell instanceof Node) made.append(cell);
      row.append(made);
    });
  }
  return made;
}

// The service.

const refusals = {
  401: "The user id or the auth token is wrong, or the token has expired.",
  403: "This user may not see reports. That needs the permission view-livechat-manager.",
  429: "Too many calls. Please wait a moment.",
  503: "The service is busy. Please try again in a moment.",
};

async function ask(parameters) {
  let answer;
  try {
    answer = await fetch(`/api/v1/livechat/survey.report?${new URLSearchParams(parameters)}`, {
      headers: { "X-User-Id": user.id, "X-Auth-Token": user.token }, cache: "no-store", credentials: "omit",
    });
  } catch {
    throw new Error("The service could not be reached. Please check your network connection.");
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  const refused = new Error(refusals[answer.status] || said.error || `The service answered ${answer.status}.`);
  refused.status = answer.status;
  throw refused;
}

const read = async (parameters) => (await ask(parameters)).json();

async function busy(what, work) {
  byId("problem").textContent = "";
  byId("state").textContent = what;
  let done = "";
  try {
    done = await work() || "";
  } catch (error) {
    byId("problem").textContent = error.message;
    if (error.status === 401) leave();
  }
  byId("state").textContent = done;
}

// Days are dates in UTC, which has no daylight saving time.

const dayOf = (date) => date.toISOString().slice(0, 10);
const addDays = (day, n) => dayOf(new Date(Date.parse(day) + n * 86400000));

function today() {
  const now = new Date();
  return dayOf(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
}

function span(days) {
  byId("to").value = today();
  byId("from").value = addDays(today(), 1 - days);
}

// periods returns all keys that the rows can have, including those without a chat.
function periods({ from, to, groupBy }) {
  const keys = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    let key = day;
    if (groupBy === "month") key = day.slice(0, 7);
    if (groupBy === "week") key = addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
    if (keys.at(-1) !== key) keys.push(key);
  }
  return keys;
}

// The chart.

function drawn(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// steps returns five round numbers from 0 to most or above.
function steps(most) {
  let step = 1;
  for (let i = 0; most > 4 * step; i++) step *= [2, 2.5, 2][i % 3];
  step = Math.ceil(step);
  return [0, 1, 2, 3, 4].map((n) => n * step);
}

// chart draws the share as a line in front of bars for the responses. The chart has the
// width of its place, so that its letters are as large as all others.
function chart(place, points) {
  const width = Math.max(280, place.clientWidth || 800), height = 260;
  const left = 48, right = 48, top = 24, bottom = 28;
  const slot = (width - left - right) / points.length;
  const x = (i) => left + slot * (i + 0.5);
  const up = (part) => top + (1 - part) * (height - top - bottom);
  const counts = steps(Math.max(...points.map((p) => p.responses)));
  const most = counts.at(-1);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": describe(points) });
  for (let n = 0; n <= 4; n++) {
    const y = up(n / 4);
    svg.append(
      drawn("line", { x1: left, x2: width - right, y1: y, y2: y, class: "grid" }),
      drawn("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, `${25 * n} %`),
      drawn("text", { x: width - right + 6, y: y + 4 }, counts[n]),
    );
  }
  svg.append(drawn("text", { x: 0, y: 12 }, "satisfied"), drawn("text", { x: width, y: 12, "text-anchor": "end" }, "responses"));
  points.forEach((p, i) => {
    const y = up(p.responses / most);
    svg.append(drawn("rect", { x: x(i) - slot * 0.35, y, width: slot * 0.7, height: up(0) - y, class: "count" }));
  });
  // A period without answers interrupts the line.
  let run = [];
  const runs = [run];
  points.forEach((p, i) => {
    if (p.csat.of) run.push(`${x(i)},${up(p.csat.percent / 100)}`);
    else if (run.length) runs.push(run = []);
  });
  for (const part of runs) svg.append(drawn("polyline", { points: part.join(" "), class: "line" }));
  points.forEach((p, i) => {
    if (p.csat.of) svg.append(drawn("circle", { cx: x(i), cy: up(p.csat.percent / 100), r: Math.min(4, Math.max(2, slot / 3)), class: p.csat.tooFew ? "point few" : "point" }));
    // The whole column has the tooltip, because a point is hard to hit.
    const column = drawn("rect", { x: left + slot * i, y: top, width: slot, height: height - top - bottom, fill: "transparent" });
    column.append(drawn("title", {}, `${p.key}: ${percent(p.csat)} satisfied (${interval(p.csat)}), responses: ${p.responses}`));
    svg.append(column);
  });
  const every = Math.ceil(84 / slot);
  points.forEach((p, i) => {
    if (i % every === 0) svg.append(drawn("text", { x: x(i), y: height - 8, "text-anchor": "middle" }, p.key));
  });
  place.replaceChildren(svg);
}

function describe(points) {
  const known = points.filter((p) => p.csat.of);
  const all = `Chart of satisfied visitors in percent, and of responses, from ${points[0].key} to ${points.at(-1).key}. `;
  if (!known.length) return `${all}There are no answers yet.`;
  const shares = known.map((p) => p.csat.percent);
  return `${all}Between ${round(Math.min(...shares))} % and ${round(Math.max(...shares))} % were satisfied, most recently ${round(shares.at(-1))} %. The table below has the numbers.`;
}

// The report.

function trend(answer) {
  const rows = new Map(answer.rows.map((row) => [row.key, row]));
  const none = { of: 0, count: 0, percent: 0, low: 0, high: 100, tooFew: true };
  shown.points = periods(answer).map((key) => {
    const row = rows.get(key) || { closed: 0, sent: 0, answered: 0, csat: none, response: none };
    return { key, ...row, responses: row.answered };
  });
  chart(byId("trend"), shown.points);
  byId("trend-table").replaceChildren(table("Trend", [answer.groupBy, "Closed", "Sent", "Responses", "Satisfied", "95 % interval", "Response"],
    shown.points.map((p) => [p.key, p.closed, p.sent, p.responses, percent(p.csat), p.csat.of ? `${round(p.csat.low)}–${round(p.csat.high)} %${p.csat.tooFew ? " (too few)" : ""}` : "–", percent(p.response)])));
}

function figures({ total }) {
  const boxes = [
    ["Chats closed", total.closed, `${total.scheduled} to be surveyed`],
    ["Surveys sent", total.sent, `${total.waiting} waiting, ${total.failed} undelivered`],
    ["Response", percent(total.response), interval(total.response)],
    ["Satisfied (CSAT: 4 or 5 of 5)", percent(total.csat), interval(total.csat)],
    ["Answered", total.answered, `${total.expired} not answered in time`],
  ];
  byId("figures").replaceChildren(...boxes.map(([name, value, more]) => {
    const box = element("div"), figure = element("dd", value);
    figure.append(element("small", more));
    box.append(element("dt", name), figure);
    return box;
  }));
}

function bars(id, name, { rows }) {
  byId(id).replaceChildren(table(name, [name, "Satisfied", "", "95 % interval", "Responses", "Closed"], rows.map((r) => {
    const bar = drawn("svg", { viewBox: "0 0 160 16", width: 160, height: 16, "aria-hidden": "true" });
    bar.append(drawn("rect", { width: 160, height: 16, class: "track" }), drawn("rect", { width: r.csat.of ? 1.6 * r.csat.percent : 0, height: 16, class: "fill" }));
    return [r.label || r.key || "none", percent(r.csat), bar, r.csat.of ? `${round(r.csat.low)}–${round(r.csat.high)} %${r.csat.tooFew ? " (too few)" : ""}` : "–", r.answered, r.closed];
  })));
}

// An item without numeric answers is a choice, which has no mean.
function items({ total }) {
  byId("items").replaceChildren(table("Questions", ["Question", "Answers", "Mean", "Spread", "Distribution"], Object.entries(total.items).map(([name, item]) => {
    const values = Object.entries(item.values).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    const numeric = values.some(([value]) => Number.isFinite(Number(value)));
    return [name, `${item.count}${item.tooFew ? " (too few)" : ""}`, numeric ? item.mean.toFixed(2) : "–", numeric ? item.spread.toFixed(2) : "–", element("span", values.map(([value, n]) => `${value}: ${n}`).join(", "))];
  })));
}

const reasons = {
  "disabled": "surveys are switched off", "sampled-out": "not in the sample", "not-served": "no agent took the chat",
  "not-answered": "no agent wrote", "came-back": "the visitor came back first", "no-address": "no address is known",
  "no-sender": "no channel is set up", "unsubscribed": "the visitor unsubscribed", "too-soon": "surveyed recently",
  "too-late": "the survey expired before it was sent", "visitor-deleted": "the visitor was deleted", "no-consent": "the visitor has not consented",
  "undeliverable": "mails to the address bounced",
};

function skipped({ total }) {
  const rows = Object.entries(total.skipped).sort(([, a], [, b]) => b - a);
  byId("skipped").replaceChildren(table("Not surveyed", ["Reason", "Chats"], rows.map(([reason, n]) => [reasons[reason] || reason, n])));
}

function comments(answer) {
  const quotes = answer.comments.map((comment) => {
    const quote = element("blockquote");
    for (const [question, text] of Object.entries(comment.texts)) {
      if (question !== "additionalFeedback") quote.append(element("div", question, "name"));
      quote.append(element("p", text));
    }
    const rated = Object.entries(comment.ratings || {}).map(([question, value]) => `${question} ${value}`);
    const about = [comment.closedAt.slice(0, 10), comment.agent, shown.departments.get(comment.department) || comment.department, ...rated];
    quote.append(element("footer", about.filter(Boolean).join(" · ")));
    return quote;
  });
  byId("comments").append(...quotes);
  if (!byId("comments").hasChildNodes()) byId("comments").append(element("p", "None."));
  shown.next = answer.nextComments;
  byId("more").hidden = !shown.next;
  return quotes;
}

function show() {
  const turn = ++asked;
  const range = { from: byId("from").value, to: byId("to").value };
  const by = byId("by").value;
  return busy("Counting …", async () => {
    const [overTime, agents, departments] = await Promise.all([
      read({ ...range, groupBy: by, count: 20 }), read({ ...range, groupBy: "agent", count: 1 }), read({ ...range, groupBy: "department", count: 1 }),
    ]).catch((error) => {
      // The failure of an earlier request must not sign the user out.
      if (turn === asked) throw error;
      return [];
    });
    if (turn !== asked) return byId("state").textContent;
    shown = { range, by, departments: new Map(departments.rows.map((row) => [row.key, row.label])) };
    byId("signin").hidden = true;
    byId("ask").hidden = byId("report").hidden = false;
    byId("csv").disabled = false;
    const asOf = overTime.asOf ? `, as of ${overTime.asOf.slice(0, 16).replace("T", " ")} UTC` : "";
    byId("range").textContent = `${overTime.from} to ${overTime.to}${asOf}`;
    figures(overTime);
    trend(overTime);
    bars("agents", "Agent", agents);
    bars("departments", "Department", departments);
    items(overTime);
    skipped(overTime);
    byId("comments").replaceChildren();
    comments(overTime);
    return `The report from ${overTime.from} to ${overTime.to} is shown.`;
  });
}

function leave() {
  user = shown = null;
  asked++;
  byId("signin").hidden = false;
  byId("ask").hidden = byId("report").hidden = true;
  byId("range").textContent = byId("state").textContent = "";
  for (const id of ["figures", "trend", "trend-table", "agents", "departments", "items", "skipped", "comments"]) byId(id).replaceChildren();
  byId("user").focus();
}

byId("signin").addEventListener("submit", async (event) => {
  event.preventDefault();
  user = { id: byId("user").value.trim(), token: byId("token").value.trim() };
  byId("token").value = "";
  await show();
  if (shown) byId("from").focus();
});

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});

byId("presets").addEventListener("click", ({ target }) => {
  if (!target.dataset.days) return;
  span(Number(target.dataset.days));
  show();
});

byId("leave").addEventListener("click", () => {
  byId("problem").textContent = "";
  leave();
});

byId("more").addEventListener("click", () => busy("Loading more comments …", async () => {
  const of = shown;
  if (!of.next || of.loading) return "";
  of.loading = true;
  try {
    const answer = await read({ ...of.range, groupBy: of.by, count: 20, cursor: of.next });
    if (of !== shown) return "";
    const quotes = comments(answer);
    if (quotes.length) {
      quotes[0].tabIndex = -1;
      quotes[0].focus();
    }
    return `${quotes.length} more comments.`;
  } finally {
    of.loading = false;
  }
}));

byId("csv").addEventListener("click", () => busy("Downloading …", async () => {
  const { range, by } = shown;
  const answer = await ask({ ...range, groupBy: by, format: "csv" });
  const link = element("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `surveys-${range.from}-${range.to}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); // some browsers read it late
  return "Downloaded.";
}));

addEventListener("resize", () => {
  if (shown?.points) chart(byId("trend"), shown.points);
});

span(30);
