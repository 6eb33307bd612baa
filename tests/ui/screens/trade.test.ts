import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TradeDossier } from "../../../src/engine/dossier.ts";
import type { TradeRow } from "../../../src/engine/summary-type.ts";
import { lineWidth, textOf } from "../../../src/print/line.ts";
import { tradeLines } from "../../../src/ui/panels/trade-lines.ts";
import { tradeScreen } from "../../../src/ui/screens/trade.ts";
import type { CockpitState } from "../../../src/ui/state.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";

const AT = Date.UTC(2025, 0, 6, 10, 3, 30);

const ROW: TradeRow = {
	number: 4,
	side: "BUY",
	lots: 0.1,
	openedAt: AT,
	closedAt: AT + 125_000,
	openPrice: 1.0389,
	closePrice: 1.03935,
	net: 4.2,
	r: 0.42,
	mfeR: 0.6,
	maeR: 0.1,
	entryReason: "energy burst at low damping",
	exitReason: "take profit",
	shadow: false,
};

const DOSSIER: TradeDossier = {
	number: 4,
	shadow: false,
	positionId: 17,
	row: ROW,
	observation: [
		{ name: "energyRatio", unit: "x", value: 4.2 },
		{ name: "damping", unit: "", value: 0.31 },
		{ name: "spread", unit: "points", value: 8 },
	],
	steps: [
		{ at: AT, what: "decision", details: [["bar", "132"]] },
		{
			at: AT,
			what: "order sent",
			details: [
				["side", "BUY"],
				["lots", "0.10"],
				["SL", "1.03790"],
			],
		},
		{ at: AT + 180, what: "filled", details: [["latency", "180 ms"]] },
		{ at: AT + 125_000, what: "closed", details: [] },
	],
	costs: { spread: 0.8, commission: 0.7, swap: 0, slippage: -0.1 },
};

function state(trade: CockpitState["trade"], top = 0): CockpitState {
	const base = createCockpitStore({ path: ["main", "session", "trade"], focus: "content", columns: 80, rows: 14, trade }).getState();
	return { ...base, views: { ...base.views, trade: { ...base.views.trade, top } } };
}

function frame(trade: CockpitState["trade"], columns = 80, rows = 32): string {
	return `\n${renderScreen(state(trade), columns, rows, tradeScreen).join("\n")}\n`;
}

describe("the trade screen", () => {
	it("shows everything of a trade", () => {
		expect(frame({ state: "ready", value: DOSSIER })).toMatchInlineSnapshot(`
			"
			 Trade 4  position 17

			 ▲ BUY 0.1 lots  1.03890 to 1.03935  +4.20  +0.42 R
			   opened                  01-06 10:03 energy burst at low damping
			   closed                  01-06 10:05 take profit
			   held                    2 min 5 s
			   best excursion (MFE)    +0.60 R, 70 % of it kept
			   worst excursion (MAE)   -0.10 R

			 Costs ────────────────────────────────────────────────────────────────────────
			   spread                          0.80
			   commission                      0.70
			   swap                            0.00
			   slippage                       -0.10  gained

			 What happened ────────────────────────────────────────────────────────────────
			   10:03:30  decision
			             bar 132
			   10:03:30  order sent
			             side BUY · lots 0.10 · SL 1.03790
			   10:03:30  filled
			             latency 180 ms
			   10:05:35  closed

			 What the agent saw ───────────────────────────────────────────────────────────
			   energyRatio                       4.2 x
			1-26 of 28
			"
		`);
	});

	it("shows an open shadow trade of which little is known", () => {
		expect(frame({ state: "ready", value: { ...DOSSIER, shadow: true, row: null, observation: null, steps: [], costs: null } })).toMatchInlineSnapshot(`
			"
			 Shadow trade 4  position 17
			 A paper trade inside the engine, made while the breaker was open: it feeds the
			 score, never the account.

			 ● still open  result and excursions are known once it is closed

			 Costs ────────────────────────────────────────────────────────────────────────
			 A shadow trade costs nothing: its deals are in no account.

			 What happened ────────────────────────────────────────────────────────────────
			   The journal has no line on it.

			 What the agent saw ───────────────────────────────────────────────────────────
			 The decision behind this trade is not at hand (it was made before the
			 journal's last lines).











			all shown
			"
		`);
	});

	it.each<[string, CockpitState["trade"], RegExp]>([
		["nothing chosen", { state: "none" }, /No trade is chosen: press Enter on a trade/],
		["on its way", { state: "loading" }, /Looking the trade up/],
		["failed", { state: "failed", reason: "line 7 of the journal is damaged" }, /✗ line 7 of the journal is damaged/],
	])("says why there is none: %s", (_name, trade, expected) => {
		expect(frame(trade)).toMatch(expected);
	});

	it.each<[string, Partial<TradeRow>, RegExp]>([
		["a loss keeps nothing of its best move", { r: -1, net: -10 }, /best excursion \(MFE\) +\+0\.60 R, none of it kept/],
		["a trade that never moved", { mfeR: 0, r: -1 }, /\+?0\.00 R, it never moved in its favour/],
		["a sale", { side: "SELL" }, /▼ SELL 0\.1 lots {2}1\.03890 to 1\.03935/],
		["figures that are none", { r: Number.NaN, net: Number.NaN, mfeR: Number.NaN }, /-- {2}-- R/],
	])("%s", (_name, change, expected) => {
		expect(frame({ state: "ready", value: { ...DOSSIER, row: { ...ROW, ...change } } })).toMatch(expected);
	});

	it("scrolls and searches", () => {
		const store = createCockpitStore(state({ state: "ready", value: DOSSIER }));
		const context = contextOf(store);
		const press = (key: string): void => {
			if (tradeScreen.capture?.(context, key) === true) return;
			tradeScreen.bindings.find(({ keys }) => keys.includes(key))?.run(context, key);
		};
		for (const key of ["down", "down", "up"]) press(key);
		expect(store.getState().views.trade.top).toBe(1);
		for (const key of ["/", "l", "a", "t", "e", "n", "c", "y", "enter"]) press(key);
		expect(store.getState().views.trade).toMatchObject({ query: "latency", typing: false });
		expect(renderScreen(store.getState(), 80, 14, tradeScreen).slice(0, 3).join("\n")).toMatch(/latency 180 ms/);
		tradeScreen.enter?.(context);
		expect(store.getState().views.trade).toEqual({ top: 0, query: "", typing: false });
	});

	it("is never wider than its pane and never shows a broken number, whatever the journal has", () => {
		const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0));
		const text = fc.string({ unit: "grapheme", maxLength: 200 }).filter((word) => !/NaN|Infinity|undefined/.test(word));
		const dossiers = fc.record({
			row: fc.record({
				net: number,
				r: number,
				mfeR: number,
				maeR: number,
				openPrice: number,
				closePrice: number,
				openedAt: number,
				closedAt: number,
				entryReason: text,
				exitReason: text,
			}),
			name: text,
			value: number,
		});
		fc.assert(
			fc.property(dossiers, fc.integer({ min: 40, max: 200 }), ({ row, name, value }, width) => {
				const dossier: TradeDossier = {
					...DOSSIER,
					row: { ...ROW, ...row },
					observation: [{ name, unit: name, value }],
					steps: [{ at: value, what: name, details: [[name, name]] }],
					costs: { spread: value, commission: value, swap: value, slippage: value },
				};
				const lines = tradeLines(dossier, width);
				expect(lines.map(textOf).join("\n")).not.toMatch(/NaN|Infinity|undefined/);
				for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(width);
			}),
		);
	});
});
