import type { Summary } from "../../engine/summary-type.ts";
import { figure, moneyFigure, secondsFigure, signedFigure } from "../../print/figures.ts";

/** A result of two sessions as text, and which one is better; null where neither is, or where they cannot be compared. */
export type Measure = { readonly name: string; readonly left: string; readonly right: string; readonly better: "left" | "right" | null };

type Rule = {
	readonly name: string;
	readonly of: (summary: Summary) => number | null;
	readonly text: (value: number, summary: Summary) => string;
	readonly better: "higher" | "lower" | null;
	/** Compared only between accounts of one currency. */
	readonly money?: boolean;
};

const percent = (value: number): string => `${figure(value)} %`;
const money = (value: number, { currency }: Summary): string => moneyFigure(value, currency);

const RULES: readonly Rule[] = [
	{ name: "net result", of: (one) => one.netProfit, text: (value, { currency }) => signedFigure(value, currency), better: "higher", money: true },
	{
		name: "of the start balance",
		of: (one) => (one.startBalance > 0 ? (100 * one.netProfit) / one.startBalance : null),
		text: percent,
		better: "higher",
	},
	{ name: "largest drawdown", of: (one) => one.maxDrawdownPct, text: percent, better: "lower" },
	{ name: "trades closed", of: (one) => one.tradesClosed, text: figure, better: null },
	{ name: "win rate", of: (one) => (one.winRate === null ? null : 100 * one.winRate), text: percent, better: "higher" },
	{ name: "payoff", of: (one) => one.payoff, text: figure, better: "higher" },
	{ name: "Omega", of: (one) => one.omega, text: figure, better: "higher" },
	{ name: "z", of: (one) => one.zFactor, text: figure, better: "higher" },
	{ name: "energy captured", of: (one) => one.energyCapturedPct, text: percent, better: "higher" },
	{ name: "CHS at the end", of: (one) => one.chs.final, text: figure, better: "higher" },
	{ name: "CHS, lowest", of: (one) => one.chs.min, text: figure, better: "higher" },
	{ name: "breaker trips", of: (one) => one.breaker.trips, text: figure, better: "lower" },
	{ name: "time halted", of: (one) => one.breaker.haltedSeconds, text: secondsFigure, better: "lower" },
	{ name: "orders refused", of: (one) => one.validator.refused, text: figure, better: "lower" },
	{
		name: "costs",
		of: ({ costs }) => costs.spread + costs.commission + costs.swap + costs.slippage,
		text: money,
		better: "lower",
		money: true,
	},
];

/** The results of two sessions beside each other. */
export function measuresOf(a: Summary, b: Summary): readonly Measure[] {
	return RULES.map((rule): Measure => {
		const [left, right] = [rule.of(a), rule.of(b)];
		const text = (value: number | null, summary: Summary): string => (value === null ? "none" : rule.text(value, summary));
		const comparable = rule.money !== true || a.currency === b.currency;
		return { name: rule.name, left: text(left, a), right: text(right, b), better: comparable ? betterOf(left, right, rule.better) : null };
	});
}

function betterOf(left: number | null, right: number | null, better: Rule["better"]): Measure["better"] {
	if (better === null || left === null || right === null || !Number.isFinite(left) || !Number.isFinite(right) || left === right) return null;
	return left > right === (better === "higher") ? "left" : "right";
}
