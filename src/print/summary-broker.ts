import type { BrokerReport } from "../engine/broker-report.ts";
import type { Summary } from "../engine/summary-type.ts";
import type { PaperTwinReport } from "../engine/twin/report.ts";
import { figure, moneyFigure, signedFigure, signedPlain, UNKNOWN } from "./figures.ts";
import { type Line, line, span, type Tone } from "./line.ts";
import { bullet, cell, lineTable, wrapped } from "./line-block.ts";
import { formatCount } from "./text.ts";

/**
 * What must not be overlooked of a demo or live session, the worst first: NOT CONFIRMED, SANDBOX, REHEARSAL, probation. Nothing for others.
 * `short` leaves out what a rehearsal misses.
 */
export function standLines(summary: Summary, width: number, detail: "whole" | "short" = "whole"): Line[] {
	const { broker } = summary;
	if (broker === undefined) return [];
	return [
		...(broker.notConfirmed.length === 0
			? []
			: wrapped(`NOT CONFIRMED: nobody knows what became of ${broker.notConfirmed.join(", ")}. Look into the terminal.`, width, "bad")),
		...(broker.venue === "sandbox" ? wrapped("SANDBOX: the stand-in terminal, no broker. Its evidence opens no real terminal.", width, "warn") : []),
		...(broker.rehearsal === null ? [] : rehearsalLines(detail === "whole" ? broker.rehearsal : [], width)),
		...(broker.probation === null ? [] : wrapped(`PROBATION: live session ${broker.probation} of 3, with the smallest limits.`, width, "warn")),
	];
}

/** What is missing stands on a line each: run together nobody would read it. */
function rehearsalLines(missing: readonly string[], width: number): Line[] {
	return [
		...wrapped(`REHEARSAL: it never counts as evidence.${missing.length === 0 ? "" : " Missing at its start:"}`, width, "warn"),
		...missing.flatMap((one) => bullet(one, width - 2).map((row): Line => [span("  "), ...row])),
	];
}

/** The broker's figures beside the journal's: account, deals against orders, balance against the sum of the deals, the link. */
export function brokerLines(broker: BrokerReport, currency: string, width: number): Line[] {
	const { deals, intents, balance } = broker;
	const matches = deals.unmatched === 0;
	return [
		...wrapped(`${broker.company}, ${broker.server}, account ••${broker.loginTail} (${broker.tradeMode === "real" ? "REAL" : "demo"})`, width),
		line(`symbol at the broker ${broker.brokerSymbol}`),
		line(
			`deals ${formatCount(deals.total)}: ${formatCount(deals.ofIntents)} by our orders, ${formatCount(deals.ofServer)} by stop, target or stop-out, `,
			span(`${formatCount(deals.unmatched)} without an order`, matches ? "plain" : "bad"),
		),
		line(
			`orders ${formatCount(intents.sent)}: ${formatCount(intents.filled)} filled, ${formatCount(intents.notFilled)} not, `,
			span(`${formatCount(intents.unknown)} unknown`, intents.unknown === 0 ? "plain" : "bad"),
		),
		...balanceLines(balance, currency),
		line(`link lost ${broker.linkLosses === 1 ? "once" : `${formatCount(broker.linkLosses)} times`}, at the end ${broker.linkAtEnd}`),
		...(broker.adopted === 0 ? [] : wrapped(`${formatCount(broker.adopted)} positions from before were taken over`, width)),
	];
}

function balanceLines(balance: BrokerReport["balance"], currency: string): Line[] {
	const { change, ofDeals, difference } = balance;
	const end = balance.end === null ? UNKNOWN : moneyFigure(balance.end, currency);
	const verdict: readonly [string, Tone] =
		difference === null
			? ["the broker never reported a balance: not compared", "warn"]
			: difference === 0
				? ["they agree", "good"]
				: [`they differ by ${signedFigure(difference, currency)}`, "bad"];
	return [
		line(`balance at the broker ${moneyFigure(balance.start, currency)} -> ${end}`),
		line(`change ${change === null ? UNKNOWN : signedFigure(change, currency)}, deals in the journal ${signedFigure(ofDeals, currency)}: `, span(...verdict)),
	];
}

const PARTS: readonly (readonly [keyof PaperTwinReport["parts"], string])[] = [
	["price", "other exits, rounding"],
	["latency", "the market moved on the way"],
	["spread", "wider spread at execution"],
	["slippage", "worse than the quote or level"],
	["rejection", "filled by one of them only"],
	["swap", "swap and commission"],
];

/** Would paper have told the truth: the verdict, the gap split into its causes, and the last trades. A positive gap = paper was kinder. */
export function twinLines(twin: PaperTwinReport, currency: string, width: number): Line[] {
	const tone: Tone = twin.verdict === "true" ? "good" : twin.verdict === "too-few" ? "faint" : "warn";
	const parts = PARTS.map(([name, what]) => [cell(name), cell(signedPlain(twin.parts[name])), cell(what, "faint")]);
	const refused = `refused by broker only ${formatCount(twin.onlyBrokerRefused)}, by paper only ${formatCount(twin.onlyPaperRefused)}`;
	return [
		...wrapped(twin.text, width, tone),
		line(`trades compared ${formatCount(twin.compared)}, still open ${formatCount(twin.pending)}; ${refused}`),
		line(`gap ${signedFigure(twin.gap, currency)}${twin.meanGapR === null ? "" : `, ${figure(twin.meanGapR)} R a trade`}; + = paper was kinder`),
		...lineTable(parts, [1]),
		...tradeLines(twin),
	];
}

/** Trades of the comparison that are printed. */
const TRADES_PRINTED = 5;

function tradeLines({ trades }: PaperTwinReport): Line[] {
	if (trades.length === 0) return [];
	const amount = (money: number | null): string => (money === null ? "none" : signedPlain(money));
	const rows = trades
		.slice(-TRADES_PRINTED)
		.map((trade) => [`order ${trade.intentId}`, amount(trade.realNet), amount(trade.paperNet), signedPlain(trade.gap)].map((text) => cell(text)));
	return lineTable([["trade", "broker", "paper", "gap"].map((text) => cell(text, "faint")), ...rows], [1, 2, 3]);
}
