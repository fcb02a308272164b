// SPDX-License-Identifier: GPL-2.0-or-later
// What takes worth from the shares of a campaign: controls that differ, faults not injected.
import { el, table } from "./dom.js";
import { count } from "./format.js";

const MOST_SHOWN = 100;

export function controlsOf(campaign) {
	if (campaign.controls === 0)
		return "none were made";
	return campaign.controls_different === 0
		? `${count(campaign.controls)} runs without a fault, none differs from the golden run`
		: `${count(campaign.controls_different)} of ${count(campaign.controls)} differ from the golden run`;
}

function differing(study, campaign) {
	const rows = study.controls.rows().filter((row) => row.result === "different");
	if (rows.length === 0)
		return [];
	return [el("p", { class: "warning" }, `${count(rows.length)} of ${count(campaign.controls)} ` +
		"controls, which have no fault, are not equal to the golden run. Such a difference counts as " +
		"a fault's work in these shares."),
	table([{ name: "control", head: "control", number: true }, { name: "faults", head: "place" },
		{ name: "difference", head: "difference from the golden run" }, { name: "way", head: "way" }],
	rows.slice(0, MOST_SHOWN))];
}

function notInjected(study, campaign) {
	if (3 * campaign.not_injected < campaign.made || campaign.made === 0)
		return [];
	return [el("p", { class: "warning" }, `${count(campaign.not_injected)} of ${count(campaign.made)} ` +
		"faults were not injected and are in no share."),
	table([{ name: "state", head: "state" }, { name: "reason", head: "reason" },
		{ name: "faults", head: "faults", number: true, text: (r) => count(r.faults) }],
	study.not_injected.rows().slice(0, MOST_SHOWN))];
}

export function doubts(study) {
	const campaign = study.campaign.row(0);
	return [...differing(study, campaign), ...notInjected(study, campaign)];
}
