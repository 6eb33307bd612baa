import { isObject, type JournalFields, listOf, numberOf, partOf, textOf } from "./journal-fields.ts";
import type { LogEntry } from "./log.ts";
import { entry, type LogLine, priceOf, remember } from "./log-line.ts";
import { orderTypeWords, requestWords } from "./request-words.ts";
import { RETCODE, retcodeOf } from "./retcodes.ts";

/** An order that left for the broker. What it asks for is remembered until its deal or its answer. */
export function orderEntry(line: LogLine): LogEntry | null {
	const { data, memory } = line;
	const request = partOf(data, "request");
	const what = wordsOf(request);
	const reason = [
		textOf(data, "reason"),
		...listOf(data, "changes")
			.filter(isObject)
			.map((change) => changeText(line, change)),
	]
		.filter(Boolean)
		.join("; ");
	const lots = numberOf(request, "lots");
	const intentId = numberOf(request, "intentId");
	if (intentId !== null) remember(memory.asked, intentId, { what, reason: textOf(data, "reason"), lots, request });
	return entry(line, "order", `${what} sent`, reason, { price: priceOf(line, request, "price"), lots, trade: tradeOf(line, request, false) });
}

/** A wish that validation did not let out: an alert, unless it was for the shadow. */
export function refusedEntry(line: LogLine): LogEntry | null {
	const { data } = line;
	const request = partOf(data, "request");
	const shadow = data.shadow === true;
	const event = `${shadow ? "shadow " : ""}${wordsOf(request)} refused`;
	return entry(line, "refused", event, textOf(data, "message"), {
		weight: shadow ? "info" : "warn",
		price: priceOf(line, request, "price"),
		lots: numberOf(request, "lots"),
		control: textOf(data, "control") || null,
		trade: tradeOf(line, request, shadow),
	});
}

/** A paper order while the breaker is open. */
export function shadowEntry(line: LogLine): LogEntry | null {
	const request = partOf(line.data, "request");
	return entry(line, "order", `shadow ${wordsOf(request)}`, textOf(line.data, "reason"), {
		price: priceOf(line, request, "price"),
		lots: numberOf(request, "lots"),
	});
}

/** The broker's answer. A yes to a deal says nothing that the deal does not say better. */
export function answerEntry(line: LogLine): LogEntry | null {
	const { data, memory } = line;
	const asked = memory.asked.get(numberOf(data, "intentId") ?? -1);
	const what = asked?.what ?? "request";
	const outcome = textOf(data, "outcome");
	const trade = asked === undefined ? null : tradeOf(line, asked.request, false);
	const comment = textOf(data, "comment");
	if (outcome === "rejected") {
		const retcode = numberOf(data, "retcode");
		const isRequote = retcode === RETCODE.REQUOTE || retcode === RETCODE.PRICE_CHANGED || retcode === RETCODE.PRICE_OFF;
		const event = isRequote ? `${what} requoted` : `${what} rejected`;
		return entry(line, "order", event, retcodeText(retcode, comment), { weight: "warn", lots: asked?.lots ?? null, trade });
	}
	if (outcome === "unknown")
		return entry(line, "order", `${what}: no answer`, "whether it was done is not known yet", { weight: "warn", control: "C37", trade });
	if (outcome === "partial") return entry(line, "order", `${what} partly filled`, volumes(numberOf(data, "lots"), asked?.lots ?? null), { trade });
	if (asked?.request.action !== "SLTP") return null;
	return entry(line, "order", "levels set", levelsText(line, asked.request), { trade });
}

/** A waiting order appears or goes. */
export function orderNews(line: LogLine): LogEntry | null {
	const order = partOf(line.data, "order");
	if (textOf(line.data, "type") === "order") {
		const what = orderTypeWords(textOf(order, "type"));
		return entry(line, "order", `${what} waiting`, levelsText(line, order), { price: priceOf(line, order, "price"), lots: numberOf(order, "lots") });
	}
	const why = textOf(line.data, "why");
	if (why === "filled" || why === "") return null;
	const isTrouble = why === "rejected" || why === "stop-out";
	return entry(line, "order", `order ${why}`, `waiting order ${numberOf(line.data, "ticket") ?? "?"}`, { weight: isTrouble ? "warn" : "info" });
}

/** `10004 requote (broker's comment)`. */
function retcodeText(retcode: number | null, comment: string): string {
	const meaning = retcode === null ? null : retcodeOf(retcode);
	return [retcode ?? "", meaning?.meaning ?? "", comment === "" || comment === meaning?.meaning ? "" : `(${comment})`].filter((part) => part !== "").join(" ");
}

function wordsOf(request: JournalFields): string {
	return requestWords({ action: textOf(request, "action"), side: textOf(request, "side"), type: textOf(request, "type"), closes: request.positionId !== null });
}

function tradeOf(line: LogLine, request: JournalFields, shadow: boolean): LogEntry["trade"] {
	const number = shadow ? null : line.memory.numbers.of(numberOf(request, "positionId"));
	return number === null ? null : { number, shadow };
}

/** `lots 0.57 -> 0.5 (maxLots)`: what validation has repaired. */
function changeText(line: LogLine, change: JournalFields): string {
	const field = textOf(change, "field");
	const value = (name: string): string => (field === "lots" ? String(numberOf(change, name) ?? "?") : shownPrice(line, change, name));
	return `${field} ${value("from")} -> ${value("to")} (${textOf(change, "why")})`;
}

function levelsText(line: LogLine, request: JournalFields): string {
	return `SL ${shownPrice(line, request, "sl")}, TP ${shownPrice(line, request, "tp")}`;
}

function shownPrice(line: LogLine, data: JournalFields, name: string): string {
	return priceOf(line, data, name)?.toFixed(line.memory.digits) ?? "none";
}

function volumes(done: number | null, asked: number | null): string {
	return `${done ?? "?"} of ${asked ?? "?"} lots`;
}
