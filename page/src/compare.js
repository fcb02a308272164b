// SPDX-License-Identifier: GPL-2.0-or-later
// Several studies side by side: is the hardened program better?
import { chart, colour, Plot, plot, ticks, words } from "./charts.js";
import { el, missing, section, table } from "./dom.js";
import { count, interval, more, percent, points, shorten } from "./format.js";

const names = { ...words, failure: "failure (sdc or due)" };

function rowsOf(studies) {
	return studies.flatMap((study) => study.totals.rows()
		.filter((row) => row.share !== null)
		.map((row) => ({ ...row, study, label: `${study.letter}  ${study.label}`,
			title: `${study.label}, ${words[row.outcome]}: ${percent(row.share)} ` +
				`(${interval(row.share_low, row.share_high)}), ${count(row.experiments)} experiments` })));
}

function intervalsChart(rows) {
	const outcomesThere = [...new Set(rows.map((row) => row.outcome))];
	const labels = [...new Set(rows.map((row) => row.label))];
	const most = Math.min(30, Math.max(...labels.map((l) => l.length)));
	return chart("Shares of outcomes by study", (width) => {
		const room = Math.min(most * 7, width / 3);
		return plot({
			width, marginLeft: 16 + room, marginRight: 70,
			height: 56 + outcomesThere.length * (14 + labels.length * 22),
			x: { label: "share of the results (%)", percent: true, grid: true,
				ticks: ticks(width), labelAnchor: "center", zero: true },
			y: { type: "band", label: null, domain: labels, tickSize: 0,
				tickFormat: (label) => shorten(label, Math.floor(room / 7)) },
			fy: { label: null, domain: outcomesThere },
			color: { type: "identity" },
			marks: [
				Plot.ruleY(rows, { x1: "share_low", x2: "share_high", y: "label", fy: "outcome",
					stroke: (d) => colour(d.outcome), strokeWidth: 3, title: "title" }),
				Plot.dot(rows, { x: "share", y: "label", fy: "outcome", r: 5,
					fill: (d) => colour(d.outcome), stroke: "var(--bg)", title: "title" }),
			],
		});
	});
}

// What a difference says, in a sentence.
function verdict(difference, studies) {
	const one = studies[difference.study], base = studies[0];
	const said = difference.extrapolated ? more : points;
	const unit = difference.extrapolated ? "faults" : "percentage points";
	const what = `${names[difference.outcome]}: ${said(difference.difference)} ${unit} in ` +
		`${one.letter} against ${base.letter} ` +
		`(${said(difference.low)} .. ${said(difference.high)}): `;
	if (difference.low > 0)
		return `${what}more in ${one.letter}.`;
	if (difference.high < 0)
		return `${what}fewer in ${one.letter}.`;
	return `${what}the two cannot be told apart by these experiments.`;
}

function differences(data, extrapolated) {
	const some = data.differences.filter((d) => d.extrapolated === extrapolated);
	if (some.length === 0)
		return el("p", { class: "note" }, extrapolated
			? "The first study has no fault space, or nothing that could be compared with it has."
			: "The first study has no results, so nothing can be compared with it.");
	return el("ul", { class: "differences" },
		some.map((difference) => el("li", {}, verdict(difference, data.studies))));
}

// Only like is compared with like.
function cautions(studies) {
	const texts = [];
	const differ = (name) => new Set(studies.map((s) => s.campaign.cell(name, 0))).size > 1;
	if (differ("options"))
		texts.push("The campaigns were made with different options; look whether the same kinds of " +
			"faults were sampled.");
	if (differ("arguments"))
		texts.push("The programs had different arguments.");
	if (differ("population"))
		texts.push("The fault spaces are of different sizes (other run times, or other places " +
			"sampled): compare the faults in all, not the shares alone.");
	if (differ("confidence"))
		texts.push("The campaigns have different confidences; differences have that of the first.");
	return texts.map((text) => el("p", { class: "warning" }, text));
}

const columns = [
	{ name: "study", head: "study", text: (r) => r.label },
	{ name: "outcome", head: "outcome", text: (r) => words[r.outcome] },
	{ name: "experiments", head: "experiments", number: true, text: (r) => count(r.experiments) },
	{ name: "share", head: "share", number: true, text: (r) => percent(r.share) },
	{ name: "interval", head: "interval", number: true, text: (r) => interval(r.share_low, r.share_high) },
	{ name: "extrapolated", head: "faults in all", number: true,
		text: (r) => count(r.extrapolated) },
];

export function comparison(data) {
	const studies = data.studies.filter((study) => study.campaign);
	const title = "The studies side by side";
	const without = data.studies.filter((study) => !study.campaign).map((study) => study.label);
	const note = without.length === 0 ? null
		: el("p", { class: "note" }, `Without a campaign: ${without.join(", ")}.`);
	const rows = rowsOf(studies);
	if (studies.length < 2 || rows.length === 0)
		return missing("compare", title, "Fewer than two of these studies hold a campaign, so there " +
			"are no outcomes to compare.");
	return section("compare", title, "What share of the faults came to what in each study. Dots are " +
		`shares, lines their intervals at ${percent(data.confidence, 1)} confidence.`,
	cautions(studies), note, intervalsChart(rows),
	el("h4", {}, "Differences of the faults in all"), differences(data, true),
	el("p", { class: "note" }, "How many of all possible faults come to it: what to compare two " +
		"builds by. A longer run meets more faults, which shares do not tell."),
	el("h4", {}, "Differences of the shares"), differences(data, false),
	el("p", { class: "note" }, "The interval of a difference is Newcombe's (1998, hybrid score), " +
		"for faults in all with the sizes of the fault spaces: where it does not hold 0, the " +
		"difference is not chance, at this confidence."),
	el("h4", {}, "Shares and extrapolated counts"), table(columns, rows));
}
