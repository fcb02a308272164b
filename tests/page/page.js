// SPDX-License-Identifier: GPL-2.0-or-later
// Pages in the folder it is run in, as test_page.sh makes them: node page.js BROWSER PROFILE
// SOURCE.  Prints what is wrong; the exit status is 0 when nothing is.
"use strict";
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");

const [browser, profile, source] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync"];
let failures = 0;

function check(truth, what) {
	if (truth)
		return;
	failures++;
	console.log(`FAILED: ${what}`);
}

function equal(got, wanted, what) {
	check(JSON.stringify(got) === JSON.stringify(wanted),
		`${what}: ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`);
}

const read = (view) => JSON.parse(fs.readFileSync(`${view}.json`, "utf8"));
const count = (n) => (n === null ? "–" : n.toLocaleString("en"));
const percent = (x) => (x === null ? "–" : `${(100 * x).toFixed(2)} %`);

/* --- opening ----------------------------------------------------------------------------- */

// Open a page; whatever it complains of or asks for is a failure.
async function open(context, name) {
	const page = await context.newPage();
	const url = `file://${path.resolve(name)}`;
	page.on("console", (message) => check(!["error", "warning"].includes(message.type()),
		`${name}: ${message.text()}`));
	page.on("pageerror", (error) => check(false, `${name}: ${error}`));
	page.on("request", (request) => check(request.url() === url,
		`${name} asks for ${request.url()}`));
	page.on("dialog", (dialog) => {
		check(false, `${name} opens a dialog`);
		dialog.dismiss();
	});
	await page.goto(url);
	await page.waitForSelector("footer");
	return page;
}

const textOf = (page, selector) => page.locator(selector).first().textContent();
const status = async (page) => (await textOf(page, "#faults .status")).split(" ")[0];

// The cells of a table, row by row.
const cells = (page, selector) => page.locator(selector).first().evaluate((table) =>
	[...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)));

async function unfold(page, section, i = 0) {
	await page.locator(`#${section} details.numbers > summary`).nth(i).click();
	await page.waitForSelector(`#${section} details.numbers[open] table`);
	return cells(page, `#${section} details.numbers[open] table`);
}

/* --- what is there ------------------------------------------------------------------------- */

const golden = { run: 0, functions: 2, mix: 3, registers: 3, ones: 3, memory: 4 };
const campaign = { campaign: 0, outcomes: 3, extrapolated: 2, "registers-hit": 16, bits: 100,
	"functions-hit": 10, lines: 20, time: 20, latency: 20, faults: 0 };

async function sectionsAreThere(context) {
	const page = await open(context, "both.html");
	for (const [id, marks] of Object.entries({ ...golden, ...campaign })) {
		const section = page.locator(`section#${id}`);
		check(await section.count() === 1, `no section ${id}`);
		check(await section.locator(".lead").textContent() !== "", `${id} is not explained`);
		if (marks > 0)
			await page.waitForSelector(`#${id} svg title`, { state: "attached" });
		const seen = await section.locator("svg rect, svg line, svg circle").count();
		check(seen >= marks, `${id}: ${seen} marks, expected ${marks} or more`);
	}
	check(await page.locator(".missing").count() === 0, "a part is said to be missing");
	check(await page.locator("#glossary dt").count() > 10, "no glossary");
	await page.close();
}

async function whatIsMissingIsSaid(context) {
	for (const [name, texts] of [
		["campaign.html", ["no golden run"]],
		["counts.html", ["Values were not collected", "Live shares were not collected", "no experiments"]],
		["run.html", ["no experiments"]],
		["none.html", ["No experiment of this campaign has been made", "no golden run"]]]) {
		const page = await open(context, name);
		const said = await page.locator("main").textContent();
		for (const text of texts)
			check(said.toLowerCase().includes(text.toLowerCase()), `${name} does not say '${text}'`);
		await page.close();
	}
}

/* --- numbers ------------------------------------------------------------------------------- */

async function numbersAreThoseOfShow(context) {
	const page = await open(context, "both.html");
	const interval = (row) => (row.share === null ? "–"
		: `${(100 * row.share_low).toFixed(2)} .. ${(100 * row.share_high).toFixed(2)} %`);
	equal((await cells(page, "#outcomes .scroll table")).map((row) => row.slice(1)),
		read("outcome_totals").map((row) => [count(row.experiments), percent(row.share),
			interval(row), count(row.extrapolated)]), "outcomes");
	equal((await cells(page, "#outcomes .scroll:last-child table")).map((row) => row.slice(1)),
		read("outcomes").map((row) => [row.cause ?? "–", count(row.experiments),
			percent(row.share), interval(row), count(row.extrapolated)]), "causes");
	equal((await unfold(page, "registers-hit")).map((row) => row.slice(0, 6)),
		read("by_location").map((row) => [row.location, row.results, row.masked, row.detected, row.sdc, row.due]
			.map(String)), "by location");
	const byExecutions = (a, b) => b.executions - a.executions;
	equal((await unfold(page, "functions")).map((row) => row[3]),
		read("functions").sort(byExecutions).map((row) => count(row.executions)), "functions");
	equal(await unfold(page, "mix"), read("mnemonics").sort(byExecutions).map((row) =>
		[row.mnemonic, count(row.instructions), count(row.executions), percent(row.share)]), "mix");
	await page.close();
}

/* --- the list ------------------------------------------------------------------------------ */

async function choose(page, name, value) {
	const options = await page.locator(`[data-filter=${name}] option`).allTextContents();
	await page.locator(`[data-filter=${name}]`).selectOption(
		{ index: options.findIndex((text) => text.startsWith(`${value} (`)) });
}

async function seek(page, text, wanted) {
	await page.locator("#faults input[type=search]").fill(text);
	for (let tries = 0; tries < 1000 && await status(page) !== wanted; tries++)
		await page.waitForTimeout(20);
	equal(await status(page), wanted, `text '${text}'`);
}

async function filtersWork(context) {
	const page = await open(context, "both.html");
	const all = read("experiments");
	const number = (test) => count(all.filter(test).length);
	equal(await status(page), count(all.length), "all faults");
	await choose(page, "outcome", "sdc");
	equal(await status(page), number((e) => e.outcome === "sdc"), "sdc");
	await choose(page, "location", "rcx");
	equal(await status(page), number((e) => e.outcome === "sdc" && e.location === "rcx"), "and rcx");
	await page.locator("#faults button[type=reset]").click();
	equal(await status(page), count(all.length), "all again");
	await choose(page, "cause", "signal");
	equal(await status(page), number((e) => e.cause === "signal"), "cause");
	await choose(page, "function", "</style><!--<script>");
	equal(await status(page),
		number((e) => e.cause === "signal" && e.function === "</style><!--<script>"), "and function");
	await page.locator("#faults button[type=reset]").click();
	await seek(page, "INSN=7919", number((e) => e.fault.includes("insn=7919")));
	await seek(page, "onload=window", number((e) => e.file && e.file.includes("onload")));
	await seek(page, "no such thing", "0");
	await seek(page, "", count(all.length));
	await page.close();
}

async function listIsSorted(context) {
	const page = await open(context, "both.html");
	const all = read("experiments").map((e) => e.latency).filter((n) => n !== null);
	const first = async () => (await cells(page, "#faults .view table"))[1];
	await page.locator("#faults th[data-sort=latency] button").click();
	equal((await first())[8], count(Math.min(...all)), "lowest latency");
	await page.locator("#faults th[data-sort=latency] button").click();
	equal((await first())[8], count(Math.max(...all)), "highest latency");
	equal(await page.locator("#faults th[data-sort=latency]").getAttribute("aria-sort"),
		"descending", "the heading");
	await page.locator("#faults th[data-sort=experiment] button").click();
	await page.locator("#faults .view").evaluate((view) => { view.scrollTop = 1e9; });
	await page.waitForSelector("#faults tr[data-row='1999']");
	await page.locator("#faults tr[data-row='1999']").click();
	check((await textOf(page, "#faults .chosen")).includes("upset replay -c 1 both.upset 1999"),
		"no command to make 1999 again");
	await page.close();
}

/* --- hostile names ------------------------------------------------------------------------- */

async function namesAreText(context) {
	for (const name of ["both.html", "several.html", "run.html", "campaign.html"]) {
		const page = await open(context, name);
		for (const summary of await page.locator("details > summary").all())
			await summary.click();
		const found = await page.evaluate(() => ({ owned: window.owned ?? null,
			elements: document.querySelectorAll(
				"main img, main b, main i, main script, main iframe").length,
			unseen: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/.test(document.body.innerText) }));
		equal(found, { owned: null, elements: 0, unseen: false }, `${name}: hostile names`);
		await page.close();
	}
	const page = await open(context, "both.html");
	const said = await page.locator("#faults select[data-filter=function]").textContent();
	for (const text of ["</script><img src=x onerror=\"window.owned=1\">", "</style><!--<script>",
		"<b>bold</b> & \"quotes' \\u003c", "ev\"il,\\u{a}\\u{1b}[31mname"])
		check(said.includes(text), `no text ${text}`);
	await page.close();
	const quoted = await open(context, "several.html");
	await quoted.locator(".studies button").nth(1).click();
	check((await textOf(quoted, "#faults tr[data-row='7'] code")) ===
		"upset replay -c 1 'it'\\''s <b>.upset' 7", "the study's name is not quoted");
	await quoted.close();
}

// The policy stands: what names could bring in would not be loaded.
async function nothingIsLoaded(context) {
	const page = await context.newPage();
	const requests = [];
	await page.goto(`file://${path.resolve("run.html")}`);
	page.on("request", (request) => requests.push(request.url()));
	await page.evaluate(() => {
		const image = document.createElement("img");
		image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
		const script = document.createElement("script");
		script.textContent = "window.owned = 3";
		document.body.append(image, script);
		return new Promise((done) => { image.onerror = image.onload = () => done(); });
	});
	equal(await page.evaluate(() => window.owned ?? null), null, "a script that was put in");
	equal(requests, [], "requests");
	await page.close();
}

/* --- comparing ----------------------------------------------------------------------------- */

async function studiesAreCompared(context) {
	const page = await open(context, "several.html");
	await page.waitForSelector("#compare svg circle");
	// Both campaigns have the same shares: of 1800 and of 450 results, 400 and 100 are sdc.
	// The second one's fault space has 2000 faults, the first one's 1000.
	const all = await page.locator("#compare .differences").first().locator("li").allTextContents();
	equal(all.length, 3, "differences of faults in all");
	check(all[0].startsWith("sdc") && all[0].includes("+222 faults in B against A (+148 .. +306): " +
		"more in B"), all[0]);
	const said = await page.locator("#compare .differences").last().locator("li").allTextContents();
	equal(said.length, 3, "differences");
	check(said[0].startsWith("sdc") && said[0].includes("+0.00 percentage points in B against A " +
		"(−4.11 .. +4.47)") && said[0].includes("cannot be told apart"), said[0]);
	check((await textOf(page, "#compare .note")).includes("runs.upset"), "the one without is not said");
	equal((await cells(page, "#compare table")).length, 8, "rows of shares");
	check(await page.locator("section#run.missing").count() === 0, "the first study's run");
	await page.locator(".studies button").nth(1).click();
	check((await textOf(page, "section#run")).includes("no golden run"), "the second study");
	await page.locator(".studies button").nth(2).click();
	check((await textOf(page, "section#campaign")).includes("no experiments"), "the third study");
	await page.close();
}

/* --- looks --------------------------------------------------------------------------------- */

const background = (page) => page.evaluate(() => getComputedStyle(document.documentElement)
	.backgroundColor.match(/\d+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0));

async function lightAndDark(context) {
	const page = await open(context, "both.html");
	await page.emulateMedia({ colorScheme: "light" });
	const light = await background(page);
	await page.emulateMedia({ colorScheme: "dark" });
	const dark = await background(page);
	check(light > 600 && dark < 150, `light ${light}, dark ${dark}`);
	await page.locator("header button", { hasText: "Light" }).click();
	equal(await background(page), light, "light by the button");
	await page.locator("header button", { hasText: "Dark" }).click();
	equal(await background(page), dark, "dark by the button");
	await page.emulateMedia({ media: "print" });
	check(await page.locator("#faults .view").isHidden(), "the list is printed");
	check(await page.locator("#faults .print-only").isVisible(), "print does not say so");
	await page.close();
}

async function narrow(context) {
	const page = await open(context, "both.html");
	await page.setViewportSize({ width: 400, height: 800 });
	await page.waitForTimeout(300);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth);
	check(wide <= 400, `a narrow window is to be scrolled sideways: ${wide}`);
	await page.close();
}

/* --- size ---------------------------------------------------------------------------------- */

async function timed(action) {
	const start = process.hrtime.bigint();
	await action();
	return Number(process.hrtime.bigint() - start) / 1e9;
}

async function openAndFilter(context, name, total) {
	let page;
	const opened = await timed(async () => { page = await open(context, name); });
	const filtered = await timed(async () => {
		await choose(page, "outcome", "sdc");
		equal(await status(page), count(total / 5), `${name}: sdc`);
		await seek(page, "flip:7 rbx", count(total >= 100000 ? 40 : 2));
	});
	check(await page.locator("#faults tr").count() < 80, `${name}: all rows are elements`);
	await page.close();
	return { opened, filtered };
}

// 50 times as many experiments must not take 50 times as long.
async function manyAreQuick(context) {
	const few = await openAndFilter(context, "both.html", 2000);
	const many = await openAndFilter(context, "large.html", 100000);
	console.log("2,000:", few, "100,000:", many);
	check(many.opened < 25 * few.opened, "100,000 experiments take too long to open");
	check(many.filtered < 25 * few.filtered, "100,000 experiments take too long to filter");
}

/* --- licences ------------------------------------------------------------------------------ */

async function noticesAreComplete(context) {
	const page = await open(context, "run.html");
	const notices = fs.readFileSync(path.join(source, "NOTICES.md"), "utf8");
	const text = await page.locator("#licences").evaluate((element) => element.textContent);
	const packages = [...text.matchAll(/^(\S+) (\d\S*) \((.*)\)$/gm)];
	check(packages.some((p) => p[1] === "@observablehq/plot"), "no licence of the charts");
	for (const [, name, , licence] of packages)
		check(notices.includes(`| ${name} | ${licence} |`), `NOTICES.md: no ${name}, ${licence}`);
	check(/Permission to use, copy, modify/.test(text), "no text of a licence");
	await page.close();
}

async function main() {
	const context = await chromium.launchPersistentContext(profile, { executablePath: browser,
		headless: true, args: flags, viewport: { width: 1280, height: 900 } });
	try {
		for (const test of [sectionsAreThere, whatIsMissingIsSaid, numbersAreThoseOfShow,
			filtersWork, listIsSorted, namesAreText, nothingIsLoaded, studiesAreCompared,
			lightAndDark, narrow, manyAreQuick, noticesAreComplete])
			await test(context).catch((error) => check(false, `${test.name}: ${error}`));
	} finally {
		await context.close();
	}
	process.exitCode = failures === 0 ? 0 : 1;
}

main();
