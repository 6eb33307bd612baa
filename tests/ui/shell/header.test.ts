import { describe, expect, it } from "vitest";
import type { Summary } from "../../../src/engine/summary-type.ts";
import { lineWidth, textOf } from "../../../src/print/line.ts";
import { findScreen } from "../../../src/ui/registry.ts";
import { breadcrumbLine, clocksPane, statusLine, stripPane, titleLine } from "../../../src/ui/shell/header.ts";
import type { CockpitState, PartState, StatusPart } from "../../../src/ui/state.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { paintPanes } from "../../helpers/screen.ts";
import { CONNECTION, STAGE_START } from "../../helpers/stage.ts";
import { projectionOf, viewOf } from "../../helpers/view.ts";

function stateOf(state: Partial<CockpitState> = {}): CockpitState {
	return createCockpitStore(state).getState();
}

const ENDED = { kind: "failed", message: "" } as const;

const BROKER = { server: "Demo-1", loginTail: "1234", tradeMode: "demo", rehearsal: null, probation: null, paperTwin: false } as const;

const LINK = { state: "up", since: 0, detail: "", unknown: 0 } as const;
const DEMO_SUMMARY = { mode: "demo", broker: { venue: "sandbox" } } as Summary;
const STAND_IN = { state: "ready", value: { ...CONNECTION, sandbox: true } } as const;

describe("titleLine", () => {
	it.each<[string, Partial<CockpitState>, string, readonly string[]]>([
		["nothing runs: what would run", {}, "KINETRA VIRTUAL", ["virtual"]],
		["a demo session", { live: viewOf({}, { mode: "demo" }) }, "KINETRA DEMO", ["demo"]],
		["a live session, whatever is in front", { path: ["main", "guide"], live: viewOf({}, { mode: "live" }) }, "KINETRA LIVE", ["live"]],
		["a live session that has ended, from a menu", { live: viewOf({ end: ENDED }, { mode: "live" }) }, "KINETRA VIRTUAL", ["virtual"]],
		["the stand-in terminal", { live: viewOf({}, { mode: "demo", sandbox: true }) }, "KINETRA DEMO SANDBOX", ["demo", "selected"]],
		[
			"the stand-in terminal behind a replay of something else",
			{ path: ["main", "session"], source: "replay", replay: viewOf({}, { replay: true }), live: viewOf({}, { mode: "demo", sandbox: true }) },
			"KINETRA VIRTUAL SANDBOX REPLAY",
			["virtual", "selected", "accent"],
		],
		["the start of a session on the stand-in", { stageStart: { ...STAGE_START, sandbox: true } }, "KINETRA VIRTUAL SANDBOX", ["virtual", "selected"]],
		[
			"a stand-in that was tested, on the way to it",
			{ path: ["main", "live-testing", "demo"], connection: STAND_IN },
			"KINETRA DEMO SANDBOX",
			["demo", "selected"],
		],
		[
			"the summary of a demo session on the stand-in, from the list",
			{ path: ["main", "sessions", "summary"], summary: { state: "ready", value: { summary: DEMO_SUMMARY, folder: "" } } },
			"KINETRA DEMO SANDBOX",
			["demo", "selected"],
		],
		["a stand-in that was tested, elsewhere", { path: ["main", "live-testing", "virtual"], connection: STAND_IN }, "KINETRA VIRTUAL", ["virtual"]],
		[
			"a rehearsal, said once",
			{ live: viewOf({}, { mode: "demo", noEvidence: "rehearsal", broker: { ...BROKER, rehearsal: ["no certificate"] } }) },
			"KINETRA DEMO REHEARSAL",
			["demo", "warn"],
		],
		[
			"a live session on probation",
			{ live: viewOf({}, { mode: "live", broker: { ...BROKER, tradeMode: "real", probation: 2 } }) },
			"KINETRA LIVE PROBATION 2 of 3",
			["live", "warn"],
		],
		[
			"a replay in front of a live session",
			{ path: ["main", "session"], source: "replay", replay: viewOf({}, { replay: true }), live: viewOf({}, { mode: "live" }) },
			"KINETRA VIRTUAL REPLAY",
			["virtual", "accent"],
		],
		["a session that can never count", { live: viewOf({}, { noEvidence: "A drill" }) }, "KINETRA VIRTUAL NO EVIDENCE", ["virtual", "faint"]],
		["a measuring run", { live: viewOf({}, { unlimited: true, noEvidence: "No limits" }) }, "KINETRA VIRTUAL UNLIMITED", ["virtual", "warn"]],
		["a session that is being ended", { live: viewOf(), leaving: true }, "KINETRA VIRTUAL ENDING THE SESSION", ["virtual", "warn"]],
	])("%s", (_name, state, text, tones) => {
		const line = titleLine(stateOf(state));
		expect(textOf(line).replace(/\s+/g, " ").trim()).toBe(text);
		expect(line.filter((part) => part.tone !== "plain" && part.tone !== "strong").map((part) => part.tone)).toEqual(tones);
	});
});

describe("clocksPane", () => {
	const shown = (state: Partial<CockpitState>): string => paintPanes([clocksPane({ x: 0, y: 0, width: 80, height: 1 })], stateOf(state), 80, 1)[0] ?? "";
	it.each<[string, Partial<CockpitState>, string]>([
		["UTC, and no broker's time without a session", { wallMs: Date.UTC(2026, 0, 2, 3, 4, 5) }, "03:04:05 UTC   --:--:-- broker"],
		["the market time of the session", { wallMs: 0, live: viewOf() }, "00:00:00 UTC   10:15:30 broker"],
		["no time before the first row", { live: viewOf({ now: null }) }, "00:00:00 UTC   --:--:-- broker"],
		["never NaN", { wallMs: Number.NaN, live: viewOf({ now: projectionOf({ at: Number.NaN }) }) }, "--:--:-- UTC   --:--:-- broker"],
	])("%s", (_name, state, text) => {
		expect(shown(state)).toBe(text.padStart(79));
	});
});

describe("statusLine", () => {
	const part = (name: StatusPart["part"], state: PartState, text: string): StatusPart => ({ part: name, state, text, advice: "" });
	it("marks each part by a glyph, not by colour alone, and leaves out what the bar is not for", () => {
		const status = [
			part("data", "ok", "Data ready"),
			part("bridge", "attention", "MT5 bridge is silent"),
			part("credentials", "absent", "No credentials needed"),
			part("home", "attention", "home"),
		];
		expect(textOf(statusLine({ status, live: null }, 120))).toBe(" ✓ Data ready  ⚠ MT5 bridge is silent  · No credentials needed ");
	});

	it("shortens what is absent where room is short, and never what needs attention", () => {
		const status = [
			part("data", "absent", "Data not prepared"),
			part("bridge", "attention", "MT5 bridge is silent"),
			part("credentials", "absent", "No credentials needed"),
		];
		expect(textOf(statusLine({ status, live: null }, 63))).toBe(" · Data not prepared  ⚠ MT5 bridge is silent  · no credentials ");
		for (const width of [10, 30, 50, 80]) expect(lineWidth(statusLine({ status, live: null }, width))).toBeLessThanOrEqual(width);
	});

	it.each<[string, Partial<Parameters<typeof viewOf>[0]>, Parameters<typeof viewOf>[1], string]>([
		["a session at the broker", { now: projectionOf({ link: LINK }) }, { mode: "demo", liveQuotes: true, broker: BROKER }, "✓ MT5 bridge in use"],
		[
			"one whose link is lost",
			{ now: projectionOf({ link: { ...LINK, state: "down" } }) },
			{ mode: "demo", liveQuotes: true, broker: BROKER },
			"⚠ MT5 bridge: LINK DOWN",
		],
		["one before its first word", { now: null }, { mode: "demo", liveQuotes: true, broker: BROKER }, "⚠ MT5 bridge: reconciling"],
		["paper on live quotes", {}, { liveQuotes: true }, "✓ MT5 bridge in use"],
		["paper without a bridge", {}, {}, "⚠ MT5 bridge not tested"],
		["one that has ended", { end: ENDED }, { mode: "demo", liveQuotes: true, broker: BROKER }, "⚠ MT5 bridge not tested"],
	])("says of the bridge what %s knows", (_name, view, about, text) => {
		const status = [part("bridge", "attention", "MT5 bridge not tested")];
		expect(textOf(statusLine({ status, live: viewOf(view, about) }, 80)).trim()).toBe(text);
	});

	it("says that nothing is known yet", () => {
		expect(textOf(statusLine({ status: [], live: null }, 80))).toBe(" · System status is being read");
	});
});

describe("breadcrumbLine", () => {
	it.each<[CockpitState["path"], string]>([
		[["main"], "Main Menu"],
		[["main", "live-testing", "virtual"], "Main Menu > Live Testing > Virtual Trading"],
		[["main", "live-testing", "test-connection", "help"], "Main Menu > Live Testing > Test MT5 Connection > Keys"],
	])("%j", (path, text) => {
		const line = breadcrumbLine(stateOf({ path }), findScreen, 80);
		expect(textOf(line)).toBe(` ${text} `.padEnd(80, "─"));
	});
});

describe("stripPane", () => {
	const strip = (live: Partial<CockpitState>["live"], width = 100): string =>
		paintPanes([stripPane({ x: 0, y: 0, width, height: 1 })], stateOf({ live: live ?? null }), width, 1)[0] ?? "";
	const toneOf = (now: Parameters<typeof projectionOf>[0]): string | undefined => {
		const pane = stripPane({ x: 0, y: 0, width: 100, height: 1 });
		return pane.paint(pane.select(stateOf({ live: viewOf({ now: projectionOf(now) }) })), { width: 100, height: 1 })[0]?.[1]?.tone;
	};
	it.each([
		["as it is", viewOf(), " ● ACTIVE  EURUSD  CHS 0.712 good  equity 10,012.50 USD  1 open +12.50  trades 4/10  10:15:30"],
		[
			"without a limit of trades",
			viewOf({ now: projectionOf({ maxTrades: null }) }),
			" ● ACTIVE  EURUSD  CHS 0.712 good  equity 10,012.50 USD  1 open +12.50  trades 4  10:15:30",
		],
		[
			"in warm-up",
			viewOf({ now: projectionOf({ phase: "warmup" }) }),
			" ● WARM-UP  EURUSD  CHS --  equity 10,012.50 USD  1 open +12.50  trades 4/10  10:15:30",
		],
		[
			"as it ended out of sight",
			viewOf({ end: { kind: "ended", summary: { endReason: "kill", exitCode: 0, netProfit: -12.5, tradesClosed: 3 }, folder: "", problems: [] } as never }),
			" ■ EURUSD: KILLED  w shows it  net -12.50 USD  trades 3",
		],
		["as it failed out of sight", viewOf({ end: ENDED }), " ✗ EURUSD: THE SESSION FAILED  w shows it"],
		["before the first row", viewOf({ now: null }), " ● EURUSD  starting"],
		["with money", viewOf({ now: null }, { mode: "live" }), " LIVE  EURUSD  starting"],
		[
			"unknown equity",
			viewOf({ now: { ...projectionOf(), equity: null } as never }),
			" ● ACTIVE  EURUSD  CHS 0.712 good  equity -- USD  1 open +12.50  trades 4/10  10:15:30",
		],
		[
			"no number",
			viewOf({ now: projectionOf({ chs: Number.NaN, equity: Number.NaN }) }),
			" ● ACTIVE  EURUSD  CHS -- good  equity -- USD  1 open +12.50  trades 4/10  10:15:30",
		],
		[
			"just below a threshold",
			viewOf({ now: projectionOf({ chs: 0.5499999 }) }),
			" ● ACTIVE  EURUSD  CHS 0.549 good  equity 10,012.50 USD  1 open +12.50  trades 4/10  10:15:30",
		],
		[
			"breaker open",
			viewOf({ now: projectionOf({ breakerOpen: true, state: "REDUCING" }) }),
			" ● ⚠ CIRCUIT BREAKER OPEN  REDUCING  EURUSD  CHS 0.712 good  equity 10,012.50 USD  1 open +12.50",
		],
		[
			"killed",
			viewOf({ now: projectionOf({ state: "KILLED" }) }),
			" ● ⚠ KILLED  EURUSD  CHS 0.712 good  equity 10,012.50 USD  1 open +12.50  trades 4/10  10:15:30",
		],
		[
			"killed, and slowed down for it",
			viewOf({ slowed: true, speed: 1, now: projectionOf({ state: "KILLED" }) }),
			" ● ⚠ KILLED  waits for you, w shows it  EURUSD  CHS 0.712 good  equity 10,012.50 USD  1 open +12.50",
		],
		["resumed after that", viewOf({ slowed: true, speed: 1 }), " ● ACTIVE  still slowed to 1x  EURUSD  CHS 0.712 good  equity 10,012.50 USD  1 open +12.50"],
	])("%s", (_name, live, text) => {
		expect(strip(live)).toBe(text);
	});

	it("drops what does not fit in full, never a part of a number", () => {
		expect(strip(viewOf(), 52)).toBe(" ● ACTIVE  EURUSD  CHS 0.712 good");
	});

	it("is loud when the breaker is open and when the session is stopped", () => {
		expect([toneOf({}), toneOf({ breakerOpen: true }), toneOf({ state: "KILLED" }), toneOf({ state: "HALTED" })]).toEqual(["plain", "alarm", "alarm", "alarm"]);
	});
});
