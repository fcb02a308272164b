// SPDX-License-Identifier: GPL-2.0-or-later
// Elements.  Texts become text nodes, never HTML: names come from the program under test.

export function el(tag, properties = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (name.startsWith("on"))
			element.addEventListener(name.slice(2), value);
		else if (value !== null && value !== undefined && value !== false)
			element.setAttribute(name, value === true ? "" : value);
	}
	element.append(...children.flat().filter((c) => c !== null && c !== undefined));
	return element;
}

// A part of the report with a heading and a sentence that says what it shows.
export function section(id, title, explanation, ...content) {
	return el("section", { id, class: "card" },
		el("h3", {}, title), el("p", { class: "lead" }, explanation), ...content);
}

// What a study does not have is said.
export function missing(id, title, why) {
	return el("section", { id, class: "card missing" }, el("h3", {}, title), el("p", {}, why));
}

// A table; @columns are {name, head, text(row), number}, or leave out text for the cell itself.
export function table(columns, rows, caption) {
	const text = (column, row) => {
		const value = column.text ? column.text(row) : row[column.name];
		return value === null || value === undefined ? "–" : String(value);
	};
	return el("div", { class: "scroll" }, el("table", {},
		caption ? el("caption", {}, caption) : null,
		el("thead", {}, el("tr", {}, columns.map((c) =>
			el("th", { scope: "col", class: c.number ? "number" : null }, c.head)))),
		el("tbody", {}, rows.map((row) => el("tr", {}, columns.map((c) =>
			el("td", { class: c.number ? "number" : "text" }, text(c, row))))))));
}

const FOLDED = 1000;

// The numbers behind a chart, folded away; made when they are first looked at.
export function numbers(columns, rows, summary = "The numbers as a table") {
	const fold = el("details", { class: "numbers" }, el("summary", {}, summary));
	fold.addEventListener("toggle", () => {
		if (!fold.open || fold.childElementCount > 1)
			return;
		fold.append(table(columns, rows.slice(0, FOLDED)));
		if (rows.length > FOLDED)
			fold.append(el("p", { class: "note" },
				`The first ${FOLDED} of ${rows.length} rows; ` +
				"`upset show STUDY VIEW --csv` writes all."));
	});
	return fold;
}

// Facts in pairs; those without a value are left out.
export function facts(pairs) {
	return el("dl", { class: "facts" }, pairs
		.filter(([, value]) => value !== null && value !== undefined && value !== "")
		.map(([name, value, wide]) => el("div", { class: wide ? "wide" : null },
			el("dt", {}, name), el("dd", {}, value))));
}

// Buttons of which one is chosen; @choices are [value, label].
export function choice(label, choices, chosen, onChoice) {
	const buttons = choices.map(([value, text]) => el("button", {
		type: "button", "aria-pressed": String(value === chosen),
		onclick: () => {
			buttons.forEach((b, i) =>
				b.setAttribute("aria-pressed", String(choices[i][0] === value)));
			onChoice(value);
		},
	}, text));
	return el("div", { class: "choice", role: "group", "aria-label": label }, buttons);
}
