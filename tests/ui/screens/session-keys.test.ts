import { describe, expect, it } from "vitest";
import type { Projection } from "../../../src/engine/project.ts";
import type { Summary } from "../../../src/engine/summary-type.ts";
import { sessionScreen } from "../../../src/ui/screens/session.ts";
import { parseTime } from "../../../src/ui/screens/session-dialogs.ts";
import { nextSpeed, SPEEDS } from "../../../src/ui/screens/session-keys.ts";
import type { SessionView } from "../../../src/ui/session-view.ts";
import type { CockpitState } from "../../../src/ui/state.ts";
import { createCockpitStore, notify } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { busyView, LOG, NOW, sessionState, TRIPPED } from "../../helpers/session-state.ts";

const HALT: Partial<Projection> = { state: "HALTED", holds: [{ control: "C21", state: "HALTED", reason: "the session lost 5 %", until: null }] };
const PAUSE: Partial<Projection> = { state: "PAUSED", holds: [{ control: "C36", state: "PAUSED", reason: "paused by the operator", until: null }] };
const SPAN = { from: NOW - 3_600_000, to: NOW + 3_600_000 };
const REPLAY = busyView({}, {}, { replay: true, span: SPAN });

/** Presses keys one after the other as the router does: the first enabled row wins, a disabled one says why. */
function press(view: SessionView | null, keys: readonly string[], change: Partial<CockpitState> = {}) {
	const store = createCockpitStore(sessionState(view, {}, change));
	const context = contextOf(store);
	const said: string[] = [];
	for (const key of keys) {
		if (sessionScreen.capture?.(context, key) === true) continue;
		const rows = sessionScreen.bindings.filter((row) => row.keys.includes(key));
		const row = rows.find(({ disabled }) => (disabled?.(store.getState()) ?? null) === null);
		if (row !== undefined) row.run(context, key);
		else said.push(rows[0]?.disabled?.(store.getState()) ?? `no row for ${key}`);
	}
	return { state: store.getState(), session: store.getState().views.session, asked: context.asked, said, context };
}

describe("keys that ask the program", () => {
	it.each<[string, SessionView | null, string[], string[], string[]]>([
		["space pauses", busyView(), ["space"], ["command pause"], []],
		["space resumes what is paused", busyView(PAUSE), ["space"], ["command resume"], []],
		["space pauses beside an open breaker", busyView(TRIPPED), ["space"], ["command pause"], []],
		["space says what comes first when halted", busyView(HALT), ["space"], [], ["HALTED: press r and type the reason first."]],
		["space holds a replay", REPLAY, ["space"], ["holdReplay true"], []],
		["space lets a held replay go on", { ...REPLAY, held: true }, ["space"], ["holdReplay false"], []],
		["F says that nothing is open", busyView({ openPositions: 0, positions: [] }), ["F"], [], ["Nothing is open."]],
		["F in a replay", REPLAY, ["F"], [], ["A replay trades nothing."]],
		["r without a latch", busyView(), ["r"], [], ["Nothing is latched: there is nothing to reset."]],
		["r in a replay", REPLAY, ["r"], [], ["A replay trades nothing."]],
		["+ from 60x", busyView(), ["+"], ["setSpeed live 100"], []],
		["= is + without shift", busyView(), ["="], ["setSpeed live 100"], []],
		["- from 60x", busyView(), ["-"], ["setSpeed live 30"], []],
		["+ from 1000x", busyView({}, { speed: 1000 }), ["+"], ["setSpeed live max"], []],
		["- from max", busyView({}, { speed: "max" }), ["-"], ["setSpeed live 1000"], []],
		["+ at max", busyView({}, { speed: "max" }), ["+"], [], ["It runs as fast as possible already."]],
		["- at the slowest", busyView({}, { speed: 0.1 }), ["-"], [], ["0.1x is the slowest."]],
		["+ from a speed between", busyView({}, { speed: 7.5 }), ["+"], ["setSpeed live 10"], []],
		["+ on live quotes", busyView({}, {}, { liveQuotes: true }), ["+"], [], ["These are live quotes: the market has its own pace and cannot be sped up."]],
		["+ in a replay", REPLAY, ["+"], ["setSpeed replay 100"], []],
		[", and . seek a minute", REPLAY, [",", "."], [`seekReplay ${NOW - 60_000}`, `seekReplay ${NOW + 60_000}`], []],
		["< and > seek ten", REPLAY, ["<", ">"], [`seekReplay ${NOW - 600_000}`, `seekReplay ${NOW + 600_000}`], []],
		["seeking stops at the end", busyView({ at: SPAN.to - 5 }, {}, { replay: true, span: SPAN }), [">"], [`seekReplay ${SPAN.to}`], []],
		[". while trading", busyView(), ["."], [], ["Only a replay can seek; this session trades."]],
		["g while trading", busyView(), ["g"], [], ["Only a replay can seek; this session trades."]],
		["seeking a replay of unknown length", busyView({}, {}, { replay: true }), ["."], [], ["It is not known yet from when to when this session went."]],
		["Enter opens the trade of the newest row", busyView(), ["enter"], ["openTrade live 4 false"], []],
		["Enter opens the trade of a row above", busyView(), ["up", "up", "enter"], ["openTrade live 3 false"], []],
		["Enter on a row without a trade", busyView(), ["up", "enter"], [], ["The marked row belongs to no trade."]],
		["Enter on an empty log", busyView({}, { log: [] }), ["enter"], [], ["Nothing has happened yet."]],
		["Enter in a replay", REPLAY, ["enter"], ["openTrade replay 4 false"], []],
		["a without alerts", busyView({}, { alerts: { first: null, recent: [], nextId: 1, waiting: [] } }), ["a"], [], ["No alert waits to be acknowledged."]],
		["s while it runs", busyView(), ["s"], [], ["The summary is written when the session has ended; q ends it."]],
		["space without a session", null, ["space"], [], ["No session is running."]],
		["space while it starts", { ...busyView(), now: null }, ["space"], [], ["The session is starting."]],
		["F after its end", busyView({}, { end: { kind: "failed", message: "a bug" } }), ["F"], [], ["The session has ended."]],
	])("%s", (_name, view, keys, asked, said) => {
		const pressed = press(view, keys);
		expect(pressed.asked).toEqual(asked);
		expect(pressed.said).toEqual(said);
	});

	it("goes through every speed and back", () => {
		const up: (number | "max")[] = [0.1];
		for (let next = nextSpeed(0.1, 1); next !== null; next = nextSpeed(next, 1)) up.push(next);
		const down: (number | "max")[] = ["max"];
		for (let next = nextSpeed("max", -1); next !== null; next = nextSpeed(next, -1)) down.push(next);
		expect(up).toEqual([...SPEEDS]);
		expect(down).toEqual([...SPEEDS].reverse());
	});
});

describe("questions before something is done", () => {
	it("asks before it flattens, with numbers, and does it on y only", () => {
		const { state, asked, context } = press(busyView(), ["F"]);
		expect(asked).toEqual([]);
		expect(state.dialog?.lines.join("\n")).toContain("Positions: 1. Lots: 0.10.");
		expect(state.dialog?.lines.join("\n")).toContain("Floating: +12.50 USD of 10,012.50 equity, as of 10:15:30.");
		expect(state.dialog?.choices.map(({ key }) => key)).toEqual(["y"]);
		state.dialog?.choices[0]?.run(context);
		expect(context.asked).toEqual(["command flatten"]);
	});

	it.each<[string, string, boolean]>([
		["nothing", "", false],
		["two characters", "ok", false],
		["blanks", "      ", false],
		["three characters", "yes", true],
	])("takes a reset's reason only when it says something: %s", (_name, text, isTaken) => {
		const { state, context } = press(busyView(HALT), ["r"]);
		expect(state.dialog?.lines[0]).toBe("C21 HALTED: the session lost 5 %");
		expect(state.dialog?.input?.check(text) === null).toBe(isTaken);
		if (isTaken) state.dialog?.input?.accept(context, text);
		expect(context.asked).toEqual(isTaken ? ["command reset"] : []);
	});

	it("sends no reset when the latch was lifted while the reason was typed, and lets no word about the kill outlive one", () => {
		const { state, context } = press(busyView(HALT), ["r"]);
		notify(context.store, "KILL sent: no new orders, pending ones cancelled.", "bad");
		state.dialog?.input?.accept(context, "the loss is accepted");
		expect(context.store.getState().notice?.text).toBe("Reset sent. Space allows new entries once it is lifted.");
		context.store.setState({ live: busyView() });
		state.dialog?.input?.accept(context, "once more");
		expect(context.store.getState().notice?.text).toBe("Nothing is latched any more: no reset was sent.");
		expect(context.asked).toEqual(["command reset"]);
	});

	it("offers the reset of a latched breaker", () => {
		const latched = busyView({ ...TRIPPED, breaker: { ...busyView(TRIPPED).now?.breaker, latched: true } as Projection["breaker"] });
		expect(press(latched, ["r"]).state.dialog?.lines[0]).toBe("The breaker is latched.");
	});

	it.each<[string, string, number | string]>([
		["a minute inside", "10:30", Date.UTC(2025, 0, 6, 10, 30)],
		["without a leading zero", "9:45", Date.UTC(2025, 0, 6, 9, 45)],
		["the minute in which it begins", "9:15", SPAN.from],
		["a day", "01-06 10:00", Date.UTC(2025, 0, 6, 10)],
		["another day", "01-07 10:00", '"01-07 10:00" is not between 2025-01-06 09:15 and 2025-01-06 11:15.'],
		["before it", "08:00", '"08:00" is not between 2025-01-06 09:15 and 2025-01-06 11:15.'],
		["no time", "noon", '"noon" is no time: type HH:MM, for example 14:30.'],
		["no hour", "25:00", '"25:00" is no time of a day: hours go to 23, minutes to 59.'],
	])("reads a time to go to: %s", (_name, text, expected) => {
		expect(parseTime(text, NOW, SPAN)).toBe(expected);
	});

	it("takes the nearest of two days", () => {
		const span = { from: NOW - 86_400_000 * 2, to: NOW + 86_400_000 };
		expect(parseTime("10:00", NOW - 86_400_000, span)).toBe(Date.UTC(2025, 0, 5, 10));
	});

	it("goes to the typed time", () => {
		const { state, context } = press(REPLAY, ["g"]);
		expect(state.dialog?.input?.check("10:30")).toBeNull();
		state.dialog?.input?.accept(context, "10:30");
		expect(context.asked).toEqual([`seekReplay ${Date.UTC(2025, 0, 6, 10, 30)}`]);
	});
});

describe("keys that change what is shown", () => {
	it("c, p, l, t, b and f go round", () => {
		expect(press(busyView(), ["c"]).session.chart).toBe("equity");
		expect(press(busyView(), ["c", "c"]).session.chart).toBe("chs");
		expect(press(busyView(), ["c", "c", "c"]).session.chart).toBe("price");
		expect(press(busyView(), ["p"]).session.panes).toBe("chart");
		expect(press(busyView(), ["p", "p"]).session.panes).toBe("log");
		expect(press(busyView(), ["p", "p", "p"]).session.panes).toBe("all");
		expect(press(busyView(), ["t"]).session.list).toBe("trades");
		expect(press(busyView(), ["t", "l"]).session.list).toBe("log");
		expect(press(busyView(), ["b"]).session.bell).toBe(true);
		expect(press(busyView(), ["b", "b"]).session.bell).toBe(false);
		expect(press(busyView(), ["f", "f", "f"]).session.log.kind).toBe("refused");
		expect(
			press(
				busyView(),
				Array.from({ length: 10 }, () => "f"),
			).session.log.kind,
		).toBeNull();
	});

	it("stops following on the way up and follows again at the end", () => {
		expect(press(busyView(), []).session.log.anchor).toBeNull();
		expect(press(busyView(), ["up"]).session.log.anchor).toBe(LOG.at(-2));
		expect(press(busyView(), ["up", "k", "j"]).session.log.anchor).toBe(LOG.at(-2));
		expect(press(busyView(), ["home"]).session.log.anchor).toBe(LOG[0]);
		expect(press(busyView(), ["pageup", "pagedown"]).session.log.anchor).toBeNull();
		expect(press(busyView(), ["home", "end"]).session.log.anchor).toBeNull();
		expect(press(busyView({}, { log: [] }), ["up", "down"]).session.log.anchor).toBeNull();
	});

	it("types a filter; K is a letter there and nothing else happens", () => {
		const typed = press(busyView(), ["/", "K", "space", "a"]);
		expect(typed.session.log).toMatchObject({ typing: true, filter: "K a" });
		expect(typed.asked).toEqual([]);
		expect(press(busyView(), ["/", "x", "enter"]).session.log).toMatchObject({ typing: false, filter: "x" });
		expect(press(busyView(), ["/", "x", "escape"]).session.log).toMatchObject({ typing: false, filter: "" });
	});

	it("acknowledges the alert on top, of the session that is shown", () => {
		expect(press(busyView(), ["a"]).state.live?.alerts.first).toBeNull();
		expect(press(REPLAY, ["a"]).state.replay?.alerts.first).toBeNull();
	});

	it("puts the trade and the summary behind the session on the path", () => {
		const opened = press(busyView(), ["enter"]).state;
		expect([opened.path.at(-1), opened.trade.state]).toEqual(["trade", "loading"]);
		const summary = { sessionId: "01" } as Summary;
		const ended = press(busyView({}, { end: { kind: "ended", summary, folder: "/x", problems: [] } }), ["s"]).state;
		expect([ended.path.at(-1), ended.summary]).toEqual(["summary", { state: "ready", value: { summary, folder: "/x" } }]);
	});

	it("leaves the program's own keys alone", () => {
		const own = ["K", "q", "?", "0", "escape", "tab", "w", "m", "ctrl+c"];
		expect(sessionScreen.bindings.flatMap(({ keys }) => keys).filter((key) => own.includes(key))).toEqual([]);
		expect(own.filter((key) => sessionScreen.capture?.(contextOf(createCockpitStore(sessionState(busyView()))), key) === true)).toEqual([]);
	});

	it("says for every key what it does", () => {
		for (const { help, keys } of sessionScreen.bindings) expect(help.length, keys.join()).toBeGreaterThan(5);
	});
});
