// SPDX-License-Identifier: GPL-2.0-or-later
// Light, dark, or as the system has it.
import { choice } from "./dom.js";

const schemes = { system: "light dark", light: "light", dark: "dark" };

export function themeChoice() {
	return choice("Colours", [["system", "System"], ["light", "Light"], ["dark", "Dark"]], "system",
		(name) => document.documentElement.style.setProperty("color-scheme", schemes[name]));
}
