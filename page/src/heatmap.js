// SPDX-License-Identifier: GPL-2.0-or-later
// Heat maps of registers by bit: a cell's opacity is its value, so that they follow the theme.
import { chart, Plot, plot } from "./charts.js";
import { el } from "./dom.js";

const ROW = 17, LEFT = 58;

// From 0 to @most: what shades stand for.
export function ramp(label, most, fill) {
	return el("div", { class: "ramp" }, `${label}: 0 %`,
		el("span", { class: "gradient", style: `--ramp: ${fill}` }), `${Math.round(100 * most)} %`);
}

function bitTicks(bits, width) {
	const step = Math.max(8, Math.ceil(bits / Math.max(4, width / 40) / 8) * 8);
	const marks = [];
	for (let bit = 0; bit < bits; bit += step)
		marks.push(bit);
	return [...marks, bits - 1];
}

// @cells are {row, bit, value, title}, values 0 .. @most, null where nothing is known;
// @rows are names from top to bottom; the highest bit is left, as numbers are written.
export function heatmap(label, rows, bits, cells, most, fill) {
	const known = cells.filter((cell) => cell.value !== null);
	const place = { x1: (d) => d.bit - 0.5, x2: (d) => d.bit + 0.5, y: "row",
		inset: bits > 64 ? 0 : 0.5 };
	return chart(label, (width) => plot({
		width, height: 44 + rows.length * ROW, marginLeft: LEFT, marginRight: 8, marginBottom: 38,
		x: { domain: [bits - 0.5, -0.5], ticks: bitTicks(bits, width), label: "bit",
			labelAnchor: "center", tickFormat: String, labelArrow: "none", tickSize: 3 },
		y: { type: "band", domain: rows, label: null, tickSize: 0 },
		opacity: { type: "identity" },
		marks: [
			Plot.barX(known, { ...place, fill: "var(--cell)" }),
			Plot.barX(known, { ...place, fill,
				fillOpacity: (d) => (most > 0 ? d.value / most : 0), title: "title" }),
		],
	}));
}
