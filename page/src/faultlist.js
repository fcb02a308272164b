// SPDX-License-Identifier: GPL-2.0-or-later
// The list of faults: filtered, sorted, and only the rows in sight are elements, so that
// 100,000 of them are as quick as 100.
import { outcomes } from "./charts.js";
import { el, facts, section } from "./dom.js";
import { base, count, place, shellWord } from "./format.js";
import { visible } from "./data.js";

const ROW = 30, SEEN = 16, SPARE = 8; // pixels of a row; rows in sight, and more around them
const filters = [["outcome", "outcome"], ["cause", "cause"], ["location", "location"],
	["function", "function"]];
const searched = ["fault", "function", "file", "module", "module_address", "cause", "old_value",
	"new_value"];

class List {
	constructor(study) {
		this.table = study.experiments;
		this.campaign = study.campaign.cell("campaign", 0);
		this.study = study.name;
		this.chosen = {};
		this.sought = "";
		this.sorted = { name: "experiment", down: false };
		this.order = Array.from({ length: this.table.length }, (_, i) => i);
		this.rows = this.order;
		this.changed = () => {};
	}

	command(i) {
		const number = this.table.cell("experiment", i);
		return `upset replay -c ${this.campaign} ${shellWord(this.study)} ${number}`;
	}

	// Texts in which the search looks, made when it is first used.
	text(i) {
		this.texts ??= new Array(this.table.length);
		this.texts[i] ??= searched.map((name) => this.table.cell(name, i) ?? "").join("\n")
			.toLowerCase();
		return this.texts[i];
	}

	matches(i) {
		for (const [name, value] of Object.entries(this.chosen))
			if (this.table.cell(name, i) !== value)
				return false;
		return this.sought === "" || this.text(i).includes(this.sought);
	}

	update() {
		this.rows = this.order.filter((i) => this.matches(i));
		this.changed();
	}

	sort(name) {
		const down = this.sorted.name === name && !this.sorted.down;
		const sign = down ? -1 : 1;
		this.sorted = { name, down };
		const keys = Array.from({ length: this.table.length }, (_, i) => this.table.cell(name, i));
		this.order.sort((a, b) => compare(keys[a], keys[b], sign) || a - b);
		this.update();
	}
}

// What is not known comes last, either way.
function compare(a, b, sign) {
	if (a === b)
		return 0;
	if (a === null || b === null)
		return a === null ? 1 : -1;
	return (a < b ? -1 : 1) * sign;
}

const columns = [
	{ name: "experiment", head: "number", width: 76, number: true },
	{ name: "outcome", head: "outcome", width: 102 },
	{ name: "cause", head: "cause", width: 96 },
	{ name: "location", head: "location", width: 66 },
	{ name: "bit", head: "bit", width: 44, number: true },
	{ name: "function", head: "function", width: 130 },
	{ name: "line", head: "source", width: 96,
		text: (t, i) => place(t.cell("file", i), t.cell("line", i)) },
	{ name: "insn", head: "instruction", width: 96, number: true,
		text: (t, i) => count(t.cell("insn", i)) },
	{ name: "latency", head: "latency", width: 92, number: true,
		text: (t, i) => count(t.cell("latency", i)) },
];

/* --- filters ------------------------------------------------------------------------------- */

// The values of a column, most frequent first, but outcomes in their own order.
function valuesOf(table, name) {
	const seen = new Map();
	for (let i = 0; i < table.length; i++) {
		const value = table.cell(name, i);
		if (value !== null)
			seen.set(value, (seen.get(value) ?? 0) + 1);
	}
	return name === "outcome"
		? outcomes.filter((o) => seen.has(o)).map((o) => [o, seen.get(o)])
		: [...seen].sort((a, b) => b[1] - a[1]);
}

function filter(list, name, head) {
	const values = valuesOf(list.table, name);
	const select = el("select", { "data-filter": name, onchange: () => {
		if (select.selectedIndex === 0)
			delete list.chosen[name];
		else
			list.chosen[name] = values[select.selectedIndex - 1][0];
		list.update();
	} }, el("option", {}, "all"), values.map(([value, n]) =>
		el("option", {}, `${value} (${count(n)})`)));
	return el("label", {}, el("span", {}, head), select);
}

function search(list) {
	let timer = 0;
	const input = el("input", { type: "search", placeholder: "fault, function, file, address, value",
		oninput: () => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				list.sought = input.value.trim().toLowerCase();
				list.update();
			}, 120);
		} });
	return el("label", { class: "search" }, el("span", {}, "text"), input);
}

function controls(list) {
	const form = el("form", { class: "filters", onsubmit: (event) => event.preventDefault() },
		filters.map(([name, head]) => filter(list, name, head)), search(list),
		el("button", { type: "reset", onclick: () => {
			list.chosen = {};
			list.sought = "";
			list.update();
		} }, "Show all"));
	return form;
}

/* --- rows ---------------------------------------------------------------------------------- */

function copyText(text) {
	const area = el("textarea", { class: "offscreen" });
	area.value = text;
	document.body.append(area);
	area.select();
	const done = document.execCommand("copy");
	area.remove();
	return done;
}

function copyButton(command) {
	const button = el("button", { type: "button", class: "copy", title: `Copy: ${visible(command)}`,
		onclick: async (event) => {
			event.stopPropagation();
			let done = false;
			try {
				await navigator.clipboard.writeText(command);
				done = true;
			} catch {
				done = copyText(command);
			}
			button.textContent = done ? "copied" : "not copied";
			setTimeout(() => { button.textContent = "copy"; }, 1500);
		} }, "copy");
	return button;
}

function cell(table, column, i) {
	const value = column.text ? column.text(table, i) : table.cell(column.name, i);
	const text = value === null || value === undefined ? "–" : String(value);
	const td = el("td", { class: column.number ? "number" : null, title: text });
	if (column.name === "outcome")
		td.append(el("span", { class: `swatch ${text}` }));
	td.append(text);
	return td;
}

function rowOf(list, i, onChoose) {
	const command = list.command(i);
	return el("tr", { tabindex: "0", "data-row": i, onclick: () => onChoose(i),
		onkeydown: (event) => { if (event.key === "Enter") onChoose(i); } },
	columns.map((column) => cell(list.table, column, i)),
	el("td", { class: "command", title: visible(command) }, copyButton(command),
		el("code", {}, visible(command))));
}

function details(list, i) {
	const t = list.table, row = t.row(i);
	const ended = { exited: `exit status ${row.status}`, signaled: `signal ${row.status}`,
		hung: "did not end" };
	return [el("h4", {}, `Experiment ${row.experiment}`), facts([
		["fault", row.fault, true], ["outcome", [row.outcome, row.cause].filter(Boolean).join(", ")],
		["ended with", ended[row.end]], ["location", row.location], ["bit", row.bit],
		["before", row.old_value], ["after", row.new_value], ["function", row.function],
		["source", place(row.file, row.line)],
		["address", row.module_address && `${row.module_address} in ${base(row.module)}`],
		["instructions before it", row.insn === null ? null : count(row.insn)],
		["latency", row.latency === null ? null : count(row.latency)]]),
	el("p", { class: "command" }, el("code", {}, visible(list.command(i))),
		copyButton(list.command(i)))];
}

/* --- the list ------------------------------------------------------------------------------- */

function headOf(list) {
	return el("tr", {}, columns.map((column) => {
		const button = el("button", { type: "button",
			onclick: () => list.sort(column.name) }, column.head);
		return el("th", { scope: "col", "data-sort": column.name,
			class: column.number ? "number" : null, "aria-sort": "none" }, button);
	}), el("th", { scope: "col" }, "make it again"));
}

function markSorted(head, sorted) {
	for (const th of head.querySelectorAll("th[data-sort]"))
		th.setAttribute("aria-sort", th.dataset.sort !== sorted.name ? "none"
			: sorted.down ? "descending" : "ascending");
}

function spacer(rows) {
	return el("tr", { class: "spacer", "aria-hidden": "true", style: `height: ${rows * ROW}px` });
}

// Fill @body with the rows that @view shows.
function fill(list, view, body, onChoose) {
	const first = Math.max(0, Math.floor(view.scrollTop / ROW) - SPARE);
	const last = Math.min(list.rows.length, first + SEEN + 2 * SPARE);
	const shown = list.rows.slice(first, last).map((i) => rowOf(list, i, onChoose));
	body.replaceChildren(spacer(first), ...shown, spacer(list.rows.length - last));
}

export function faultList(study) {
	const list = new List(study);
	const head = headOf(list), body = el("tbody"), chosen = el("div", { class: "chosen" });
	const status = el("p", { class: "status", role: "status" });
	const table = el("table", {},
		el("colgroup", {}, columns.map((c) => el("col", { style: `width: ${c.width}px` })),
			el("col")),
		el("thead", {}, head), body);
	const view = el("div", { class: "view", tabindex: "0", "aria-label": "List of faults",
		style: `max-height: ${ROW * (SEEN + 1)}px` }, table);
	const draw = () => fill(list, view, body, (i) => chosen.replaceChildren(...details(list, i)));
	let waiting = 0;
	view.addEventListener("scroll", () => {
		cancelAnimationFrame(waiting);
		waiting = requestAnimationFrame(draw);
	});
	list.changed = () => {
		view.scrollTop = 0;
		status.textContent = `${count(list.rows.length)} of ${count(list.table.length)} faults`;
		markSorted(head, list.sorted);
		draw();
	};
	list.changed();
	return section("faults", "The faults", "Each experiment with its fault, and the command that " +
		"makes it again and tells where it leaves the golden run. Choose a row to see all of it, a " +
		"heading to sort.",
	controls(list), status, view, chosen,
	el("p", { class: "print-only" }, "The list itself is not printed; `upset show STUDY " +
		"experiments --csv` writes it."));
}
