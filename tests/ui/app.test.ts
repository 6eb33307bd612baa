import { afterEach, describe, expect, it } from "vitest";
import { dispatch } from "../../src/ui/router.ts";
import type { CockpitState, StatusPart } from "../../src/ui/state.ts";
import { notify } from "../../src/ui/store.ts";
import { type DrawnCockpit, drawCockpit } from "../helpers/cockpit-screen.ts";
import { projectionOf, viewOf } from "../helpers/view.ts";

const STATUS: readonly StatusPart[] = [
	{ part: "data", state: "ok", text: "Data ready (87 train, 87 test files)", advice: "" },
	{ part: "bridge", state: "absent", text: "MT5 bridge not available yet", advice: "" },
	{ part: "credentials", state: "absent", text: "No credentials needed", advice: "" },
];

let drawn: DrawnCockpit | null = null;
afterEach(() => {
	expect(drawn?.crashes ?? []).toEqual([]);
	drawn?.ink.unmount();
	drawn = null;
});

function draw(columns: number, rows: number, state: Partial<CockpitState> = {}): DrawnCockpit {
	drawn = drawCockpit(columns, rows, { status: STATUS, wallMs: Date.UTC(2026, 0, 2, 3, 4, 5), ...state });
	return drawn;
}

/** The frame without rows that show nothing but the edge of the menu. */
async function told(cockpit: DrawnCockpit): Promise<readonly string[]> {
	return (await cockpit.rows()).filter((row) => !/^ *│?$/.test(row));
}

const DEMO: Partial<CockpitState> = { path: ["main", "live-testing", "test-connection"], focus: "content" };

describe("the whole screen", () => {
	it("is the main menu at 80x24", async () => {
		expect(await draw(80, 24).rows()).toEqual([
			" KINETRA   VIRTUAL                               03:04:05 UTC   --:--:-- broker",
			" ✓ Data ready (87 train, 87 test files)  · no MT5 bridge  · no credentials",
			" Main Menu ─────────────────────────────────────────────────────────────────────",
			"                                      │",
			"   1 Connection & Credentials         │  Live Testing (Virtual, Demo & Live",
			"                                      │  Trading)",
			"   2 Market Data                      │",
			"                                      │  Kinetra takes a trading agent from",
			"   3 Agents                           │  virtual (paper) to demo to live",
			"                                      │  trading on MetaTrader 5 and lets it",
			" ❯ 4 Live Testing (Virtual, Demo &    │  skip no stage.",
			"     Live Trading)                    │",
			"                                      │  This runs the agent: first on a",
			"   5 Sessions & Summaries             │  simulated account (virtual), then on a",
			"                                      │  demo account, last with money.",
			"   6 System Status                    │",
			"                                      │  Start here: press 4, then 1, then",
			"   q Quit                             │  Enter. That is a virtual session on a",
			"                                      │  synthetic market; no money moves.",
			"                                      │",
			"                                      │",
			"                                      │",
			"",
			" ↑↓ choose  Enter open                                          ? keys  q quit",
		]);
	});

	it("is a screen with a session out of sight at 120x40, its menu beside it", async () => {
		expect(await told(draw(120, 40, { ...DEMO, live: viewOf() }))).toEqual(
			[
				" KINETRA   VIRTUAL                                                                       03:04:05 UTC   10:15:30 broker",
				" ✓ Data ready (87 train, 87 test files)  · MT5 bridge not available yet  · No credentials needed",
				` Main Menu > Live Testing > Test MT5 Connection ${"─".repeat(72)}`,
				" ● ACTIVE  EURUSD  CHS 0.712 good  equity 10,012.50 USD  1 open +12.50  trades 4/10  10:15:30",
				" ❯ 1 Virtual Trading (Paper Trading)  │  The settings are being read ...",
				"   2 Demo Account Testing (MT5 Demo)  │",
				"   3 Test MT5 Connection              │",
				"   4 View Live Testing Guide          │",
				"   5 Live Trading                     │",
				"     locked                           │",
				"   6 Promotion Gates                  │",
				"                                      │ all shown",
				" Enter test  c connection  ↑↓ scroll  / search                         K KILL  w watch  m menu  0 back  ? keys  q quit",
			].filter((row) => !/^ *│$/.test(row)),
		);
	});

	it.each([
		[80, 24],
		[120, 40],
		[200, 60],
	])("fills %ix%i from the first row to the last, at every place of the menus", async (columns, rows) => {
		for (const path of [["main"], ["main", "live-testing"], DEMO.path ?? [], ["main", "help"]] as const) {
			const cockpit = draw(columns, rows, { path });
			const screen = await cockpit.rows();
			expect(screen.length).toBe(rows);
			expect(screen[0]).toMatch(/^ KINETRA {3}VIRTUAL .* broker$/);
			expect(screen[2]?.length).toBe(columns);
			expect(screen[rows - 1]).toMatch(/q quit$/);
			for (const row of screen) expect(Array.from(row).length).toBeLessThanOrEqual(columns);
			cockpit.ink.unmount();
		}
	});

	it.each([
		[79, 24],
		[80, 23],
		[60, 20],
		[40, 10],
		[20, 5],
	])("says at %ix%i that it needs more room, and nothing else", async (columns, rows) => {
		const [first, ...others] = await draw(columns, rows, { live: viewOf() }).rows();
		expect(first).toBe(
			{ 60: "Kinetra needs 80x24, not 60x20. K kills, q quits.", 40: "Kinetra needs 80x24. K kills, q quits.", 20: "Kinetra needs 80x24" }[columns] ??
				`Kinetra needs 80x24, this terminal is ${columns}x${rows}. K kills, q quits.`,
		);
		expect(others.join("")).toBe("");
	});
});

describe("what changes while it is shown", () => {
	it("is followed: highlight, explanation, screen, focus, session, notice and question", async () => {
		const cockpit = draw(80, 24);
		for (const key of ["\u001b[B", "\u001b[B", "\u001b[A", "\u001b[A", "\u001b[A"]) cockpit.ink.feed(key);
		expect((await told(cockpit)).filter((row) => row.includes("❯"))).toEqual([expect.stringContaining("❯ 3 Agents")]);
		expect(cockpit.store.getState().highlighted).toEqual({ main: 2 });
		expect((await cockpit.rows()).join("\n")).toContain("│  Who can decide: every agent with its");
		cockpit.ink.feed("\u001b[B");
		await cockpit.rows();
		cockpit.ink.feed("\r");
		expect((await cockpit.rows())[2]).toMatch(/^ Main Menu > Live Testing ─/);
		dispatch(cockpit, "3");
		expect((await cockpit.rows())[2]).toMatch(/^ Main Menu > Live Testing > Test MT5 Connection ─/);
		cockpit.store.setState({ live: viewOf({ now: projectionOf({ state: "KILLED" }) }) });
		expect((await cockpit.rows())[3]).toMatch(/^ ● ⚠ KILLED {2}EURUSD/);
		dispatch(cockpit, "K");
		expect((await cockpit.rows())[22]).toBe(" ✗ KILL sent: no new orders, pending ones cancelled.");
		dispatch(cockpit, "q");
		expect((await cockpit.rows()).join("\n")).toMatch(/╭─ Leave Kinetra\? ─+╮[\s\S]*It has 1 open position\.[\s\S]*f {6}close all positions and leave/);
		dispatch(cockpit, "escape");
		expect((await cockpit.rows()).join("\n")).not.toContain("Leave Kinetra?");
	});

	it("puts the menu's highlight where a digit went, also in a menu that stays", async () => {
		const cockpit = draw(120, 40, { path: ["main", "connection"], focus: "content" });
		dispatch(cockpit, "6");
		expect((await told(cockpit)).filter((row) => row.includes("❯")).join()).toContain("❯ 6 System Status");
		cockpit.store.setState({ focus: "menu" });
		await cockpit.rows();
		cockpit.ink.feed("\u001b[A");
		expect((await told(cockpit)).filter((row) => row.includes("❯")).join()).toContain("❯ 5 Sessions & Summaries");
	});

	it("shows a long notice in full, over the content", async () => {
		const cockpit = draw(80, 24, DEMO);
		await cockpit.rows();
		notify(cockpit.store, `The file cannot be used: ${"many words ".repeat(10)}end.`, "bad");
		expect((await cockpit.rows()).slice(20, 23)).toEqual([
			"",
			" ✗ The file cannot be used: many words many words many words many words many",
			"   words many words many words many words many words many words end.",
		]);
	});

	it("takes another size as it comes", async () => {
		const cockpit = draw(120, 40);
		await cockpit.rows();
		cockpit.resize(80, 24);
		const rows = await cockpit.rows();
		expect([rows.length, rows[23]]).toEqual([24, " ↑↓ choose  Enter open                                          ? keys  q quit"]);
	});

	it("does not ask ink to draw when only the session moves", async () => {
		const cockpit = draw(120, 40, { ...DEMO, live: viewOf() });
		await cockpit.rows();
		const before = cockpit.frames();
		for (let tick = 0; tick < 20; tick++) {
			cockpit.store.setState({ wallMs: tick * 1000, live: viewOf({ now: projectionOf({ at: tick * 1000, equity: 10_000 + tick }) }) });
			await cockpit.rows();
		}
		expect(cockpit.frames()).toBe(before);
		expect((await cockpit.rows())[3]).toContain("equity 10,019.00 USD");
	});
});
