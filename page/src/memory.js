// SPDX-License-Identifier: GPL-2.0-or-later
// Memory: what lay where, and which of it was read and written.
import { chart, Plot, plot, ticks } from "./charts.js";
import { el, missing, numbers, section } from "./dom.js";
import { base, brief, bytes, count } from "./format.js";

const CELLS = 256; // cells of a region at most; pages of a longer one share cells
const ways = ["read", "written"];

function accesses(study) {
	return study.regions.rows().flatMap((row) => ways.map((way) => ({
		region: row.name, way, bytes: row[`bytes_${way}`],
		title: `${row.name}: ${count(row[`bytes_${way}`])} bytes ${way}`,
	}))).filter((d) => d.bytes > 0);
}

function regionChart(rows) {
	const regions = [...new Set(rows.map((row) => row.region))];
	return chart("Bytes read and written by region", (width) => plot({
		width, marginLeft: 76, marginRight: 64, height: 56 + regions.length * 40,
		x: { label: "bytes", grid: true, tickFormat: brief, ticks: ticks(width),
			labelAnchor: "center" },
		y: { type: "band", axis: null, domain: ways },
		fy: { label: null, domain: regions },
		color: { type: "identity" },
		marks: [
			Plot.barX(rows, { x: "bytes", y: "way", fy: "region", fill: (d) => `var(--${d.way})`,
				title: "title" }),
			Plot.ruleX([0], { stroke: "var(--soft)" }),
		],
	}));
}

// Pages of each region in the order of their addresses, neighbours together where there are many.
function cellsOf(pages) {
	const byRegion = Map.groupBy(pages, (page) => page.region);
	return [...byRegion].flatMap(([region, list]) => {
		const each = Math.ceil(list.length / CELLS);
		return ways.flatMap((way) => Array.from({ length: Math.ceil(list.length / each) },
			(_, i) => cellOf(region, way, list.slice(i * each, (i + 1) * each), i * each)));
	});
}

function cellOf(region, way, pages, first) {
	const sum = pages.reduce((n, page) => n + page[`bytes_${way}`], 0);
	const range = pages.length > 1 ? `${pages[0].address} .. ${pages.at(-1).address}`
		: pages[0].address;
	return { region, way, first, last: first + pages.length, bytes: sum,
		title: `${region} ${range}: ${count(sum)} bytes ${way}` };
}

function pageChart(cells) {
	const regions = [...new Set(cells.map((cell) => cell.region))];
	const most = Math.log1p(Math.max(...cells.map((cell) => cell.bytes)));
	const place = { x1: "first", x2: "last", y: "way", fy: "region", inset: 0.5 };
	return chart("Bytes read and written by page", (width) => plot({
		width, marginLeft: 56, marginRight: 64, height: 62 + regions.length * 46,
		x: { label: "pages that were accessed, in the order of their addresses",
			tickFormat: brief, ticks: ticks(width), labelAnchor: "center", labelArrow: "none" },
		y: { type: "band", label: null, domain: ways, tickSize: 0 },
		fy: { label: null, domain: regions },
		opacity: { type: "identity" },
		color: { type: "identity" },
		marks: [
			Plot.barX(cells, { ...place, fill: "var(--cell)" }),
			Plot.barX(cells, { ...place, fill: (d) => `var(--${d.way})`,
				fillOpacity: (d) => Math.log1p(d.bytes) / most, title: "title" }),
		],
	}));
}

const accessColumns = [
	{ name: "reads", head: "reads", number: true, text: (r) => count(r.reads) },
	{ name: "writes", head: "writes", number: true, text: (r) => count(r.writes) },
	{ name: "bytes_read", head: "bytes read", number: true, text: (r) => count(r.bytes_read) },
	{ name: "bytes_written", head: "bytes written", number: true,
		text: (r) => count(r.bytes_written) },
];

const mappingColumns = [
	{ name: "start", head: "from" }, { name: "end", head: "to (not with)" },
	{ name: "size", head: "size", number: true,
		text: (r) => bytes(Number(BigInt(r.end) - BigInt(r.start))) },
	{ name: "permissions", head: "permissions" }, { name: "region", head: "region" },
	{ name: "path", head: "file", text: (r) => base(r.path) },
];

function legend() {
	return el("ul", { class: "legend" }, ways.map((way) =>
		el("li", {}, el("span", { class: `swatch ${way}` }), `bytes ${way}`)));
}

export function memory(study) {
	const id = "memory", title = "Memory";
	const rows = accesses(study), pages = study.pages.rows();
	if (rows.length === 0 && pages.length === 0)
		return missing(id, title, "Accesses by region and page were not collected: the run's " +
			`detail is ${study.run.cell("detail", 0)}. \`upset golden --detail full\` has them.`);
	return section(id, title, "Which kinds of memory the program read and wrote, and how its " +
		"accesses are spread over the pages (4096 bytes) of each: the stronger the colour, the more bytes, on " +
		"a logarithmic scale.",
	legend(), el("h4", {}, "By region"), regionChart(rows), el("h4", {}, "By page"),
	pageChart(cellsOf(pages)),
	numbers([{ name: "name", head: "region" }, ...accessColumns], study.regions.rows(),
		"Regions as a table"),
	numbers([{ name: "address", head: "page" }, { name: "region", head: "region" },
		...accessColumns], pages, "Pages as a table"),
	numbers(mappingColumns, study.mappings.rows(), "Memory map: what lay where"));
}
