import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONTROLS } from "../scripts/controls-coverage.ts";
import { controlsDocument } from "../scripts/controls-document.ts";
import { BREACHES } from "../src/engine/limits/breach.ts";
import { HOLDS } from "../src/engine/limits/entry-hold.ts";
import { RULES } from "../src/engine/rules-table.ts";
import { CHECKS } from "../src/engine/validation/checks.ts";

describe("docs/CONTROLS.md", () => {
	it("is what the tables say", () => {
		const file = readFileSync(new URL("../docs/CONTROLS.md", import.meta.url), "utf8");
		expect(file === controlsDocument(), "stale: run `npm run docs` and commit the result").toBe(true);
	});

	it("lists C01 to C44 once each, in order", () => {
		expect(CONTROLS.map(([id]) => id)).toEqual(Array.from({ length: 44 }, (_, index) => `C${String(index + 1).padStart(2, "0")}`));
	});

	it("lets no rule, denial code or breach claim a control that is said to come later", () => {
		const later = new Set(CONTROLS.filter(([, , coverage]) => coverage === "later").map(([id]) => id));
		const used = [...Object.values(RULES), ...Object.values(BREACHES), ...Object.values(HOLDS)].map(({ control }) => control);
		expect(used.filter((control) => later.has(control))).toEqual([]);
		expect(
			Object.values(CHECKS)
				.map(({ control }) => control)
				.filter((control) => later.has(control)),
		).toEqual(["C38"]);
	});

	it("shows a few values as the catalogue has them", () => {
		const text = controlsDocument();
		expect(text).toContain("| maxLots | C08 | 1 | 0.1 | 0.01 | lots | 1e-8 to 1000; live at most 1; none in virtual |");
		expect(text).toContain("| STOP_TOO_CLOSE | C12 | 10016 INVALID_STOPS | yes | open, modify |");
		expect(text).toContain("| COOLDOWN | C28 |");
		expect(text).toContain("| DRAWDOWN | C23 | HALTED |");
	});
});
