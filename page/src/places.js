// SPDX-License-Identifier: GPL-2.0-or-later
// A campaign by where its faults struck: registers and bits, functions, lines.
import { legend, results, stacks } from "./charts.js";
import { choice, el, missing, numbers, section } from "./dom.js";
import { base, count, interval, percent, place } from "./format.js";
import { heatmap, ramp } from "./heatmap.js";

const MOST = 20; // bars of a chart

const groupColumns = [
	{ name: "results", head: "results", number: true, text: (r) => count(r.results) },
	{ name: "masked", head: "masked", number: true, text: (r) => count(r.masked) },
	{ name: "detected", head: "detected", number: true, text: (r) => count(r.detected) },
	{ name: "sdc", head: "sdc", number: true, text: (r) => count(r.sdc) },
	{ name: "due", head: "due", number: true, text: (r) => count(r.due) },
	{ name: "not_injected", head: "not injected", number: true,
		text: (r) => count(r.not_injected) },
	{ name: "due_share", head: "due share", number: true, text: (r) => percent(r.due_share) },
	{ name: "sdc_share", head: "sdc share", number: true, text: (r) => percent(r.sdc_share) },
	{ name: "interval", head: "sdc interval", number: true,
		text: (r) => interval(r.sdc_low, r.sdc_high) },
];

// The groups with most results, largest first, as stacked bars.
function stacked(label, rows, nameOf) {
	const top = rows.filter((row) => row.results > 0)
		.sort((a, b) => b.results - a.results).slice(0, MOST);
	const parts = top.flatMap((row, i) => results.map((outcome) => ({ row: i, outcome,
		value: row[outcome], title: `${nameOf(row)}: ${count(row[outcome])} ${outcome} of ` +
			`${count(row.results)}, ${percent(row[`${outcome}_share`])}` })));
	return stacks(label, top.map(nameOf), parts, "experiments");
}

/* --- registers ---------------------------------------------------------------------------- */

function cellsOf(rows, outcome) {
	return rows.map((row) => ({ row: row.location, bit: row.bit, value: row[`${outcome}_share`],
		title: `${row.location} bit ${row.bit}: ${count(row[outcome])} ${outcome} of ` +
			`${count(row.results)} results, ${percent(row[`${outcome}_share`])}` }));
}

function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

function bitMap(study) {
	const rows = study.by_location_bit.rows()
		.filter((row) => row.location !== null && row.bit !== null && row.results > 0);
	if (rows.length === 0)
		return missing("bits", "By location and bit", "The faults are not of single bits of " +
			"registers.");
	const names = [...new Set(rows.map((row) => row.location))]
		.sort((a, b) => /\d/.test(a) - /\d/.test(b) ||
			a.localeCompare(b, "en", { numeric: true }));
	const bits = Math.max(8, ...rows.map((row) => row.bit + 1));
	const map = el("div");
	const show = (outcome) => {
		const cells = cellsOf(rows, outcome);
		const most = Math.max(0.01, ...cells.map((cell) => cell.value));
		map.replaceChildren(ramp(`share of ${outcome}`, most, `var(--${outcome})`),
			heatmap(`Share of ${outcome} by location and bit`, names, bits, cells, most,
				`var(--${outcome})`));
	};
	show("sdc");
	return section("bits", "By location and bit", "The share of faults in each bit that came to the " +
		"chosen outcome. Empty cells were not struck. Half of the cells stand for no " +
		`more results than ${count(median(rows.map((row) => row.results)))}: look at patterns, not ` +
		"at single cells.",
	choice("Outcome", [["sdc", "sdc"], ["due", "due"],
		["detected", "detected"], ["masked", "masked"]], "sdc", show), map,
	numbers([{ name: "location", head: "location" }, { name: "bit", head: "bit", number: true },
		...groupColumns], rows));
}

export function byRegister(study) {
	const name = (row) => row.location ?? "none";
	const rows = study.by_location.rows();
	return [section("registers-hit", "By location", "What faults in each register, or other place, " +
		"came to. The length of a bar is how many struck there.",
	legend(results), stacked("Outcomes by location", rows, name),
	numbers([{ name: "location", head: "location", text: name }, ...groupColumns], rows)),
	bitMap(study)];
}

/* --- code ----------------------------------------------------------------------------------- */

export function byFunction(study) {
	const rows = study.by_function.rows();
	const name = (row) => row.function ?? (row.module === null ? "not reached"
		: `(no name) in ${base(row.module)}`);
	return section("functions-hit", "By function", "What faults that struck while each function was " +
		"executed came to: where to begin when the program is to be hardened." +
		(rows.length > MOST ? ` The ${MOST} functions with most results.` : ""),
	legend(results), stacked("Outcomes by function", rows, name),
	numbers([{ name: "function", head: "function", text: name },
		{ name: "module", head: "module", text: (r) => base(r.module) }, ...groupColumns], rows));
}

export function byLine(study) {
	const rows = study.by_line.rows();
	const known = rows.filter((row) => row.file !== null && row.results > 0);
	const name = (row) => place(row.file, row.line);
	if (known.length === 0)
		return missing("lines", "By source line", "No source line is known for any fault: build the " +
			"program with debugging information (-g) to see them.");
	return section("lines", "By source line", "The lines of the program's source that were struck " +
		`most, and what came of it.${known.length > MOST ? ` The first ${MOST} of ` +
			`${count(known.length)}.` : ""}`,
	legend(results), stacked("Outcomes by source line", known, name),
	numbers([{ name: "file", head: "line", text: (r) => name(r) ?? "unknown" },
		{ name: "function", head: "function" }, ...groupColumns], rows));
}
