// The console shows what GET /topom says, twice a second at most; it changes nothing.
const SLOTS = 1024, COLUMNS = 64, CELL = 12, PERIOD_MS = 1000;
const $ = (id) => document.getElementById(id);
const hue = (group) => `hsl(${(group * 137.5 + 70) % 360} 52% 55%)`;
const number = (value) => Number(value ?? 0).toLocaleString("en");

function bytes(value) {
  let n = Number(value ?? 0);
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (n < 1024) return `${n < 10 && unit !== "B" ? n.toFixed(1) : Math.round(n)} ${unit}`;
    n /= 1024;
  }
  return `${n.toFixed(1)} TiB`;
}

function seconds(value) {
  const s = Math.round(Number(value));
  return s < 90 ? `${s} s` : s < 5400 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;
}

// Everything that comes from a server goes through textContent: an address or an error is never markup.
function element(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key === "class") node.className = value; else if (key === "style") node.style.cssText = value; else node[key] = value;
  }
  node.append(...children.map((child) => child ?? ""));
  return node;
}
const cell = (content, numeric) => element("td", numeric ? { class: "n" } : {}, content);
// Of a server with a name its first part is enough to tell it from others; the whole is there when pointed at.
const place = (address) => element("code", { title: address }, address.replace(/^([a-z][^.:]*)\.[^:]*/i, "$1"));
const state = (word, level) => element("span", { class: `state ${level}` }, word);
const swatch = (group) => element("span", { class: "swatch", style: `background:${group ? hue(group) : "var(--idle)"}` });

/** A product name when served by codis-fe; null when the dashboard itself serves the page. */
let product = new URLSearchParams(location.search).get("product");
let viaFe = false;

async function get(path) {
  const url = viaFe ? `${path}?forward=${encodeURIComponent(product)}` : path;
  const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(5000) });
  if (answer.ok) return answer.json();
  const body = await answer.text();
  let cause = body;
  try { cause = JSON.parse(body).Cause ?? body; } catch { /* plain text */ }
  throw new Error(cause || `${path} answered ${answer.status}`);
}

async function products() {
  const answer = await fetch("list", { cache: "no-store" });
  const names = answer.ok ? await answer.json() : null;
  viaFe = Array.isArray(names);
  return names ?? [];
}

const keysOf = (stats) => Object.entries(stats ?? {}).filter(([key]) => /^db\d+$/.test(key))
  .reduce((sum, [, text]) => sum + Number(/keys=(\d+)/.exec(text)?.[1] ?? 0), 0);

function serverState(entry, isMaster, masterStats, fenced) {
  if (fenced) return ["fenced by a person", "warn"];
  if (!entry) return ["pending", "warn"];
  if (entry.timeout) return ["no answer", "bad"];
  if (entry.error || !entry.stats) return ["error", "bad"];
  const stats = entry.stats;
  if (stats.loading === "1") return ["loading", "warn"];
  if (isMaster) return stats.role === "master" ? ["ready", "good"] : ["fenced", "bad"];
  if (stats.master_sync_in_progress === "1") return ["synchronising", "warn"];
  return stats.master_link_status === "up" && masterStats ? ["in sync", "good"] : ["link down", "bad"];
}

function renderGroups(stats, owned) {
  const rows = [];
  for (const group of stats.group.models) {
    const master = stats.group.stats[group.servers[0]?.server]?.stats;
    group.servers.forEach((server, index) => {
      const entry = stats.group.stats[server.server];
      const info = entry?.stats;
      const [word, level] = serverState(entry, index === 0, master, stats.fenced?.includes(server.server));
      const lag = index > 0 && master && info
        ? bytes(Math.max(0, Number(master.master_repl_offset) - Number(info.slave_repl_offset ?? info.master_repl_offset))) : "";
      rows.push(element("tr", {},
        cell(index === 0 ? element("span", {}, swatch(group.id), `${group.id}`) : ""),
        cell(place(server.server)),
        cell(index === 0 ? "master" : "replica"),
        cell(group.promoting?.state && index === 0 ? state(`promoting: ${group.promoting.state}`, "warn") : state(word, level)),
        cell(info ? number(keysOf(info)) : "", true),
        cell(info ? bytes(info.used_memory) + (Number(info.maxmemory) ? ` of ${bytes(info.maxmemory)}` : "") : "", true),
        cell(lag, true),
        cell(index === 0 ? number(owned.get(group.id) ?? 0) : "", true)));
    });
    if (group.servers.length === 0) {
      rows.push(element("tr", {}, cell(element("span", {}, swatch(group.id), `${group.id}`)), cell(element("span", { class: "quiet" }, "no servers"))));
    }
  }
  $("groups").tBodies[0].replaceChildren(...rows);
}

function proxyState(entry) {
  if (!entry) return ["pending", "warn"];
  if (entry.timeout) return ["no answer", "bad"];
  if (entry.error || !entry.stats) return ["error", "bad"];
  return entry.stats.closed ? ["closed", "bad"] : entry.stats.online ? ["online", "good"] : ["waiting", "warn"];
}

function renderProxies(stats) {
  $("proxies").tBodies[0].replaceChildren(...stats.proxy.models.map((proxy) => {
    const entry = stats.proxy.stats[proxy.token];
    const seen = entry?.stats;
    const [word, level] = proxyState(entry);
    return element("tr", {},
      cell(`proxy-${proxy.id ?? 0}`),
      cell(element("code", {}, proxy.proxy_addr)),
      cell(element("code", {}, proxy.admin_addr)),
      cell(state(word, level)),
      cell(seen ? number(seen.ops?.qps) : "", true),
      cell(seen ? number(seen.sessions?.alive) : "", true),
      cell(seen ? number(seen.ops?.fails) : "", true),
      cell(seen ? `${Math.round((seen.rusage?.cpu ?? 0) * 100)} %` : "", true),
      cell(seen ? bytes(seen.rusage?.mem) : "", true));
  }));
}

const SVG = "http://www.w3.org/2000/svg";
function buildSlotMap() {
  const map = $("slotmap");
  for (let id = 0; id < SLOTS; id++) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("x", (id % COLUMNS) * CELL + 0.5);
    rect.setAttribute("y", Math.floor(id / COLUMNS) * CELL + 0.5);
    rect.setAttribute("width", CELL - 1.5);
    rect.setAttribute("height", CELL - 1.5);
    rect.setAttribute("rx", 1.5);
    rect.dataset.slot = id;
    map.append(rect);
  }
  map.addEventListener("pointermove", (event) => {
    if (event.target.dataset.words) $("slot-detail").textContent = event.target.dataset.words;
  });
}

function renderSlots(stats) {
  const owned = new Map();
  let offline = 0, moving = 0;
  const cells = $("slotmap").children;
  for (const slot of stats.slots) {
    const rect = cells[slot.id];
    const action = slot.action?.state;
    owned.set(slot.group_id, (owned.get(slot.group_id) ?? 0) + 1);
    if (!slot.group_id) offline++;
    if (action) moving++;
    rect.setAttribute("fill", slot.group_id ? hue(slot.group_id) : "var(--idle)");
    rect.setAttribute("stroke", action ? hue(slot.action.target_id) : "none");
    rect.setAttribute("stroke-width", action ? 2.5 : 0);
    rect.dataset.words = `slot ${slot.id}: ` + (slot.group_id ? `group ${slot.group_id}` : "offline")
      + (action ? `, ${action}, to group ${slot.action.target_id}` : "");
  }
  const groups = [...owned.keys()].filter((id) => id).sort((a, b) => a - b);
  $("legend").replaceChildren(
    ...groups.map((id) => element("span", {}, swatch(id), `group ${id}: ${owned.get(id)}`)),
    ...(offline ? [element("span", {}, swatch(0), `offline: ${offline}`)] : []),
    ...(moving ? [element("span", { class: "quiet" }, `a coloured border: the slot moves to that group (${moving})`)] : []));
  return { owned, offline, moving };
}

/** Slots that are done, and of those on their way the share that their keys have gone; keys moved on touch are in neither. */
function doneSlots(move, slots) {
  const under = slots.filter((slot) => slot.group_id === move.source && slot.action?.state && slot.action.state !== "pending").length;
  const share = move.keys_total > 0 ? Math.min(1, move.keys_moved / move.keys_total) : 0;
  return Math.min(move.slots_total, move.slots_done + under * share);
}

function renderMoves(moves, slots) {
  $("moves-section").hidden = moves.length === 0;
  $("moves").replaceChildren(...moves.map((move) => {
    const keys = move.keys_total > 0 ? `${number(move.keys_moved)} of ${number(move.keys_total)} keys` : `${number(move.keys_moved)} keys`;
    const words = [`${number(move.slots_done)} of ${number(move.slots_total)} slots`, keys];
    if (move.keys_per_second > 0) words.push(`${number(Math.round(move.keys_per_second))} keys/s`);
    if (move.eta_seconds >= 0) words.push(`${seconds(move.eta_seconds)} left`);
    return element("div", { class: "move" },
      element("span", {}, swatch(move.source), `group ${move.source} \u2192 `, swatch(move.target), `group ${move.target}`),
      element("progress", { max: Math.max(1, move.slots_total), value: doneSlots(move, slots) }),
      element("span", { class: "quiet" }, words.join(", ")));
  }));
}

function renderConditions(conditions) {
  $("conditions-section").hidden = conditions.length === 0;
  $("conditions").replaceChildren(...conditions.map((condition) =>
    element("li", {}, element("b", {}, condition.reason), ` ${condition.message ?? ""}`)));
}

function renderTiles(stats, slots) {
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const masters = stats.group.models.map((group) => stats.group.stats[group.servers[0]?.server]?.stats).filter(Boolean);
  const proxies = Object.values(stats.proxy.stats).map((entry) => entry.stats).filter(Boolean);
  const tiles = [
    ["slots online", `${SLOTS - slots.offline}/${SLOTS}`],
    ["groups", number(stats.group.models.length)],
    ["keys", number(sum(masters.map(keysOf)))],
    ["memory of masters", bytes(sum(masters.map((info) => Number(info.used_memory ?? 0))))],
    ["requests per second", number(sum(proxies.map((seen) => seen.ops?.qps ?? 0)))],
    ["clients", number(sum(proxies.map((seen) => seen.sessions?.alive ?? 0)))],
  ];
  $("tiles").replaceChildren(...tiles.map(([name, value]) =>
    element("div", { class: "tile" }, element("b", {}, value), element("span", { class: "quiet" }, name))));
}

function renderPhase(stats, slots) {
  const servers = stats.group.models.flatMap((group) => group.servers.map((server, index) =>
    serverState(stats.group.stats[server.server], index === 0, true)[1]));
  const proxies = stats.proxy.models.map((proxy) => proxyState(stats.proxy.stats[proxy.token])[1]);
  const bad = [...servers, ...proxies].some((level) => level === "bad");
  const [word, level] = slots.offline ? ["slots offline", "bad"] : bad ? ["degraded", "warn"]
    : slots.moving ? ["moving slots", "warn"] : ["ready", "good"];
  $("phase").textContent = word;
  $("phase").className = `badge ${level}`;
}

function showProblem(error) {
  $("problem").hidden = !error;
  if (error) {
    $("problem").textContent = `The dashboard cannot be read: ${error.message}. What is shown below is old.`;
    $("phase").textContent = "no answer";
    $("phase").className = "badge bad";
  }
}

async function refresh() {
  try {
    const overview = await get("/topom");
    const stats = overview.stats;
    document.title = `Codis: ${overview.model.product_name}`;
    if (!viaFe) $("product").replaceChildren(element("option", {}, overview.model.product_name));
    const slots = renderSlots(stats);
    renderTiles(stats, slots);
    renderConditions(stats.conditions ?? []);
    renderMoves(stats.slot_action?.moves ?? [], stats.slots);
    renderGroups(stats, slots.owned);
    renderProxies(stats);
    renderPhase(stats, slots);
    $("age").textContent = `as of ${new Date().toLocaleTimeString()}`;
    showProblem(null);
  } catch (error) {
    showProblem(error);
  }
  setTimeout(refresh, PERIOD_MS);
}

async function start() {
  buildSlotMap();
  const names = await products().catch(() => []);
  if (viaFe) {
    product = names.includes(product) ? product : names[0] ?? "";
    $("product").replaceChildren(...names.map((name) => element("option", { selected: name === product }, name)));
    $("product").addEventListener("change", (event) => { location.search = `?product=${encodeURIComponent(event.target.value)}`; });
  }
  refresh();
}

start();
