// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers and names for eyes.

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const UNKNOWN = "–";
const EXACT = 1e15; // above it numbers are said in powers of ten

export function count(value) {
	if (value === null || value === undefined)
		return UNKNOWN;
	if (Math.abs(value) < EXACT)
		return grouped.format(value);
	const power = Math.floor(Math.log10(value));
	return `${(value / 10 ** power).toFixed(2)} × 10^${power}`;
}

export function brief(value) {
	return value === null || value === undefined ? UNKNOWN : short.format(value);
}

export function percent(share, digits = 2) {
	return share === null || share === undefined ? UNKNOWN : `${(100 * share).toFixed(digits)} %`;
}

export function interval(low, high, digits = 2) {
	if (low === null || low === undefined)
		return UNKNOWN;
	return `${(100 * low).toFixed(digits)} .. ${(100 * high).toFixed(digits)} %`;
}

// A difference of shares, in percentage points with a sign.
export function points(difference) {
	const text = (100 * Math.abs(difference)).toFixed(2);
	return `${difference < 0 ? "−" : "+"}${text}`;
}

// A difference of counts, with a sign.
export function more(difference) {
	return `${difference < 0 ? "−" : "+"}${count(Math.abs(difference))}`;
}

function inUnits(value, names) {
	let i = 0;
	while (value >= 999.5 && i + 1 < names.length) {
		value /= 1000;
		i++;
	}
	return `${i === 0 ? value : value.toPrecision(3)} ${names[i]}`;
}

export function bytes(value) {
	return value === null ? UNKNOWN : inUnits(value, ["B", "kB", "MB", "GB", "TB"]);
}

export function time(ns) {
	return ns === null ? UNKNOWN : inUnits(ns, ["ns", "µs", "ms", "s"]);
}

export function when(text) {
	return text === null ? UNKNOWN : text.replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

export function base(path) {
	return path === null ? "?" : path.slice(path.lastIndexOf("/") + 1);
}

export function place(file, line) {
	return file === null ? null : `${base(file)}:${line ?? "?"}`;
}

export function shorten(text, length) {
	return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

// A word of a command that a shell reads as it is.
export function shellWord(text) {
	return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith("-")
		? text : `'${text.replaceAll("'", "'\\''")}'`;
}
