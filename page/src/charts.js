// SPDX-License-Identifier: GPL-2.0-or-later
// Charts that several parts of the report share.  Colours are those of style.css, so that
// they follow the theme; every mark has its value as a title.
import * as Plot from "@observablehq/plot";
import { el } from "./dom.js";
import { brief, shorten } from "./format.js";

export const results = ["sdc", "due", "detected", "masked"];
export const outcomes = ["masked", "detected", "sdc", "due", "not-injected", "tool-error"];

export const words = {
	masked: "masked (no effect)",
	detected: "detected (by the program)",
	sdc: "sdc (silent data corruption)",
	due: "due (crash or hang)",
	"not-injected": "not injected",
	"tool-error": "tool error",
};

export function colour(outcome) {
	return `var(--${outcome})`;
}

const LABEL_CHARACTERS = 34, CHARACTER = 6.6, NARROW = 560;

// A chart that is drawn for the width it has, again when that changes.
export function chart(name, draw) {
	const figure = el("figure", { class: "chart", role: "img", "aria-label": name });
	let drawn = 0;
	new ResizeObserver(([entry]) => {
		const width = Math.floor(entry.contentRect.width);
		if (width < 50 || Math.abs(width - drawn) < 8)
			return;
		drawn = width;
		figure.replaceChildren(draw(width));
	}).observe(figure);
	return figure;
}

export function legend(keys) {
	return el("ul", { class: "legend" }, keys.map((key) =>
		el("li", {}, el("span", { class: `swatch ${key}` }), words[key] ?? key)));
}

// Labels of an axis of names: wide enough for them, but no wider than a third of the chart.
function labels(names, width) {
	const most = Math.min(LABEL_CHARACTERS, Math.floor(width / 3 / CHARACTER));
	const longest = Math.max(4, ...names.map((name) => Math.min(name.length, most)));
	return { margin: 16 + longest * CHARACTER, format: (name) => shorten(String(name), most) };
}

function plot(options) {
	return Plot.plot({ className: "plot", style: "font: inherit", marginTop: 8, marginBottom: 44,
		...options });
}

// How many ticks an axis has room for.
export function ticks(width) {
	return width < NARROW ? 4 : 8;
}

// Horizontal bars; @rows are {name, value, title}.  @unit tells the axis and how ticks read.
export function bars(label, rows, unit) {
	return chart(label, (width) => {
		const axis = labels(rows.map((row) => row.name), width);
		return plot({
			width, marginLeft: axis.margin, marginRight: 24, height: 54 + rows.length * 22,
			x: { label: unit.label, grid: true, tickFormat: unit.format, ticks: ticks(width),
				labelAnchor: "center", domain: unit.domain, zero: true },
			y: { type: "band", label: null, domain: rows.map((_, i) => i), tickSize: 0,
				tickFormat: (i) => axis.format(rows[i].name) },
			color: { type: "identity" },
			marks: [
				Plot.barX(rows, { x: "value", y: (_, i) => i, fill: unit.fill ?? "var(--bar)",
					title: "title", insetTop: 2, insetBottom: 2 }),
				Plot.ruleX([0], { stroke: "var(--soft)" }),
			],
		});
	});
}

// Stacked bars by outcome; @rows are {name, outcome, value, title}, @names in their order.
export function stacks(label, names, rows, axisLabel) {
	return chart(label, (width) => {
		const axis = labels(names, width);
		return plot({
			width, marginLeft: axis.margin, marginRight: 24, height: 54 + names.length * 22,
			x: { label: axisLabel, grid: true, tickFormat: brief, ticks: ticks(width),
				labelAnchor: "center" },
			y: { type: "band", label: null, domain: names.map((_, i) => i), tickSize: 0,
				tickFormat: (i) => axis.format(names[i]) },
			marks: [
				Plot.barX(rows, { x: "value", y: "row", fill: (d) => colour(d.outcome),
					title: "title", insetTop: 2, insetBottom: 2 }),
				Plot.ruleX([0], { stroke: "var(--soft)" }),
			],
			color: { type: "identity" },
		});
	});
}

// Shares with the ends of their intervals; @rows are {name, outcome, share, low, high, title}.
export function shares(label, rows) {
	const names = [...new Set(rows.map((row) => row.name))];
	return chart(label, (width) => {
		const axis = labels(names, width);
		return plot({
			width, marginLeft: axis.margin, marginRight: 30, height: 54 + rows.length * 32,
			x: { label: "share of the results (%)", percent: true, grid: true, domain: [0, 100],
				ticks: ticks(width), labelAnchor: "center" },
			y: { type: "band", label: null, domain: names, tickSize: 0, tickFormat: axis.format },
			color: { type: "identity" },
			marks: [
				Plot.barX(rows, { x: "share", y: "name", fill: (d) => colour(d.outcome),
					title: "title", insetTop: 5, insetBottom: 5 }),
				Plot.ruleY(rows, { x1: "low", x2: "high", y: "name", stroke: "var(--fg)",
					strokeWidth: 1.5, title: "title" }),
				Plot.tickX(rows, { x: "low", y: "name", stroke: "var(--fg)", insetTop: 10,
					insetBottom: 10 }),
				Plot.tickX(rows, { x: "high", y: "name", stroke: "var(--fg)", insetTop: 10,
					insetBottom: 10 }),
				Plot.ruleX([0], { stroke: "var(--soft)" }),
			],
		});
	});
}

export { Plot, plot };
