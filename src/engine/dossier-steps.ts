import type { DossierStep } from "./dossier.ts";
import { isObject, type JournalFields, listOf, numberOf, partOf, textOf } from "./journal-fields.ts";
import { retcodeOf } from "./retcodes.ts";
import { formatBrokerTime } from "./time.ts";
import { type BrokerMs, formatPrice } from "./units.ts";

type Details = DossierStep["details"];
/** Decimals of prices and of money, and the account's currency. */
type Units = { readonly digits: number; readonly currency: string; readonly currencyDigits: number };

/** The agent's decision, as far as it is about `intent`. */
export function decisionStep(at: BrokerMs, data: JournalFields, intent: JournalFields, digits: number): DossierStep {
	const kind = textOf(intent, "kind");
	const size = partOf(intent, "size");
	const share = numberOf(size, "share");
	const wanted = kind === "open" ? `open ${textOf(intent, "side")}` : kind;
	return step(at, `agent decided: ${wanted}`, [
		["reason", textOf(intent, "reason")],
		["size", kind !== "open" ? "" : share === null ? withUnit(size, "lots", "lots") : `${share * 100} % of the planned risk`],
		["stop distance", withUnit(intent, "stopPoints", "points")],
		["target distance", withUnit(intent, "targetPoints", "points")],
		["stop loss", kind === "modify" ? price(intent, "sl", digits) : ""],
		["take profit", kind === "modify" ? price(intent, "tp", digits) : ""],
		["bar", timeOf(data, "bar")],
		["bars held before", text(data, "heldBars")],
		["entries", data.entry === null || !isObject(data.entry) ? "" : data.entry.mayEnter === true ? "allowed" : `held: ${textOf(data.entry, "reason")}`],
	]);
}

/** The request as validation let it out, or as it would have gone into the shadow. */
export function orderStep(at: BrokerMs, data: JournalFields, units: Units, shadow: boolean): DossierStep {
	const request = partOf(data, "request");
	const purpose = shadow ? "shadow order" : `${textOf(data, "purpose") || "order"} sent`;
	const changes = listOf(data, "changes").filter(isObject);
	return step(at, purpose, [
		["reason", textOf(data, "reason")],
		...requestDetails(request, units.digits),
		["planned risk (1 R)", money(data, "riskMoney", units)],
		["bid at sending", price(data, "bid", units.digits)],
		["ask at sending", price(data, "ask", units.digits)],
		...changes.map((change) => ["repaired", changeText(change, units.digits)] as const),
	]);
}

/** A wish about this trade that validation refused. */
export function refusedStep(at: BrokerMs, data: JournalFields, digits: number): DossierStep {
	const what = textOf(partOf(data, "request"), "action") === "SLTP" ? "levels" : "close";
	return step(at, `${what} refused`, [
		["check", textOf(data, "code")],
		["control", textOf(data, "control")],
		["why", textOf(data, "message")],
		...requestDetails(partOf(data, "request"), digits),
	]);
}

/** The broker's answer to a request; slippage is the adverse distance from the price asked for. */
export function answerStep(at: BrokerMs, answer: JournalFields, request: JournalFields, digits: number, who = "broker answered"): DossierStep {
	const code = numberOf(answer, "retcode");
	const filled = (numberOf(answer, "lots") ?? 0) > 0 && (numberOf(answer, "price") ?? 0) > 0;
	return step(at, `${who}: ${textOf(answer, "outcome")}`, [
		["code", code === null ? "" : `${code} ${retcodeOf(code)?.meaning ?? "unknown"}`],
		["comment", textOf(answer, "comment")],
		["lots", filled ? text(answer, "lots") : ""],
		["price", filled ? price(answer, "price", digits) : ""],
		["slippage", filled && request.action === "DEAL" ? slippage(answer, request) : ""],
		["latency", withUnit(answer, "latencyMs", "ms")],
	]);
}

/** A position from before became this trade. */
export function adoptedStep(at: BrokerMs, data: JournalFields, units: Units): DossierStep {
	return step(at, "taken over from before", [
		["reason", textOf(data, "reason")],
		["position", `${textOf(data, "side")} ${text(data, "lots")} lots at ${price(data, "openPrice", units.digits)}`],
		["stop loss", price(data, "sl", units.digits)],
		["take profit", price(data, "tp", units.digits)],
		["planned risk (1 R)", money(data, "riskMoney", units)],
		["what now", data.close === true ? "closed at once, as the operator chose" : "kept"],
	]);
}

/** What the simulator did with the same order on the same quotes (`--shadow`). */
export function paperStep(at: BrokerMs, paper: JournalFields, request: JournalFields, units: Units): DossierStep {
	const done = isObject(paper.deal)
		? dealStep(at, paper.deal, units)
		: answerStep(at, partOf(paper, "answer"), request, units.digits, "paper beside it answered");
	return isObject(paper.deal) ? { ...done, what: `paper beside it: ${done.what}` } : done;
}

/** A deal of the trade. */
export function dealStep(at: BrokerMs, deal: JournalFields, units: Units): DossierStep {
	const kind = textOf(deal, "entry");
	const asked = numberOf(deal, "requestedPrice");
	return step(at, kind === "IN" ? "opened" : kind === "INOUT" ? "reversed" : "closed", [
		["deal", `${textOf(deal, "side")} ${text(deal, "lots")} lots at ${price(deal, "price", units.digits)}`],
		["cause", DEAL_WORDS[textOf(deal, "reason")] ?? textOf(deal, "reason")],
		["slippage", asked === null ? "" : slippage(deal, { side: deal.side, price: asked })],
		["profit", kind === "IN" ? "" : money(deal, "profit", units)],
		["commission", money(deal, "commission", units)],
		["swap", kind === "IN" ? "" : money(deal, "swap", units)],
		["half spread paid", money(deal, "spreadCost", units)],
		["comment", textOf(deal, "comment")],
	]);
}

const DEAL_WORDS: Readonly<Record<string, string>> = {
	EXPERT: "our request",
	SL: "stop loss",
	TP: "take profit",
	SO: "stop-out by the broker",
	ROLLOVER: "rollover",
	END: "end of the data",
};

/** Levels of the position as the broker has them now. */
export function levelsStep(at: BrokerMs, position: JournalFields, digits: number): DossierStep {
	return step(at, "levels set", [
		["stop loss", price(position, "sl", digits)],
		["take profit", price(position, "tp", digits)],
	]);
}

/** The trade is over. */
export function endStep(at: BrokerMs, row: JournalFields, units: Units): DossierStep {
	const score = numberOf(partOf(row, "score"), "chs") ?? numberOf(row, "score");
	return step(at, "result", [
		["exit", textOf(row, "exitReason")],
		["net", money(row, "net", units)],
		["result", withUnit(row, "r", "R")],
		["best excursion (MFE)", withUnit(row, "mfeR", "R")],
		["worst excursion (MAE)", withUnit(row, "maeR", "R")],
		["CHS after it", score === null ? "" : score.toFixed(4)],
	]);
}

/** A step without the details that are not known. */
function step(at: BrokerMs, what: string, details: Details): DossierStep {
	return { at, what, details: details.filter(([, value]) => value !== "") };
}

function requestDetails(request: JournalFields, digits: number): Details {
	const isDeal = request.action === "DEAL";
	return [
		["side", textOf(request, "side")],
		["lots", text(request, "lots")],
		["price", isDeal ? price(request, "price", digits) : ""],
		["stop loss", request.positionId === null || request.action === "SLTP" ? price(request, "sl", digits) : ""],
		["take profit", request.positionId === null || request.action === "SLTP" ? price(request, "tp", digits) : ""],
		["allowed deviation", withUnit(request, "deviationPoints", "points")],
		["filling", textOf(request, "filling")],
	];
}

function changeText(change: JournalFields, digits: number): string {
	const field = textOf(change, "field");
	const shown = (name: string): string => (field === "lots" ? text(change, name) : price(change, name, digits));
	return `${field} ${shown("from")} -> ${shown("to")}: ${textOf(change, "why")}`;
}

/** `0.3 points against` or `in favour`. */
function slippage(done: JournalFields, asked: JournalFields): string {
	const [got, wanted] = [numberOf(done, "price"), numberOf(asked, "price")];
	if (got === null || wanted === null || wanted === 0) return "";
	const adverse = textOf(asked, "side") === "BUY" ? got - wanted : wanted - got;
	const rounded = Math.round(adverse * 10) / 10;
	return rounded === 0 ? "none" : `${Math.abs(rounded)} points ${rounded > 0 ? "against" : "in favour"}`;
}

/** A price in points as people read it; `none` for a level that is not set, empty when it is no number. */
function price(data: JournalFields, name: string, digits: number): string {
	const points = numberOf(data, name);
	return points === null ? "" : points === 0 ? "none" : formatPrice(points, digits);
}

function text(data: JournalFields, name: string): string {
	return numberOf(data, name)?.toString() ?? "";
}

function withUnit(data: JournalFields, name: string, unit: string): string {
	const value = numberOf(data, name);
	return value === null ? "" : `${value} ${unit}`;
}

function money(data: JournalFields, name: string, { currency, currencyDigits }: Units): string {
	const value = numberOf(data, name);
	return value === null ? "" : `${value.toFixed(currencyDigits)} ${currency}`;
}

function timeOf(data: JournalFields, name: string): string {
	const at = numberOf(data, name);
	return at === null ? "" : formatBrokerTime(at);
}
