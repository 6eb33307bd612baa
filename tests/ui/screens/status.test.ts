import { describe, expect, it } from "vitest";
import { statusScreen } from "../../../src/ui/screens/status.ts";
import type { StatusPart } from "../../../src/ui/state.ts";
import { type Desk, deskOf } from "../../helpers/form.ts";
import { renderScreen } from "../../helpers/screen.ts";

const PARTS: readonly StatusPart[] = [
	{ part: "data", state: "ok", text: "Data ready (87 train, 87 test files)", advice: "" },
	{ part: "bridge", state: "absent", text: "MT5 bridge not available yet", advice: "Virtual trading needs none." },
	{ part: "credentials", state: "absent", text: "No credentials needed", advice: "" },
	{ part: "home", state: "attention", text: "/home/kinetra", advice: "Others may look into it (mode 755). Repair it with: chmod 700 /home/kinetra" },
	{ part: "terminal", state: "ok", text: "xterm, colours, UTF-8", advice: "" },
	{ part: "last session", state: "absent", text: "No session yet", advice: "Start one: Live Testing > Virtual Trading, Enter." },
];

function screen(status = PARTS): Desk {
	return deskOf(statusScreen, { status });
}

function frame(desk: Desk, columns = 80, rows = 24): string[] {
	return renderScreen(desk.state(), columns, rows, statusScreen);
}

describe("the system status", () => {
	it("names every part, how it is and what to do, at 80x24", () => {
		const desk = screen();
		expect(desk.asked).toEqual([["loadStatus"]]);
		expect(frame(desk)).toEqual([
			" ✓ Market data  in order",
			"   Data ready (87 train, 87 test files)",
			"",
			" · MetaTrader 5 bridge  not there, not needed now",
			"   MT5 bridge not available yet",
			"   Virtual trading needs none.",
			"",
			" · Credentials  not there, not needed now",
			"   No credentials needed",
			"",
			" ⚠ Kinetra's folder  needs you",
			"   /home/kinetra",
			"   Others may look into it (mode 755). Repair it with: chmod 700 /home/kinetra",
			"",
			" ✓ Terminal  in order",
			"   80x24, xterm, colours, UTF-8",
			"",
			" · Last session  not there, not needed now",
			"1-18 of 20",
		]);
	});

	it.each([
		[120, 40],
		[200, 60],
	])("fits on one page at %ix%i, with the terminal's size of now", (columns, rows) => {
		const lines = frame(screen(), columns, rows);
		expect(lines.at(-1)).toBe("all shown");
		expect(lines).toContain(`   ${columns}x${rows}, xterm, colours, UTF-8`);
		expect(lines).toContain("   Start one: Live Testing > Virtual Trading, Enter.");
	});

	it("scrolls to its end, searches, and looks again with r", () => {
		const desk = screen();
		desk.press("end");
		expect(frame(desk).slice(-3)).toEqual(["   No session yet", "   Start one: Live Testing > Virtual Trading, Enter.", "3-20 of 20"]);
		desk.press("home", "/", "c", "h", "m", "o", "d", "enter");
		expect(frame(desk).join("\n")).toMatch(/"chmod" in 1 row,/);
		desk.press("r");
		expect(desk.asked.at(-1)).toEqual(["loadStatus"]);
	});

	it("says that it is being read before it is there", () => {
		expect(frame(screen([]))[1]).toBe(" The system status is being read.");
	});
});
