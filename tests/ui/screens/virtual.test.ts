import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentIds } from "../../../src/config/agent-name.ts";
import { textOf } from "../../../src/print/line.ts";
import { bindingsInForce } from "../../../src/ui/router.ts";
import { virtualScreen } from "../../../src/ui/screens/virtual.ts";
import type { SessionView } from "../../../src/ui/session-view.ts";
import { footerLine } from "../../../src/ui/shell/footer.ts";
import type { Choices, CockpitState } from "../../../src/ui/state.ts";
import { type Desk, deskOf } from "../../helpers/form.ts";
import { HOSTILE, SHOWS_HOSTILE } from "../../helpers/hostile.ts";
import { renderScreen, withoutNames } from "../../helpers/screen.ts";
import { viewOf } from "../../helpers/view.ts";

const PATH = ["main", "live-testing", "virtual"] as const;

function formWith(choices: Choices = {}, given: Partial<CockpitState> = {}): Desk {
	return deskOf(virtualScreen, { path: PATH, choices, ...given });
}

function frame(desk: Desk, columns = 80, rows = 24): string[] {
	return renderScreen(desk.state(), columns, rows, virtualScreen);
}

const FIELDS = ["symbol", "agent", "feed", "scenario", "timeframe", "duration", "maxTrades", "chsThreshold", "risk", "speed", "seed"] as const;

/** The keys that bring the cursor from Start to a field. */
function to(field: (typeof FIELDS)[number]): string[] {
	return ["home", ...Array.from({ length: FIELDS.indexOf(field) }, () => "down")];
}

const RUNNING = { end: null } as unknown as SessionView;

describe("an agent of one's own", () => {
	it.each([
		["a folder", "./my policies/best/"],
		["a model", "/home/me/models/net.onnx"],
		["a program", "process:python my_agent.py --fast"],
	])("is typed as %s, and is what the session starts with", (_what, text) => {
		const desk = formWith();
		desk.press(...to("agent"), "enter", "ctrl+u", ...Array.from(text, (character) => (character === " " ? "space" : character)), "enter");
		expect(desk.state().choices).toEqual({ agent: text });
		expect(frame(desk)[1]).toContain(Array.from(text).slice(-16).join(""));
		desk.press("end", "enter");
		expect(desk.asked.at(-1)).toEqual(["startSession", { agent: text }]);
	});

	it("begins with the key that no name begins with", () => {
		const desk = formWith();
		desk.press(...to("agent"), ".", "/", "a", "enter");
		expect(desk.state().choices).toEqual({ agent: "./a" });
		desk.press(...to("agent"), "right");
		expect(agentIds()).toContain(desk.state().choices.agent ?? "ppo");
	});

	it("of which only the name is wrong is said at once", () => {
		const desk = formWith();
		desk.press(...to("agent"), "enter", "ctrl+u", "s", "m", "e");
		expect(frame(desk).join("\n")).toContain('there is no agent "sme"');
	});
});

describe("the form", () => {
	it("opens on Start with all defaults, at 80x24", () => {
		expect(withoutNames(frame(formWith()))).toEqual([
			"  Symbol           EURUSD                   built in: EURUSD, GBPUSD, USDJPY, A…",
			"  Agent            ppo                      …",
			"  Feed             synthetic                synthetic, csv, bridge",
			"  Scenario         normal                   normal, calm, trend, chop, gap, new…",
			"  Timeframe        M1                       M1, M5, M15, M30, H1, H4, D1",
			"  Duration         60                       0.1 to 5256000 minutes",
			"  Max trades       10                       1 to 1000000 attempts, whole, or no…",
			"  CHS threshold    0.55                     0 to 0.75",
			"  Risk             1                        0.01 to 2 percent",
			"  Speed            60x                      0.1 to 1000000 times real time, or …",
			"  Seed             random                   0 to 4294967295, whole",
			"❯  Start the virtual session   Enter",
			"",
			" Enter starts it. Arrows go to the fields and through their values; what ●",
			" marks was chosen by you.",
			"",
			" kinetra run",
			" EURUSD from the synthetic market, scenario normal: ppo on M1 bars, 1 h of",
			" market time at 60x, about 1 min on your clock.",
		]);
	});

	it("says what will happen below the fields, at 120x40", () => {
		expect(frame(formWith({ scenario: "crash", seed: "7" }), 120, 40).slice(10, 31)).toEqual([
			"  Seed           ● 7                        0 to 4294967295, whole",
			"❯  Start the virtual session   Enter",
			"",
			" Enter starts it. Arrows go to the fields and through their values; what ●",
			" marks was chosen by you.",
			"",
			" What will happen",
			" EURUSD from the synthetic market, scenario crash: ppo on M1 bars, 1 h of",
			" market time at 60x, about 1 min on your clock.",
			" At most 10 entry attempts, 1 % of equity planned at risk in each; the breaker",
			" stops new risk below a score (CHS) of 0.55 and re-arms above 0.65.",
			" Scenario crash (after 12 minutes a collapse, spread x20, requotes and 70 s",
			" without quotes; then a thin recovery). A drill: never evidence, the agent's",
			" record stays as it is.",
			" Seed 7: the same session every time.",
			" Paper money: no order leaves this machine.",
			"",
			" The same from the command line",
			" kinetra run --scenario crash --seed 7",
			"",
			"",
		]);
	});

	it("puts the plan beside the fields, at 200x60", () => {
		const rows = frame(formWith({ scenario: "crash" }), 200, 60);
		expect(rows[0]).toBe("  Symbol           EURUSD                   built in: EURUSD, GBPUSD, USDJPY, AUDUS…   What will happen");
		expect(rows[3]).toMatch(/^ {2}Scenario {7}● crash .* At most 10 entry attempts/);
		expect(rows.join("\n")).toMatch(/The same from the command line\n.* kinetra run --scenario crash\n/);
	});

	it("names in its keys what Enter does where the cursor is", () => {
		const desk = formWith();
		const labels = (): readonly string[] =>
			desk.state().views.virtual.sheet === null
				? []
				: virtualScreen.bindings
						.filter(({ keys, disabled }) => keys.includes("enter") && (disabled?.(desk.state()) ?? null) === null)
						.map(({ label }) => label);
		expect(labels()).toEqual(["start"]);
		desk.press("home");
		expect(labels()).toEqual(["edit"]);
	});

	it.each<[string, readonly string[], string]>([
		["on Start every key is its own", ["end"], "K KILL  w watch  m menu  0 back  ? keys  q quit"],
		["in a symbol letters and digits are text", ["home"], "Ctrl-K KILL  Esc back"],
		["at a number its digits are", to("risk"), "K KILL  w watch  m menu  Esc back  ? keys  q quit"],
		["in a number that is being typed everything is", [...to("risk"), "1"], "Ctrl-K KILL  Esc back"],
	])("names only keys that work: %s", (_name, keys, shell) => {
		const desk = formWith({}, { live: RUNNING });
		desk.press(...keys);
		const footer = textOf(footerLine(desk.state(), bindingsInForce(desk.state()), 120));
		expect(footer.replace(/^.* {5,}/, "").trim()).toBe(shell);
	});

	it("starts the defaults with Enter, and remembers them", () => {
		const desk = formWith();
		expect(desk.press("enter")).toBeNull();
		expect(desk.asked).toEqual([
			["saveChoices", {}],
			["startSession", {}],
		]);
	});

	it.each<[string, readonly string[], Choices]>([
		["a word by arrows", [...to("scenario"), "right"], { scenario: "calm" }],
		["a word backwards, around the end", [...to("scenario"), "left"], { scenario: "crash" }],
		["a word by its letter", [...to("scenario"), "c", "c", "c"], { scenario: "crash" }],
		["a word by Enter", [...to("scenario"), "enter"], { scenario: "calm" }],
		["an agent by its letter", [...to("agent"), "s"], { agent: "sma" }],
		["a timeframe by letter", [...to("timeframe"), "h"], { timeframe: "H1" }],
		["a number typed", [...to("duration"), "1", "5", "enter"], { duration: "15" }],
		["a number typed, taken by moving on", [...to("duration"), "9", "0", "down"], { duration: "90" }],
		["a number edited", [...to("duration"), "enter", "0", "enter"], { duration: "600" }],
		["a number's last digit taken away", [...to("maxTrades"), "backspace", "enter"], { maxTrades: "1" }],
		["a number by arrows", [...to("duration"), "right"], { duration: "120" }],
		["no limit, by its letter", [...to("maxTrades"), "n"], { maxTrades: "none" }],
		["full speed, by its letter", [...to("speed"), "m"], { speed: "max" }],
		["full speed, by arrows", [...to("speed"), "right", "right", "right"], { speed: "max" }],
		["down from full speed", [...to("speed"), "m", "left"], { speed: "1000" }],
		["a threshold that begins with a zero", [...to("chsThreshold"), "0", ".", "6", "enter"], { chsThreshold: "0.6" }],
		["a symbol typed", [...to("symbol"), "x", "a", "u", "u", "s", "d", "enter"], { symbol: "xauusd" }],
		["a symbol by arrows", [...to("symbol"), "right"], { symbol: "GBPUSD" }],
		["a seed", [...to("seed"), "7", "enter"], { seed: "7" }],
		["what is the default anyway", [...to("duration"), "6", "0", "enter"], {}],
		["typing given up", [...to("duration"), "7", "escape", "down"], {}],
		["an emptied field", [...to("seed"), "7", "enter", "up", "delete"], {}],
		["the cursor within what is typed", [...to("seed"), "1", "2", "left", "9", "enter"], { seed: "192" }],
	])("takes %s", (_, keys, choices) => {
		const desk = formWith();
		desk.press(...keys);
		expect(desk.state().choices).toEqual(choices);
	});

	it("validates as typed, shows the value, and does not start", () => {
		const desk = formWith();
		desk.press(...to("duration"), "0", ".", "0");
		const rows = frame(desk);
		expect(rows).toContain(" No session, until what ✗ marks is mended.");
		expect(rows[5]).toBe("❯ Duration       ● 0.0█                     ✗ Duration: 0.0 is out of range. Al…");
		expect(rows.slice(11, 15)).toEqual([
			"   Start the virtual session ✗ cannot start",
			"",
			" ✗ Duration: 0.0 is out of range. Allowed: 0.1 to 5256000 minutes.",
			" Duration: minutes of market time after the warm-up. Allowed: 0.1 to 5256000",
		]);
		desk.press("enter", "end");
		expect(desk.press("enter")).toBe("Duration: 0.0 is out of range. Allowed: 0.1 to 5256000 minutes.");
		expect(desk.press("s")).toMatch(/out of range/);
		expect(desk.asked.map(([name]) => name)).not.toContain("startSession");
		desk.press(...to("duration"), "delete", "end", "s");
		expect(desk.asked.at(-1)).toEqual(["startSession", {}]);
	});

	it("needs a file for recorded data, finds one, and keeps the scenario for later", () => {
		const desk = formWith({ scenario: "crash" });
		desk.press(...to("feed"), "right", "down");
		expect(frame(desk)[3]).toBe("❯ File             < none chosen >          Enter looks for an MT5 export");
		desk.press("enter");
		expect(desk.state().path).toEqual([...PATH, "file"]);
		const without = formWith({ feed: "csv" });
		expect(without.press("enter")).toMatch(/^No file is chosen: Enter on File/);
		expect(frame(without, 120, 40).join("\n")).toContain("What will happen\n No session, until what ✗ marks is mended.");
		const chosen = formWith({ scenario: "crash", file: "/d/GBPUSD_M15.csv" });
		expect(frame(chosen).slice(2, 6)).toEqual([
			"  Feed             csv                      synthetic, csv, bridge",
			"  File           ● GBPUSD_M15.csv           /d/GBPUSD_M15.csv",
			"  Timeframe        M15 (the file's)         M1, M5, M15, M30, H1, H4, D1",
			"  Duration         whole file               0.1 to 5256000 minutes",
		]);
		chosen.press("enter");
		expect(chosen.asked.at(-1)).toEqual(["startSession", { file: "/d/GBPUSD_M15.csv" }]);
		chosen.press(...to("feed"), "s", "end", "enter");
		expect(chosen.asked.at(-1)).toEqual(["startSession", { scenario: "crash" }]);
	});

	it.each<[string, Partial<CockpitState>, RegExp]>([
		["a session runs", { live: RUNNING }, /^A session is running/],
		["the program is leaving", { leaving: true }, /about to leave/],
	])("does not start while %s", (_, given, reason) => {
		const desk = formWith({}, given);
		expect(desk.press("enter")).toMatch(reason);
		expect(desk.press("s")).toMatch(reason);
		expect(frame(desk).join("\n")).toMatch(/✗ cannot start/);
		expect(desk.asked.filter(([name]) => name === "startSession")).toEqual([]);
	});

	it("starts again when the session before has ended", () => {
		const desk = formWith({}, { live: { end: { kind: "failed", message: "x" } } as unknown as SessionView });
		expect(desk.press("s")).toBeNull();
		expect(desk.asked.at(-1)).toEqual(["startSession", {}]);
	});

	it("restores all defaults with d, on Start only", () => {
		const desk = formWith({ scenario: "crash", seed: "7" });
		desk.press(...to("scenario"));
		expect(desk.press("d")).toBe("This key works on Start; End goes there.");
		expect(desk.state().choices).toEqual({ scenario: "crash", seed: "7" });
		desk.press("end", "d");
		expect(desk.state().choices).toEqual({});
		expect(desk.asked.at(-1)).toEqual(["saveChoices", {}]);
	});

	it.each(FIELDS)("leaves K, ? and Ctrl-K to the shell on the field %s", (field) => {
		const desk = formWith();
		desk.press(...to(field));
		for (const key of ["K", "?", "ctrl+k", "tab"]) expect(virtualScreen.capture?.(desk.context, key), key).toBe(false);
		expect(desk.state().choices).toEqual({});
	});

	it("takes K into a path while nothing runs, and leaves it to the kill switch while a session does", () => {
		const desk = formWith();
		desk.press(...to("agent"), ".", "/", "K", "enter");
		expect(desk.state().choices).toEqual({ agent: "./K" });
		const running = formWith({}, { live: viewOf() });
		running.press(...to("agent"), ".", "/");
		expect(virtualScreen.capture?.(running.context, "K")).toBe(false);
		expect(virtualScreen.capture?.(running.context, "k")).toBe(true);
	});

	it("takes no word by capital K, which kills", () => {
		const desk = formWith();
		const { services } = desk.context;
		const fields = services.fields.map((facts) => (facts.key === "agent" ? { ...facts, words: ["kelly"], offers: ["kelly"] } : facts));
		const context = { ...desk.context, services: { ...services, fields } };
		desk.press(...to("agent"));
		expect(virtualScreen.capture?.(context, "K")).toBe(false);
		expect(virtualScreen.capture?.(context, "k")).toBe(true);
		expect(desk.state().choices).toEqual({ agent: "kelly" });
	});

	it("never shows what a remembered path would do to the terminal", () => {
		for (const { text } of HOSTILE) {
			const desk = formWith({ file: `/data/${text}/EURUSD_M15.csv`, symbol: text });
			for (const [columns, rows] of [
				[80, 24],
				[200, 60],
			] as const) {
				for (const row of frame(desk, columns, rows)) expect(row).not.toMatch(SHOWS_HOSTILE);
			}
		}
	});

	it("stays sound whatever is pressed", () => {
		const key = fc.constantFrom(
			"up",
			"down",
			"left",
			"right",
			"home",
			"end",
			"enter",
			"escape",
			"backspace",
			"delete",
			"d",
			"s",
			"7",
			".",
			"0",
			"x",
			"m",
			"n",
			"c",
		);
		fc.assert(
			fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
				const desk = formWith();
				desk.press(...keys.map((one) => one));
				const rows = frame(desk);
				expect(rows.filter((row) => row.startsWith("❯")).length).toBe(1);
				expect(rows.join("\n")).not.toMatch(/NaN|undefined|null|Infinity/);
				for (const [name, choices] of desk.asked) if (name === "startSession") expect(desk.context.services.checkChoices(choices as Choices)).toBeNull();
			}),
			{ numRuns: 150 },
		);
	});
});
