// SPDX-License-Identifier: GPL-2.0-or-later
// The data that `upset report` put into the page: tables by column, see report/html/internal.h.

// Characters that have no shape of their own, or turn the direction of writing: programs
// under test choose names, and none may look like another.
const unseen = new RegExp(
	"[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e" +
	"\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]", "g");

export function visible(text) {
	return text.replace(unseen, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

function visibleColumn(column) {
	if (Array.isArray(column))
		return column.map((cell) => (typeof cell === "string" ? visible(cell) : cell));
	return { names: column.names.map(visible), at: column.at };
}

export class Table {
	constructor(raw) {
		this.length = raw.rows;
		this.columns = {};
		for (const [name, column] of Object.entries(raw.columns))
			this.columns[name] = visibleColumn(column);
	}

	cell(name, i) {
		const column = this.columns[name];
		if (Array.isArray(column))
			return column[i];
		return column.at[i] === null ? null : column.names[column.at[i]];
	}

	row(i) {
		const row = {};
		for (const name of Object.keys(this.columns))
			row[name] = this.cell(name, i);
		return row;
	}

	rows() {
		return Array.from({ length: this.length }, (_, i) => this.row(i));
	}
}

function studyOf(raw) {
	const study = { name: raw.name, label: visible(raw.name) };
	for (const [name, value] of Object.entries(raw))
		if (name !== "name")
			study[name] = new Table(value);
	return study;
}

export function readData() {
	const raw = JSON.parse(document.getElementById("data").textContent);
	const studies = raw.studies.map(studyOf);
	studies.forEach((study, i) => {
		const twice = studies.some((other, k) => k !== i && other.label === study.label);
		study.letter = String.fromCharCode(65 + i);
		if (twice && study.campaign)
			study.label += `, campaign ${study.campaign.cell("campaign", 0)}`;
	});
	return { ...raw, studies };
}
