// SPDX-License-Identifier: GPL-2.0-or-later
// Makes template, style and modules to one file: node build.js SOURCE-FOLDER OUTPUT.
// Packages are found by NODE_PATH, which page/build.sh sets.
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");
const esbuild = require("esbuild");

const [source, output] = process.argv.slice(2);

function bundle() {
	return esbuild.buildSync({
		entryPoints: [path.join(source, "src/main.js")],
		bundle: true,
		nodePaths: [process.env.NODE_PATH],
		minify: true,
		charset: "utf8",
		format: "iife",
		target: ["chrome123", "firefox120", "safari17.5"],
		legalComments: "none", // all licences are in the page as a whole
		metafile: true,
		write: false,
	});
}

// The folders of the packages that came into the bundle.
function packagesOf(metafile) {
	const folders = new Set();
	for (const input of Object.keys(metafile.inputs)) {
		const match = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(path.resolve(input));
		if (match)
			folders.add(match[1]);
	}
	return [...folders].sort();
}

function licenceOf(folder) {
	const about = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
	const name = fs.readdirSync(folder).find((file) => /^licen[sc]e/i.test(file));
	if (!name)
		throw new Error(`${about.name} has no licence file`);
	const text = fs.readFileSync(path.join(folder, name), "utf8").trim();
	return `${about.name} ${about.version} (${about.license})\n\n${text}\n`;
}

// Nothing in an inline element may end it.
function inline(text) {
	return text.replace(/<(?=\/(?:script|style)|!--|script)/gi, "\\x3c");
}

function policyOf(script) {
	const hash = crypto.createHash("sha256").update(script, "utf8").digest("base64");
	return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; ` +
		"base-uri 'none'; form-action 'none'";
}

const result = bundle();
const script = inline(result.outputFiles[0].text);
const parts = {
	POLICY: policyOf(script),
	STYLE: fs.readFileSync(path.join(source, "style.css"), "utf8"),
	LICENCES: packagesOf(result.metafile).map(licenceOf).join("\n\n").replace(/</g, "&lt;"),
	SCRIPT: script,
};
const template = fs.readFileSync(path.join(source, "template.html"), "utf8");
const page = template.replace(/@(POLICY|STYLE|LICENCES|SCRIPT)@/g, (_, name) => parts[name]);
if (page.split("@UPSET-DATA@").length !== 2)
	throw new Error("the page must have one place for the data");
fs.writeFileSync(output + ".part", page);
fs.renameSync(output + ".part", output);
