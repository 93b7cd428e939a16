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
const interval = (share) => (share.of ? `95 %: ${round(share.low)} to ${round(share.high)} %${few(share)}` : "none yet");

// shownDay writes a day as people do. Days are dates in UTC, which has no daylight saving
// time.
const dayForm = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const longDay = dayForm({ day: "numeric", month: "long", year: "numeric" });
const shortDay = dayForm({ day: "numeric", month: "short" });
const shortMonth = dayForm({ month: "short", year: "numeric" });
const shownDay = (day) => longDay.format(new Date(day));
const shownPeriod = (key) => (key.length > 7 ? shortDay : shortMonth).format(new Date(key));

// label returns the question's name for people. The wire format's own names have labels,
// and the names of an operator's questions are split into words.
const labels = {
  satisfaction: "Satisfaction", agentKnowledge: "Knowledge", agentResposiveness: "Responsiveness",
  agentFriendliness: "Friendliness", additionalFeedback: "Comment",
};

function label(question) {
  if (Object.hasOwn(labels, question)) return labels[question];
  const words = question.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_.-]+/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function table(name, headings, rows) {
  if (!rows.length) return element("p", "Nothing in this range.");
  const made = element("table");
  made.setAttribute("aria-label", name);
  const head = made.createTHead().insertRow();
  headings.forEach((text, i) => {
    const cell = element("th", text, i && !(rows[0][i] instanceof Node) ? "number" : "");
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

async function ask(parameters, call = "survey.report") {
  let answer;
  try {
    answer = await fetch(`/api/v1/livechat/${call}?${new URLSearchParams(parameters)}`, {
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

// standardDays is the service's own range.
const standardDays = 30;

const dayOf = (date) => date.toISOString().slice(0, 10);
const addDays = (day, n) => dayOf(new Date(Date.parse(day) + n * 86400000));

// rangeOf returns the parameters of the last days. The last day is today on the service's
// clock, with which the service's own range ends: the browser's clock may be wrong.
async function rangeOf(days) {
  if (days === standardDays) return {};
  const { to } = await read({ count: 1 });
  return { from: addDays(to, 1 - days), to };
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
    column.append(drawn("title", {}, `${shownPeriod(p.key)}: ${percent(p.csat)} satisfied (${interval(p.csat)}), responses: ${p.responses}`));
    svg.append(column);
  });
  const every = Math.ceil(84 / slot);
  points.forEach((p, i) => {
    if (i % every === 0) svg.append(drawn("text", { x: x(i), y: height - 8, "text-anchor": "middle" }, shownPeriod(p.key)));
  });
  place.replaceChildren(svg);
}

function describe(points) {
  const known = points.filter((p) => p.csat.of);
  const all = `Chart of satisfied visitors in percent, and of responses, from ${shownPeriod(points[0].key)} to ${shownPeriod(points.at(-1).key)}. `;
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
  // The time before the first chat and after the last has nothing to show.
  const busy = (p) => p.closed || p.sent;
  const first = shown.points.findIndex(busy);
  shown.points = first < 0 ? [] : shown.points.slice(first, shown.points.findLastIndex(busy) + 1);
  drawTrend();
  byId("trend-table").replaceChildren(table("Trend", [{ day: "Day", week: "Week of", month: "Month" }[answer.groupBy], "Closed", "Sent", "Responses", "Satisfied", "95 % interval", "Response"],
    shown.points.map((p) => [shownPeriod(p.key), p.closed, p.sent, p.responses, percent(p.csat), p.csat.of ? `${round(p.csat.low)}–${round(p.csat.high)} %${p.csat.tooFew ? " (too few)" : ""}` : "–", percent(p.response)])));
}

function drawTrend() {
  const some = shown.points.some((p) => p.responses);
  byId("legend").hidden = !some;
  byId("numbers").hidden = !shown.points.length;
  if (some) chart(byId("trend"), shown.points);
  else byId("trend").replaceChildren(element("p", "Nobody has answered a survey in this range."));
}

function figures({ total }) {
  const fill = (id, boxes) => byId(id).replaceChildren(...boxes.map(([name, value, more]) => {
    const box = element("div"), figure = element("dd", value);
    if (more) figure.append(element("small", more));
    box.append(element("dt", name), figure);
    return box;
  }));
  fill("figures", [
    ["Satisfied visitors", percent(total.csat), total.csat.of ? `${total.csat.count} of ${total.csat.of} gave 4 or 5 stars (${interval(total.csat)})` : "no answers yet"],
    ["Response rate", percent(total.response), total.response.of ? `${total.response.count} of ${total.response.of} answered (${interval(total.response)})` : "no surveys sent yet"],
  ]);
  fill("counts", [
    ["Chats closed", total.closed], ["Surveys sent", total.sent], ["Answered", total.answered],
    ["Not answered in time", total.expired], ["Waiting to be sent", total.waiting], ["Undelivered", total.failed],
  ]);
}

// bars fills a table of agents or departments. Chats without one are in a row of their own.
function bars(id, name, { rows }) {
  const missing = `No ${name.toLowerCase()}`;
  byId(id).replaceChildren(table(name, [name, "Satisfied", "95 % interval", "Responses", "Closed"], rows.map((r) => {
    const bar = drawn("svg", { viewBox: "0 0 160 16", width: 160, height: 16, "aria-hidden": "true" });
    bar.append(drawn("rect", { width: 160, height: 16, class: "track" }), drawn("rect", { width: r.csat.of ? 1.6 * r.csat.percent : 0, height: 16, class: "fill" }));
    const share = element("span", undefined, "share");
    share.append(element("b", percent(r.csat)), bar);
    return [r.label || r.key || missing, share, r.csat.of ? `${round(r.csat.low)}–${round(r.csat.high)} %${r.csat.tooFew ? " (too few)" : ""}` : "–", r.answered, r.closed];
  })));
}

// An item without numeric answers is a choice, which has no mean.
function items({ total }) {
  byId("items").replaceChildren(table("Questions", ["Question", "Answers", "Mean", "Spread", "Distribution"], Object.entries(total.items).map(([name, item]) => {
    const values = Object.entries(item.values).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    const numeric = values.some(([value]) => Number.isFinite(Number(value)));
    return [label(name), `${item.count}${item.tooFew ? " (too few)" : ""}`, numeric ? item.mean.toFixed(2) : "–", numeric ? item.spread.toFixed(2) : "–", element("span", values.map(([value, n]) => `${value}: ${n}`).join(", "))];
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

// The service sends what was written as HTML has it; the page shows it as it was written.
const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#x60;": "`" };
const written = (text) => text.replace(/&(?:amp|lt|gt|quot|#x27|#x60);/g, (entity) => entities[entity]);

// conversation returns a button that replaces itself with the room's messages.
function conversation(rid) {
  const place = element("div"), open = element("button", "Show the conversation", "quiet");
  open.type = "button";
  open.addEventListener("click", () => busy("Loading the conversation …", async () => {
    const { messages } = await (await ask({ count: 100 }, `${encodeURIComponent(rid)}/messages`)).json();
    const list = element("ol", undefined, "talk");
    list.tabIndex = -1;
    list.setAttribute("aria-label", "Conversation");
    for (const message of messages.filter((m) => !m.t).sort((a, b) => a.ts.localeCompare(b.ts))) {
      const item = element("li");
      item.append(element("b", `${message.alias || message.u.name || message.u.username}: `), written(message.msg));
      list.append(item);
    }
    if (!list.hasChildNodes()) list.append(element("li", "Its messages are no longer stored."));
    const room = element("p", "Room ", "name");
    room.append(element("code", rid));
    place.replaceChildren(list, room);
    list.focus();
  }));
  place.append(open);
  return place;
}

function comments(answer) {
  const quotes = answer.comments.map((comment) => {
    const quote = element("blockquote");
    for (const [question, text] of Object.entries(comment.texts)) {
      if (question !== "additionalFeedback") quote.append(element("div", label(question), "name"));
      quote.append(element("p", text));
    }
    const rated = Object.entries(comment.ratings || {}).map(([question, value]) => `${label(question)} ${value}`);
    const about = [shownDay(comment.closedAt.slice(0, 10)), comment.agent, shown.departments.get(comment.department) || comment.department, ...rated];
    quote.append(element("footer", about.filter(Boolean).join(" · ")), conversation(comment.rid));
    return quote;
  });
  byId("comments").append(...quotes);
  if (!byId("comments").hasChildNodes()) byId("comments").append(element("p", "Nobody has written a comment in this range."));
  shown.next = answer.nextComments;
  byId("more").hidden = !shown.next;
  return quotes;
}

// show shows the report of the last days or, without days, of the form's range.
function show(days) {
  const turn = ++asked;
  const by = byId("by").value;
  return busy("Counting …", async () => {
    let overTime, agents, departments;
    try {
      const range = days ? await rangeOf(days) : { from: byId("from").value, to: byId("to").value };
      [overTime, agents, departments] = await Promise.all([
        read({ ...range, groupBy: by, count: 20 }), read({ ...range, groupBy: "agent", count: 1 }), read({ ...range, groupBy: "department", count: 1 }),
      ]);
    } catch (error) {
      // The failure of an earlier request must not sign the user out.
      if (turn === asked) throw error;
    }
    if (turn !== asked) return byId("state").textContent;
    shown = { range: { from: overTime.from, to: overTime.to }, by, departments: new Map(departments.rows.map((row) => [row.key, row.label])) };
    byId("signin").hidden = true;
    byId("controls").hidden = byId("report").hidden = false;
    byId("csv").disabled = false;
    byId("from").value = overTime.from;
    byId("to").value = overTime.to;
    const asOf = overTime.asOf ? `, counted at ${overTime.asOf.slice(11, 16)} UTC` : "";
    byId("range").textContent = `${shownDay(overTime.from)} to ${shownDay(overTime.to)}${asOf}`;
    figures(overTime);
    trend(overTime);
    bars("agents", "Agent", agents);
    bars("departments", "Department", departments);
    items(overTime);
    skipped(overTime);
    byId("comments").replaceChildren();
    comments(overTime);
  });
}

function leave() {
  user = shown = null;
  asked++;
  byId("signin").hidden = false;
  byId("controls").hidden = byId("report").hidden = true;
  byId("range").textContent = byId("state").textContent = "";
  for (const id of ["figures", "counts", "trend", "trend-table", "agents", "departments", "items", "skipped", "comments"]) byId(id).replaceChildren();
  byId("user").focus();
}

// choose marks the preset, or none, and shows the report of its range.
async function choose(preset) {
  for (const button of byId("presets").children) button.setAttribute("aria-pressed", button === preset);
  if (preset) byId("by").value = preset.dataset.by;
  await show(Number(preset?.dataset.days));
}

byId("signin").addEventListener("submit", async (event) => {
  event.preventDefault();
  user = { id: byId("user").value.trim(), token: byId("token").value.trim() };
  byId("token").value = "";
  const preset = byId("presets").querySelector('[data-days="30"]');
  await choose(preset);
  if (shown) preset.focus();
});

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  choose(null);
});

byId("presets").addEventListener("click", ({ target }) => {
  if (target.dataset.days) choose(target);
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
  if (shown?.points) drawTrend();
});

