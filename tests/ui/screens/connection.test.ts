import { describe, expect, it } from "vitest";
import { dispatch } from "../../../src/ui/router.ts";
import type { CockpitState, ConnectionView } from "../../../src/ui/state.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { CHECKS, CONNECTION } from "../../helpers/stage.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 9);

function storeOf(screen: "connection" | "test-connection", change: Partial<ConnectionView> = {}, more: Partial<CockpitState> = {}) {
	return createCockpitStore({
		path: ["main", screen],
		focus: "content",
		wallMs: NOW,
		connection: { state: "ready", value: { ...CONNECTION, ...change } },
		...more,
	});
}

function shown(store: ReturnType<typeof storeOf>, columns = 120, rows = 60): string {
	return renderScreen(store.getState(), columns, rows).join("\n");
}

describe("connection and credentials", () => {
	it("shows at 80x24 the bridge, the token and the last test", () => {
		expect(renderScreen(storeOf("connection").getState(), 80, 24)).toMatchInlineSnapshot(`
			[
			  "",
			  " Bridge      ws://127.0.0.1:8765",
			  " Token       ✓ there, and only you can read it",
			  "             /home/user/.kinetra/bridge/token",
			  " Last test   ✗ 1 of 5 checks failed  5 min ago",
			  "             ⚠ account: ••1234 on MetaQuotes-Demo, DEMO, USD, 1:100, hedging",
			  "             ✗ algo trading allowed: off in the terminal",
			  "",
			  " To try it without MetaTrader 5: one command, in another window",
			  "   kinetra bridge --sandbox",
			  "   A bridge on a stand-in terminal with an invented market. Everything then says",
			  "   SANDBOX, and its evidence never opens a real terminal.",
			  "",
			  " To set it up beside your MetaTrader 5 terminal",
			  "   1  Get the bridge program, and put it on the machine of the terminal:",
			  "        kinetra bridge --print kinetra_bridge.py",
			  "   2  Make the token (M), and copy its file to that machine over a safe way",
			  "      (scp).",
			  "1-18 of 30",
			]
		`);
	});

	it.each<[string, Partial<ConnectionView>, RegExp]>([
		["a token that is missing", { token: "missing", tokenText: "there is none yet: M makes one" }, /Token +⚠ there is none yet: M makes one/],
		["a token that others can read", { token: "unusable", tokenText: "mode 644: chmod 600" }, /Token +✗ mode 644: chmod 600/],
		["a test that runs", { testing: true }, /Last test +running now/],
		["no test yet", { testedWallMs: null, checks: [] }, /Last test +none of this address yet/],
		[
			"a test by the command or an earlier start",
			{ testedWallMs: null, checks: [], earlier: { wallMs: NOW - 120_000, ok: true } },
			/Last test +✓ passed {2}2 min ago/,
		],
		["one of those that failed", { testedWallMs: null, checks: [], earlier: { wallMs: NOW, ok: false } }, /Last test +✗ failed; t tests again/],
		["a test that passed", { checks: CHECKS.slice(0, 2) }, /Last test +✓ all 2 checks passed {2}5 min/],
		["how to try it in one command", {}, /kinetra bridge --sandbox/],
		["how to set it up", {}, /kinetra bridge --print kinetra_bridge\.py[\s\S]*python kinetra_bridge\.py/],
		["that no password is asked for", {}, /asks for\s+no\s+password/],
	])("tells %s", (_name, change, text) => {
		expect(shown(storeOf("connection", change))).toMatch(text);
	});

	it("tells what is wrong with the settings", () => {
		expect(shown(storeOf("connection", {}, { connection: { state: "failed", reason: ".env is open to others" } }))).toContain("✗ .env is open to others");
	});

	it.each<[string, readonly string[], readonly string[]]>([
		["e edits the address, Enter keeps it", ["e", "ctrl+u", ..."ws://127.0.0.1:9000", "enter"], ["saveBridge ws://127.0.0.1:9000"]],
		["it begins with the address in force", ["e", "backspace", "6", "enter"], ["saveBridge ws://127.0.0.1:8766"]],
		["Esc forgets what was typed, and leaves nothing", ["e", "x", "escape"], []],
		["an address of nothing is none", ["e", "ctrl+u", "enter"], []],
		["letters are letters while it is typed", ["e", "ctrl+u", "q", "K", "0", "enter"], ["saveBridge qK0"]],
		["t tests", ["t"], ["testConnection"]],
	])("%s", (_name, keys, asked) => {
		const context = contextOf(storeOf("connection"));
		for (const key of keys) dispatch(context, key);
		expect(context.asked).toEqual(asked);
	});

	it("makes a token only where there is none", () => {
		const missing = contextOf(storeOf("connection", { token: "missing" }));
		dispatch(missing, "M");
		expect(missing.asked).toEqual(["makeToken"]);
		const ready = contextOf(storeOf("connection"));
		dispatch(ready, "M");
		expect(ready.asked).toEqual([]);
		expect(ready.store.getState().notice?.text).toBe("There is a token already.");
	});

	it("shows the test when it begins", () => {
		const store = storeOf("connection");
		dispatch(contextOf(store), "t");
		expect(store.getState().path).toEqual(["main", "live-testing", "test-connection"]);
	});
});

describe("the connection test", () => {
	it("shows at 80x24 every row, and below a failed one what to do", () => {
		expect(renderScreen(storeOf("test-connection").getState(), 80, 24)).toMatchInlineSnapshot(`
			[
			  "",
			  " ✗ The way to the broker does not work: ws://127.0.0.1:8765. 5 checks: 2 ok, 1",
			  " to note, 1 failed, 1 not asked.",
			  "",
			  " ✓ ok     bridge reachable      ws://127.0.0.1:8765, 2 ms",
			  " ✓ ok     version               protocol 1, bridge 1.0.0",
			  " ⚠ NOTE   account               ••1234 on MetaQuotes-Demo, DEMO, USD, 1:100,",
			  "                                hedging",
			  "          The server says demo: no money of yours moves.",
			  " ✗ FAILED algo trading allowed  off in the terminal",
			  "          Click Algo Trading in the terminal's toolbar until it is green, then",
			  "          test again.",
			  " · --     quote age             not asked",
			  "",
			  "",
			  "",
			  "",
			  "",
			  "all shown",
			]
		`);
	});

	it("says SANDBOX and REAL loudly, and neither without cause", () => {
		const loud = shown(storeOf("test-connection", { sandbox: true, realAccount: true }));
		expect(loud).toMatch(/SANDBOX: a stand-in terminal/);
		expect(loud).toMatch(/REAL ACCOUNT by the broker's word/);
		expect(shown(storeOf("test-connection"))).not.toMatch(/SANDBOX|REAL ACCOUNT/);
	});

	it("keeps the newest row in sight while it runs, and its verdict when it is done", () => {
		const many = Array.from({ length: 25 }, (_, index) => ({ id: `c${index}`, label: `check ${index}`, state: "ok", found: "fine", advice: "" }) as const);
		expect(shown(storeOf("test-connection", { checks: many, testing: true }), 80, 24)).toMatch(/check 24/);
		const done = shown(storeOf("test-connection", { checks: many }), 80, 24);
		expect(done).toMatch(/✓ The way to the broker works[\s\S]*check 0/);
		expect(done).not.toMatch(/check 24/);
	});

	it.each<[string, Partial<ConnectionView>, readonly string[]]>([
		["enter", {}, ["testConnection"]],
		["r", {}, ["testConnection"]],
		["enter", { testing: true }, []],
	])("%s tests again, but not twice at once (%o)", (key, change, asked) => {
		const context = contextOf(storeOf("test-connection", change));
		dispatch(context, key);
		expect(context.asked).toEqual(asked);
	});
});
