// SPDX-License-Identifier: GPL-2.0-or-later
// The golden run: what the program executes when nothing goes wrong.
import { bars, chart, Plot, plot, ticks } from "./charts.js";
import { choice, el, facts, missing, numbers, section } from "./dom.js";
import { base, brief, bytes, count, percent, place, time, when } from "./format.js";
import { heatmap, ramp } from "./heatmap.js";
import { memory } from "./memory.js";

const FUNCTIONS = 20, MNEMONICS = 25;
const share = { label: "share of the executed instructions (%)",
	format: (value) => String(Number((100 * value).toFixed(2))) };

function ending(run) {
	const how = { exited: `exit status ${run.status}`, signaled: `signal ${run.status}`,
		interrupted: "interrupted: counts go up to there", exec: "became another program" };
	return how[run.end] ?? run.end;
}

function warnings(run) {
	const texts = [];
	if (run.end === "signaled" || run.end_reason)
		texts.push(`The run ended with ${ending(run)}${run.end_reason ? `: ${run.end_reason}` : ""}.`);
	if (run.lost > 0)
		texts.push(`${count(run.lost)} samples are known to be missing.`);
	if (run.children_not_counted > 0)
		texts.push(`${count(run.children_not_counted)} child processes ran without being counted.`);
	return texts.map((text) => el("p", { class: "warning" }, text));
}

function glance(study) {
	const run = study.run.row(0);
	return section("run", "The run at a glance", "What was run, and how much it executed.",
		warnings(run), facts([
			["program", run.program, true], ["arguments", run.arguments, true],
			["instructions", count(run.instructions)],
			["different ones", count(run.distinct_instructions)], ["blocks", count(run.blocks)],
			["branches", count(run.branches)], ["calls", count(run.calls)],
			["threads", count(run.threads)], ["system calls", count(run.syscalls)],
			["ended with", ending(run)], ["engine", `${run.engine} ${run.engine_version}`],
			["detail", run.detail], ["begun", when(run.started)], ["took", time(run.host_time_ns)],
			["memory", bytes(run.peak_memory_bytes)], ["standard output", bytes(run.stdout_bytes)],
			["upset", run.upset_version], ["run in the study", run.run],
			["host", run.host_system, true], ["processor", run.host_cpu, true],
			["program's SHA-256", run.program_sha256, true],
			["instruction set", run.isa], ["sysroot", run.sysroot, true],
		]));
}

function functions(study) {
	const rows = study.functions.rows();
	const name = (row) => row.function ?? `(no name) in ${base(row.module)}`;
	const top = rows.slice(0, FUNCTIONS).map((row) => ({ name: name(row), value: row.share ?? 0,
		title: `${name(row)} in ${base(row.module)}: ${count(row.executions)} instructions, ` +
			percent(row.share) }));
	return section("functions", "Hot functions", "The functions in which most instructions were " +
		`executed${rows.length > FUNCTIONS ? `, the first ${FUNCTIONS} of ${rows.length}` : ""}. ` +
		"A fault that comes at any time comes most often in these.",
	bars("Hot functions", top, share),
	numbers([{ name: "function", head: "function" },
		{ name: "module", head: "module", text: (r) => base(r.module) },
		{ name: "file", head: "source", text: (r) => place(r.file, r.line) },
		{ name: "executions", head: "executed", number: true, text: (r) => count(r.executions) },
		{ name: "share", head: "share", number: true, text: (r) => percent(r.share) }], rows));
}

function mix(study) {
	const rows = study.mnemonics.rows();
	const top = rows.slice(0, MNEMONICS).map((row) => ({ name: row.mnemonic,
		value: row.share ?? 0,
		title: `${row.mnemonic}: ${count(row.executions)} times, ${percent(row.share)}` }));
	return section("mix", "Instruction mix", "Which kinds of instructions were executed, by " +
		`mnemonic${rows.length > MNEMONICS ? `, the first ${MNEMONICS} of ${rows.length}` : ""}.`,
	bars("Instruction mix", top, share),
	numbers([{ name: "mnemonic", head: "mnemonic" },
		{ name: "instructions", head: "different ones", number: true,
			text: (r) => count(r.instructions) },
		{ name: "executions", head: "executed", number: true, text: (r) => count(r.executions) },
		{ name: "share", head: "share", number: true, text: (r) => percent(r.share) }], rows));
}

function used(study) {
	return study.registers.rows().filter((row) => row.kind !== "memory" && row.reads + row.writes > 0);
}

function accessChart(rows) {
	const ways = ["read", "written"];
	const names = rows.map((row) => row.register);
	const data = rows.flatMap((row) => [
		{ name: row.register, way: "read", value: row.reads,
			title: `${row.register}: read ${count(row.reads)} times` },
		{ name: row.register, way: "written", value: row.writes,
			title: `${row.register}: written ${count(row.writes)} times` }]);
	return chart("Reads and writes of registers", (width) => plot({
		width, marginLeft: 56, marginRight: 24, height: 52 + names.length * 20,
		x: { label: "accesses", grid: true, tickFormat: brief, ticks: ticks(width),
			labelAnchor: "center" },
		y: { type: "band", axis: null, domain: ways },
		fy: { label: null, domain: names, padding: 0.25, axis: "left" },
		color: { type: "identity" },
		marks: [
			Plot.barX(data, { x: "value", y: "way", fy: "name", fill: (d) => `var(--${d.way})`,
				title: "title" }),
			Plot.ruleX([0], { stroke: "var(--soft)" }),
		],
	}));
}

function liveChart(rows) {
	const live = rows.filter((row) => row.live_share !== null);
	if (live.length === 0)
		return el("p", { class: "note" },
			"Live shares were not collected; `upset golden --detail full` has them.");
	return bars("Live share of registers", live.map((row) => ({ name: row.register,
		value: row.live_share, title: `${row.register}: live for ${percent(row.live_share)}` })),
	{ label: "live share (%)", format: (value) => String(Math.round(100 * value)),
		domain: [0, 1] });
}

function registers(study) {
	const rows = used(study);
	if (rows.length === 0)
		return missing("registers", "Registers", "The program used no registers.");
	return section("registers", "Registers", "How often each register was read and written, and " +
		"for which part of the run it was live: held a value that was read later. A flip in a " +
		"register that is not live has no effect.",
	el("h4", {}, "Accesses"), el("ul", { class: "legend" }, ["read", "written"].map((way) =>
		el("li", {}, el("span", { class: `swatch ${way}` }), way))),
	accessChart(rows), el("h4", {}, "Live share"), liveChart(rows),
	numbers([{ name: "register", head: "register" },
		{ name: "bits", head: "bits", number: true },
		{ name: "reads", head: "reads", number: true, text: (r) => count(r.reads) },
		{ name: "writes", head: "writes", number: true, text: (r) => count(r.writes) },
		{ name: "live_share", head: "live share", number: true,
			text: (r) => percent(r.live_share) }], rows));
}

function onesCells(rows, way, total) {
	return rows.flatMap((row) => (row[`${way}_ones_by_bit`] ?? []).map((ones, bit) => ({
		row: row.register, bit, value: row[total] > 0 ? ones / row[total] : null,
		title: `${row.register} bit ${bit}: 1 in ${count(ones)} of ${count(row[total])} ${total}, ` +
			percent(row[total] > 0 ? ones / row[total] : null),
	})));
}

function onesMaps(rows) {
	const names = rows.map((row) => row.register);
	const bits = Math.max(...rows.map((row) => row.bits));
	return [["read", "reads", "On reads"], ["write", "writes", "On writes"]].flatMap(
		([way, total, title]) => [el("h4", {}, title),
			heatmap(`Ones by register and bit: ${title}`, names, bits,
				onesCells(rows, way, total), 1, "var(--heat)")]);
}

function ones(study) {
	const kinds = { general: "General registers", vector: "Vector registers",
		float: "Floating-point registers", x87: "x87", mmx: "MMX", flag: "Flags",
		control: "Modes and status" };
	const rows = used(study).filter((row) => row.read_ones_by_bit !== null);
	const there = Object.keys(kinds).filter((kind) => rows.some((row) => row.kind === kind));
	if (there.length === 0)
		return missing("ones", "Values by bit", "Values were not collected: the run's detail is " +
			`${study.run.cell("detail", 0)}. \`upset golden --detail full\` has them.`);
	const maps = el("div");
	const show = (kind) => maps.replaceChildren(...onesMaps(rows.filter((r) => r.kind === kind)));
	show(there[0]);
	return section("ones", "Values by bit", "In which share of a register's reads and writes each " +
		"bit was 1. Bits outside a narrow access count as 0 here, so that pale upper halves are " +
		"those of registers that were used as 32 bits or fewer. Bit 0, the lowest, is on the right.",
	choice("Registers", there.map((kind) => [kind, kinds[kind]]), there[0], show),
	ramp("share of ones", 1, "var(--heat)"), maps);
}

export function golden(study) {
	if (!study.run)
		return [missing("run", "No golden run", "This study holds no golden run with statistics; " +
			"`upset golden -o STUDY -- PROGRAM` adds one.")];
	return [glance(study), functions(study), mix(study), registers(study), ones(study),
		memory(study)];
}
