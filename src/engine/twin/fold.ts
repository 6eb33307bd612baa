import type { MoneyTerms } from "../money.ts";
import type { Answer, Deal, DealRequest, PaperTwin } from "../order.ts";
import { compareTrade, sumOfParts } from "./compare.ts";
import { createHalf, type TwinHalf, type TwinPair, type TwinState } from "./state.ts";

/** Trades that are compared at a time; of more, which no session has, the oldest is given up. */
const PAIRS_MAX = 200;
const TRADES_KEPT = 20;

/** Which of the two speaks: the broker, or the simulator beside it. */
export type TwinSide = "real" | "paper";

/** An order of ours left, for both. */
export function twinSent(twin: TwinState, request: DealRequest, riskMoney: number): void {
	if (request.positionId !== null) {
		twin.open.find(({ real }) => real.positionId === request.positionId && real.state === "open")?.closes.push(request.intentId);
		return;
	}
	twin.open.push({ intents: [request.intentId], closes: [], riskMoney, real: createHalf(), paper: createHalf() });
	if (twin.open.length > PAIRS_MAX) twin.open.shift();
}

/** One of the two has answered an order: `done`, or a definite no. What is unknown is no answer yet. */
export function twinAnswer(twin: TwinState, side: TwinSide, answer: Answer, done: boolean, terms: MoneyTerms): void {
	const pair = twin.open.find(({ intents, closes }) => intents.includes(answer.intentId) || closes.includes(answer.intentId));
	if (pair === undefined) return;
	const half = pair[side];
	if (done && answer.bid > 0 && answer.ask >= answer.bid) half.quotes.push({ intentId: answer.intentId, bid: answer.bid, ask: answer.ask });
	if (!done && half.state === "asked" && pair.intents.includes(answer.intentId)) half.state = "refused";
	settle(twin, pair, terms);
}

/**
 * One of the two has a deal. `openedBy`: the order that opened its position, as the simulator tells; the broker's closing deals are found by
 * their position. Of a deal that turns a netting position around only the closing part is compared.
 */
export function twinDeal(twin: TwinState, side: TwinSide, openedBy: number | null, deal: Deal, terms: MoneyTerms): void {
	const pair = pairOf(twin, side, openedBy, deal);
	if (pair === undefined) return;
	addDeal(pair[side], deal);
	settle(twin, pair, terms);
}

/** The simulator's word, as the session journals it. */
export function twinPaper(twin: TwinState, told: PaperTwin, terms: MoneyTerms): void {
	if (told.kind === "deal") twinDeal(twin, "paper", told.openedBy, told.deal, terms);
	else if (told.answer.outcome !== "unknown") twinAnswer(twin, "paper", told.answer, told.answer.outcome !== "rejected", terms);
}

function pairOf(twin: TwinState, side: TwinSide, openedBy: number | null, deal: Deal): TwinPair | undefined {
	const at = twin.open.find((pair) => pair[side].positionId === deal.positionId && pair[side].state === "open");
	const opener = openedBy ?? (deal.entry === "IN" ? deal.intentId : null);
	const asked = opener === null ? undefined : twin.open.find(({ intents }) => intents.includes(opener));
	if (at === undefined) return deal.entry === "IN" ? asked : undefined;
	// On a netting account an order may enlarge a position: from then on both are one trade.
	if (side === "real" && asked !== undefined && asked !== at) absorb(twin, at, asked);
	return at;
}

function absorb(twin: TwinState, pair: TwinPair, other: TwinPair): void {
	pair.intents.push(...other.intents);
	for (const side of ["real", "paper"] as const) {
		const [into, from] = [pair[side], other[side]];
		into.quotes.push(...from.quotes);
		into.legs.push(...from.legs);
		into.openLots += from.openLots;
		into.net += from.net;
		into.fees += from.fees;
		if (from.state === "open") into.state = "open";
	}
	twin.open.splice(twin.open.indexOf(other), 1);
}

function addDeal(half: TwinHalf, deal: Deal): void {
	const opens = deal.entry === "IN";
	const lots = opens ? deal.lots : Math.min(deal.lots, half.openLots);
	const cause = deal.intentId === null ? `${deal.reason} ${deal.requestedPrice}` : `intent ${deal.intentId}`;
	half.legs.push({ opens, side: deal.side, lots, price: deal.price, cause, intentId: deal.intentId });
	half.openLots = Number((half.openLots + (opens ? lots : -lots)).toFixed(8));
	half.net += deal.profit + deal.swap + deal.commission;
	half.fees += deal.swap + deal.commission;
	half.positionId ??= deal.positionId;
	half.state = half.openLots > 0 ? "open" : "over";
}

/** Both sides have said their last word on a trade: it is compared, or nothing of it happened. */
function settle(twin: TwinState, pair: TwinPair, terms: MoneyTerms): void {
	const isOver = ({ state }: TwinHalf): boolean => state === "over" || state === "refused";
	if (!isOver(pair.real) || !isOver(pair.paper)) return;
	twin.open.splice(twin.open.indexOf(pair), 1);
	if (pair.real.state === "refused" && pair.paper.state === "refused") return;
	if (pair.real.state === "refused") twin.onlyBrokerRefused++;
	if (pair.paper.state === "refused") twin.onlyPaperRefused++;
	const trade = compareTrade(pair, terms);
	twin.compared++;
	twin.gap += trade.gap;
	twin.gapR += trade.gapR;
	twin.parts = sumOfParts(twin.parts, trade.parts);
	twin.last.push(trade);
	if (twin.last.length > TRADES_KEPT) twin.last.shift();
}
