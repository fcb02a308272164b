// SPDX-License-Identifier: GPL-2.0-or-later
// A campaign: what faults came to, and when.
import { bars, chart, colour, legend, Plot, plot, results, shares, ticks, words }
	from "./charts.js";
import { controlsOf, doubts } from "./controls.js";
import { el, facts, missing, numbers, section, table } from "./dom.js";
import { brief, count, interval, percent, time, when } from "./format.js";
import { faultList } from "./faultlist.js";
import { byFunction, byLine, byRegister } from "./places.js";

const UNBOUNDED = 2 ** 63; // a population that the store says is this large is larger

function populationOf(campaign) {
	if (campaign.population === null)
		return campaign.source === "list" ? "none: the faults are a list" : "not known";
	return campaign.population >= UNBOUNDED ? "more than 9.22 × 10^18 faults"
		: `${count(campaign.population)} faults`;
}

function glance(study) {
	const c = study.campaign.row(0);
	const unmade = c.planned - c.made;
	return section("campaign", "The campaign at a glance",
		`${count(c.made)} runs of the program with a fault each, compared with one without.`,
		unmade > 0 ? el("p", { class: "warning" }, `${count(unmade)} of ${count(c.planned)} planned ` +
			"experiments are not made yet; the same command goes on with them.") : null,
		study.run && study.run.cell("program_sha256", 0) !== c.program_sha256
			? el("p", { class: "warning" }, "The golden run above is of another program file.")
			: null,
		facts([
			["program", c.program, true], ["arguments", c.arguments, true],
			["options", c.options, true],
			["faults from", c.source === "list" ? "a list" : "a sample"],
			["experiments", count(c.made)], ["controls", controlsOf(c)], ["fault space", populationOf(c)],
			["confidence", percent(c.confidence, 1)],
			["seed", c.source === "list" ? null : c.seed],
			["engine", c.engine], ["begun", when(c.started)],
			["golden run", (c.golden_end === "exited" ? `exit status ${c.golden_status}`
				: `signal ${c.golden_status}`) + (c.golden_reason ? `: ${c.golden_reason}` : "")],
			["its instructions", count(c.golden_instructions)],
			["it took", time(c.golden_time_ns)], ["upset", c.upset_version],
			["campaign in the study", c.campaign],
			["engine's version", c.engine_version, true], ["host", c.host_system, true],
			["processor", c.host_cpu, true], ["program's SHA-256", c.program_sha256, true],
			["instruction set", c.isa], ["sysroot", c.sysroot, true],
		]));
}

const shareColumns = [
	{ name: "experiments", head: "experiments", number: true, text: (r) => count(r.experiments) },
	{ name: "share", head: "share", number: true, text: (r) => percent(r.share) },
	{ name: "interval", head: "interval", number: true, text: (r) => interval(r.share_low, r.share_high) },
	{ name: "extrapolated", head: "faults in all", number: true,
		text: (r) => count(r.extrapolated) },
];

export function describe(row) {
	return `${words[row.outcome]}${row.cause ? `, ${row.cause}` : ""}: ${count(row.experiments)} ` +
		`experiments, ${percent(row.share)} (${interval(row.share_low, row.share_high)})`;
}

// How much of what was not masked the program noticed, if it notices anything.
function coverage(study) {
	const row = study.detection.rows()[0];
	if (!row || row.detected === 0)
		return [];
	return [el("p", {}, `Detection coverage: ${percent(row.coverage)} ` +
		`(${interval(row.coverage_low, row.coverage_high)}) of the faults that were detected or ` +
		"ended in silent data corruption were detected.")];
}

function shareOfAll(study) {
	const totals = study.totals.rows();
	const confidence = percent(study.campaign.cell("confidence", 0), 1);
	const drawn = totals.filter((row) => row.share !== null);
	const apart = totals.filter((row) => row.share === null && row.experiments > 0)
		.map((row) => `${count(row.experiments)} ${row.outcome}`);
	const head = { name: "outcome", head: "outcome", text: (r) => words[r.outcome] };
	return section("outcomes", "Outcomes", "What share of the faults came to what. The line on " +
		`each bar is its interval: it holds the share of all possible faults with ${confidence} ` +
		"confidence." + (apart.length > 0 ? ` In no share: ${apart.join(", ")}.` : ""),
	doubts(study), drawn.length > 0 ? shares("Shares of outcomes", drawn.map((row) => ({ name: row.outcome,
		outcome: row.outcome, share: row.share, low: row.share_low, high: row.share_high,
		title: describe(row) }))) : el("p", { class: "note" }, "No experiment has a result yet."),
	table([head, ...shareColumns], totals), ...coverage(study), el("h4", {}, "By cause"),
	table([head, { name: "cause", head: "cause" },
		...shareColumns], study.outcomes.rows()));
}

function extrapolated(study) {
	const id = "extrapolated", title = "Extrapolated failure counts";
	const rows = study.outcomes.rows().filter((row) => row.extrapolated !== null &&
		(row.outcome === "sdc" || row.outcome === "due"));
	if (study.campaign.cell("population", 0) === null)
		return missing(id, title, "The faults are a list, not a sample of a fault space, so nothing " +
			"can be extrapolated from them.");
	if (rows.length === 0)
		return missing(id, title, "No fault of the sample made the program fail.");
	return section(id, title, "How many of all faults that could strike this run would make it " +
		"fail: the share times the fault space. Compare programs by these numbers: one that runs " +
		"twice as long offers faults twice the time, and shares do not show that.",
	legend(["sdc", "due"]),
	bars(title, rows.map((row) => ({ name: `${row.outcome} ${row.cause ?? ""}`,
		value: row.extrapolated, outcome: row.outcome,
		title: `${row.outcome} ${row.cause ?? ""}: ${count(row.extrapolated)} faults` })),
	{ label: "faults", format: brief, fill: (d) => colour(d.outcome) }));
}

/* --- when ------------------------------------------------------------------------------- */

function timeCells(rows) {
	return rows.flatMap((row) => {
		let from = 0;
		return ["sdc", "due"].map((outcome) => {
			const share = row[`${outcome}_share`], low = from;
			from += share;
			return { twentieth: row.twentieth, outcome, low, high: from,
				title: `${5 * row.twentieth} to ${5 * (row.twentieth + 1)} % of the run: ${row[outcome]} ` +
					`${outcome} of ${row.results}, ${percent(share)}` };
		});
	});
}

function timeChart(rows) {
	const cells = timeCells(rows);
	const place = { x1: (d) => d.twentieth / 20, x2: (d) => (d.twentieth + 1) / 20 };
	return chart("Outcomes by time in the run", (width) => plot({
		width, height: 270, marginLeft: 52, marginTop: 24,
		x: { percent: true, domain: [0, 100], ticks: ticks(width), labelAnchor: "center",
			label: "time of the fault in the run (% of its instructions)", labelArrow: "none" },
		y: { percent: true, grid: true, label: "share of the results (%)", labelArrow: "none",
			ticks: 5 },
		color: { type: "identity" },
		marks: [
			Plot.rect(cells, { ...place, y1: "low", y2: "high", fill: (d) => colour(d.outcome),
				title: "title", inset: 0.5 }),
			Plot.ruleX(rows, { x: (d) => (d.twentieth + 0.5) / 20, y1: "sdc_low", y2: "sdc_high",
				stroke: "var(--fg)", title: (d) =>
					`sdc ${percent(d.sdc_share)} (${interval(d.sdc_low, d.sdc_high)})` }),
			Plot.ruleY([0], { stroke: "var(--soft)" }),
		],
	}));
}

function byTime(study) {
	const id = "time", title = "By time in the run";
	const rows = study.by_time.rows().filter((row) => row.twentieth !== null && row.results > 0);
	if (rows.length === 0)
		return missing(id, title, "When faults came was not counted: the campaign was made under " +
			"an engine, or with faults, that do not tell.");
	return section(id, title, "How much of what struck each twentieth of the run made it fail. The " +
		"line is the interval of the share of sdc, which is at the bottom.",
	legend(["sdc", "due"]), timeChart(rows),
	numbers([{ name: "twentieth", head: "part of the run",
		text: (r) => `${5 * r.twentieth} .. ${5 * (r.twentieth + 1)} %` },
	{ name: "results", head: "results", number: true }, { name: "masked", head: "masked", number: true },
	{ name: "detected", head: "detected", number: true },
	{ name: "sdc", head: "sdc", number: true }, { name: "due", head: "due", number: true },
	{ name: "sdc_share", head: "sdc share", number: true, text: (r) => percent(r.sdc_share) },
	{ name: "interval", head: "interval", number: true,
		text: (r) => interval(r.sdc_low, r.sdc_high) }], rows));
}

/* --- how long ---------------------------------------------------------------------------- */

const STEPS = 4; // bars of a power of ten

// How many experiments of each outcome lie in each quarter of a power of ten.
function latencies(experiments) {
	const bins = new Map();
	for (let i = 0; i < experiments.length; i++) {
		const latency = experiments.cell("latency", i), outcome = experiments.cell("outcome", i);
		if (latency === null || !results.includes(outcome))
			continue;
		const step = Math.floor(Math.log10(Math.max(1, latency)) * STEPS);
		const key = `${outcome} ${step}`;
		const bin = bins.get(key) ?? { outcome, step, experiments: 0,
			from: 10 ** (step / STEPS), to: 10 ** ((step + 1) / STEPS) };
		bin.experiments++;
		bins.set(key, bin);
	}
	return [...bins.values()].sort((a, b) => a.step - b.step).map((bin) => ({ ...bin,
		title: `${bin.outcome}: ${count(bin.experiments)} ended ${count(Math.ceil(bin.from))} to ` +
			`${count(Math.ceil(bin.to) - 1)} instructions after the fault` }));
}

function latencyChart(bins) {
	const there = results.filter((outcome) => bins.some((bin) => bin.outcome === outcome));
	const from = Math.min(...bins.map((bin) => bin.from));
	const to = Math.max(...bins.map((bin) => bin.to));
	return chart("Latency by outcome", (width) => plot({
		width, height: 76 + 110 * there.length, marginLeft: 60, marginRight: 70, marginTop: 28,
		x: { type: "log", domain: [from, to], tickFormat: brief, ticks: ticks(width),
			label: "instructions from the fault to the end of the run (logarithmic)",
			labelAnchor: "center", labelArrow: "none" },
		y: { grid: true, label: "experiments", labelArrow: "none", ticks: 4, tickFormat: brief },
		fy: { domain: there, label: null },
		color: { type: "identity" },
		marks: [
			Plot.rect(bins, { x1: "from", x2: "to", y1: 0, y2: "experiments", fy: "outcome",
				fill: (d) => colour(d.outcome), title: "title", insetLeft: 0.5, insetRight: 0.5 }),
			Plot.ruleY([0], { stroke: "var(--soft)" }),
		],
	}));
}

function byLatency(study) {
	const bins = latencies(study.experiments);
	if (bins.length === 0)
		return missing("latency", "Latency", "Instructions were not counted in these experiments, " +
			"so it is not known how long after the fault they ended.");
	return section("latency", "Latency", "How many instructions were executed between the fault and " +
		"the end of the run. Errors that are found early (due, on the left) leave little time to do " +
		"harm; a wrong result (sdc) is there only at the end.",
	latencyChart(bins),
	numbers([{ name: "outcome", head: "outcome" },
		{ name: "from", head: "instructions from", number: true,
			text: (r) => count(Math.ceil(r.from)) },
		{ name: "to", head: "to", number: true, text: (r) => count(Math.ceil(r.to) - 1) },
		{ name: "experiments", head: "experiments", number: true }], bins));
}

export function campaign(study) {
	if (!study.campaign)
		return [missing("campaign", "No campaign", "This study holds no experiments; `upset " +
			"campaign -o STUDY -- PROGRAM` makes some.")];
	if (study.experiments.length === 0)
		return [glance(study), missing("outcomes", "Outcomes",
			"No experiment of this campaign has been made yet.")];
	return [glance(study), shareOfAll(study), extrapolated(study), ...byRegister(study),
		byFunction(study), byLine(study), byTime(study), byLatency(study), faultList(study)];
}

