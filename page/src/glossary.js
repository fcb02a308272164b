// SPDX-License-Identifier: GPL-2.0-or-later
// The words of the report, for those who meet them for the first time.
import { el } from "./dom.js";

const words = [
	["golden run", "One run of the program without any fault, in which everything is counted. " +
		"Runs with faults are compared with it."],
	["fault", "A change of the program's state while it runs, such as the flip of one bit of a " +
		"register: what a particle can do to a processor."],
	["experiment", "One run of the program with one fault (or several), and what came of it."],
	["campaign", "Many experiments with one program and one input."],
	["fault space, population", "All faults that could have struck the run: every executed " +
		"instruction times every bit of the chosen places. Experiments are a sample of it."],
	["masked", "The fault changed nothing in the end: output, exit status and files are those of " +
		"the golden run."],
	["sdc", "Silent data corruption: the program ended as if all were well, but its result is " +
		"wrong."],
	["due", "Detected or unrecoverable error that ended the run: a crash, another exit status, or a " +
		"program that never ends."],
	["detected", "The program itself noticed the fault, as the campaign was told to recognise."],
	["detection coverage", "Of the faults that were detected or corrupted the result in silence, " +
		"the share that was detected."],
	["not-injected", "The fault could not be carried out, for example because the run ended " +
		"before its time. Counted apart, in no share."],
	["tool-error", "upset itself failed. Counted apart, in no share."],
	["cause", "What tells an outcome: the signal, the output that differs, ..."],
	["share and interval", "A share of a sample is not exactly that of all faults. The interval " +
		"holds the true one with the campaign's confidence (Wilson's interval)."],
	["extrapolated", "The share times the population: how many of all possible faults would come " +
		"to the same. It compares programs that run for different times, which shares do not."],
	["latency", "How many instructions were executed from the fault to the end of the run."],
	["live share", "The part of the run in which a register held a value that was read later. " +
		"At any other time a fault in it has no effect."],
	["ones", "How often a bit was 1 when it was read or written."],
	["mnemonic", "The name of a machine instruction, such as mov or add."],
	["engine", "How the program was executed: qemu (an extended emulator) or native (the " +
		"processor itself)."],
	["detail", "What the golden run collected: counts (executions only), operands (values too) or " +
		"full (also times, addresses and live shares)."],
];

export function glossary() {
	return el("details", { id: "glossary", class: "card" },
		el("summary", {}, "Glossary: the words of this report"),
		el("dl", { class: "glossary" }, words.flatMap(([word, meaning]) =>
			[el("dt", {}, word), el("dd", {}, meaning)])));
}
