import { describe, expect, it } from "vitest";
import type { Projection } from "../../../src/engine/project.ts";
import { dispatch } from "../../../src/ui/router.ts";
import { sessionScreen } from "../../../src/ui/screens/session.ts";
import { viewAfter } from "../../../src/ui/session-update.ts";
import type { SessionView } from "../../../src/ui/session-view.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { busy, busyView, NOW, sessionState } from "../../helpers/session-state.ts";

const BROKER: SessionView["about"]["broker"] = {
	server: "MetaQuotes-Demo",
	loginTail: "1234",
	tradeMode: "demo",
	rehearsal: null,
	probation: null,
	paperTwin: true,
};
const UP = { state: "up", since: NOW - 60_000, detail: "", unknown: 0 } as const;
const TWIN: Projection["paperTwin"] = {
	compared: 3,
	pending: 1,
	gap: 12.4,
	meanGapR: 0.041,
	parts: { price: 1, latency: 2, spread: 3, slippage: 4, rejection: 2, swap: 0.4 },
	onlyBrokerRefused: 1,
	onlyPaperRefused: 0,
	verdict: "too-kind",
	text: "Paper was too kind: 0.04 R a trade.",
};

function demo(now: Partial<Projection> = {}, change: Partial<SessionView> = {}): SessionView {
	return busyView({ link: UP, ...now }, change, { mode: "demo", liveQuotes: true, broker: BROKER });
}

function shown(view: SessionView, columns = 200, rows = 60): string {
	return renderScreen(sessionState(view), columns, rows, sessionScreen).join("\n");
}

describe("a session at the broker", () => {
	it("has one row for link, quote and account at 80x24 while all is well", () => {
		expect(renderScreen(sessionState(demo()), 80, 24, sessionScreen)[1]).toBe(
			"✓ LINK up since 10:14:30  quote 0.0 s old            MetaQuotes-Demo ••1234 DEMO",
		);
	});

	it.each<[string, Partial<Projection>, RegExp]>([
		[
			"a link that is down, with what the bridge does then",
			{ link: { ...UP, state: "down", detail: "the bridge does not answer" } },
			/✗ LINK DOWN since 10:14:30[\s\S]*the bridge does not answer\. No entries meanwhile\. After 5 s without us/,
		],
		[
			"reconciling, with what is unknown",
			{ link: { ...UP, state: "reconciling", detail: "1 order asked for", unknown: 2 } },
			/⚠ LINK RECONCILING since 10:14:30 {2}2 UNKNOWN[\s\S]*1 order asked for\. No entries meanwhile/,
		],
		["what is unknown although the link is up", { link: { ...UP, unknown: 1 } }, /✓ LINK up.*1 UNKNOWN[\s\S]*look into the terminal/],
		["the age of the quote", { quoteAt: NOW - 4_000 }, /quote 4\.0 s old/],
	])("tells %s, at every size", (_name, now, text) => {
		for (const [columns, rows] of [
			[80, 24],
			[120, 40],
			[200, 60],
		] as const)
			expect(shown(demo(now), columns, rows)).toMatch(text);
	});

	it("has no such row on paper", () => {
		expect(shown(busyView())).not.toContain("LINK");
	});

	it("shows the gap to paper with its parts where there is room, and its sum where there is little", () => {
		const wide = shown(demo({ paperTwin: TWIN }));
		expect(wide).toMatch(/Paper beside the broker[\s\S]*gap \+12\.40 {2}0\.041 R a trade {2}3 compared, 1 open[\s\S]*slippage \+4\.00/);
		expect(shown(demo({ paperTwin: TWIN }), 120, 24)).toMatch(/paper \+12\.40 USD/);
	});

	it("says of K that it is not confirmed, until the link was reconciled anew and nothing waits", () => {
		const store = createCockpitStore({ path: ["main", "live-testing", "demo", "session"], focus: "content", live: demo() });
		const context = contextOf(store);
		dispatch(context, "K");
		expect(context.asked).toEqual(["command kill"]);
		expect(store.getState().notice?.text).toContain("NOT CONFIRMED until it has");
		const hold = { control: "C33", state: "KILLED", reason: "the operator pressed K", until: null } as const;
		const steps: readonly [Partial<Projection>, string][] = [
			[{ link: UP }, "NOT CONFIRMED"],
			[{ link: { ...UP, state: "reconciling", since: NOW } }, "NOT CONFIRMED"],
			[{ link: { ...UP, since: NOW + 1 }, orders: [{ what: "BUY", status: "unknown", lots: 0.1, price: 1, sl: 0, tp: 0, since: NOW }] }, "NOT CONFIRMED"],
			[{ link: { ...UP, since: NOW + 1, unknown: 1 } }, "NOT CONFIRMED"],
			[{ link: { ...UP, since: NOW + 1 } }, "CONFIRMED by the broker"],
		];
		let view = viewAfter(demo(), { type: "update", update: { now: busy({ link: UP }), log: [], logLost: 0, samples: null } }, 0);
		for (const [now, text] of steps) {
			const killed = busy({ state: "KILLED", holds: [hold], orders: [], ...now });
			view = viewAfter(view, { type: "update", update: { now: killed, log: [], logLost: 0, samples: null } }, 0);
			const banner = shown(view, 120, 40);
			expect(banner).toContain(text);
			expect(banner.includes("NOT CONFIRMED")).toBe(text === "NOT CONFIRMED");
		}
	});

	it("keeps the market's pace: + and - say why", () => {
		const store = createCockpitStore({ path: ["main", "session"], focus: "content", live: demo() });
		dispatch(contextOf(store), "+");
		expect(store.getState().notice?.text).toMatch(/live quotes/);
		expect(shown(demo())).not.toMatch(/\d+x /);
	});
});
