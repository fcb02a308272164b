// SPDX-License-Identifier: GPL-2.0-or-later
// The page: a head, a list of its parts, and the parts.
import { campaign } from "./campaign.js";
import { comparison } from "./compare.js";
import { readData } from "./data.js";
import { choice, el } from "./dom.js";
import { base, count, when } from "./format.js";
import { glossary } from "./glossary.js";
import { golden } from "./golden.js";
import { themeChoice } from "./theme.js";

function subtitle(data) {
	const first = data.studies[0];
	const about = (first.campaign ?? first.run).row(0);
	const made = first.campaign ? `${count(about.made)} experiments, ` : "";
	return `${base(about.program)}: ${made}${when(about.started)}`;
}

function head(data) {
	return el("header", {},
		el("div", {}, el("h1", {}, data.studies.map((study) => study.label).join(" · ")),
			el("p", { class: "subtitle" }, subtitle(data))),
		themeChoice());
}

function introduction() {
	return el("p", { class: "intro" }, "This report tells what a bit flip, as radiation causes them, " +
		"does to a program. The golden run is the program without faults, and all that it executes; " +
		"a campaign runs it again and again with one fault each and sorts what comes of that. ",
	el("a", { href: "#glossary" }, "The words are explained at the end."));
}

function links(parts) {
	return el("ul", {}, parts.flatMap((part) => part).filter((part) => part.id).map((part) =>
		el("li", {}, el("a", { href: `#${part.id}` },
			part.querySelector("h3, summary").textContent.split(":")[0]))));
}

// One study's parts; their marks in the navigation are under the part's name.
function partsOf(study) {
	return [["Golden run", golden(study)], ["Campaign", campaign(study)]];
}

function showStudy(study, content, navigation) {
	const parts = partsOf(study);
	content.replaceChildren(...parts.flatMap(([title, sections]) =>
		[el("h2", {}, title), ...sections]));
	navigation.replaceChildren(...parts.flatMap(([title, sections]) =>
		[el("h2", {}, title), links(sections)]));
}

function studyChoice(data, content, navigation) {
	const choices = data.studies.map((study) => [study, `${study.letter}  ${study.label}`]);
	return el("div", { class: "studies" }, el("p", {}, "Details of"),
		choice("Study", choices, data.studies[0],
			(study) => showStudy(study, content, navigation)));
}

function licences() {
	return el("details", { id: "licences-shown", class: "card" },
		el("summary", {}, "Licences of what this page is made with"),
		el("pre", {}, document.getElementById("licences").textContent));
}

function build(data) {
	const content = el("div", { id: "study" }), navigation = el("div");
	const several = data.studies.length > 1;
	const top = several ? [comparison(data), studyChoice(data, content, navigation)] : [];
	showStudy(data.studies[0], content, navigation);
	const ends = [glossary(), licences()];
	return [head(data), el("div", { class: "columns" },
		el("nav", { "aria-label": "Parts of the report" },
			several ? links([top[0]]) : null, navigation, links(ends)),
		el("main", {}, introduction(), top, content, ends)),
	el("footer", {}, `Made by upset ${data.version} report from the store alone.`)];
}

const data = readData();
document.title = `${data.studies.map((study) => study.label).join(", ")} – upset report`;
document.getElementById("page").replaceChildren(...build(data));
