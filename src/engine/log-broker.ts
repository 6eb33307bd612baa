import { numberOf, textOf } from "./journal-fields.ts";
import type { LogEntry } from "./log.ts";
import { entry, type LogLine, priceOf, remember } from "./log-line.ts";
import { answerEntry } from "./log-orders.ts";

/** The way to the broker went, is being compared, or is back. */
export function linkEntry(line: LogLine): LogEntry | null {
	const { data, memory } = line;
	const detail = textOf(data, "detail");
	memory.told = { control: "C38", at: line.at };
	switch (textOf(data, "state")) {
		case "down":
			return entry(line, "data", "link lost", detail === "" ? "no entries until the broker's view and ours agree again" : detail, {
				weight: "alarm",
				control: "C38",
			});
		case "reconciling":
			return entry(line, "data", "reconciling", detail === "" ? "the broker's view and ours are compared; no entries meanwhile" : detail, {
				weight: "warn",
				control: "C38",
			});
		case "up":
			return entry(line, "data", "link up", detail === "" ? "the broker's view and ours agree" : detail, { weight: "good", control: "C38" });
		default:
			return null;
	}
}

/** What became of a request whose answer was lost. */
export function resolvedEntry(line: LogLine): LogEntry | null {
	const { data, memory } = line;
	const asked = memory.asked.get(numberOf(data, "intentId") ?? -1);
	const what = asked?.what ?? "request";
	switch (textOf(data, "outcome")) {
		case "unknown":
			return entry(line, "order", `${what}: not known`, "nobody can tell what became of it: a person must look at the terminal", {
				weight: "alarm",
				control: "C37",
			});
		case "rejected":
			return entry(line, "order", `${what} not done`, "found out: nothing was executed", { control: "C37", lots: asked?.lots ?? null });
		default:
			return (
				answerEntry(line) ??
				entry(line, "order", `${what} was done`, "found out: it was executed although no answer came", {
					weight: "good",
					control: "C37",
					lots: numberOf(data, "lots"),
				})
			);
	}
}

/** A position from before was taken over and is a trade of this session. */
export function adoptionEntry(line: LogLine): LogEntry | null {
	const { data, memory } = line;
	const [id, number, lots] = [numberOf(data, "positionId"), numberOf(data, "number"), numberOf(data, "lots")];
	if (id === null || lots === null || number === null) return null;
	remember(memory.open, id, { lots, closePrice: null });
	const fate = data.close === true ? "; it is being closed" : "";
	return entry(line, "trade", `${textOf(data, "side")} taken over`.trim(), `${textOf(data, "reason")}${fate}`, {
		price: priceOf(line, data, "openPrice"),
		lots,
		weight: "warn",
		trade: { number, shadow: false },
	});
}

/** Something on the account is not right. */
export function troubleEntry(line: LogLine): LogEntry | null {
	const control = textOf(line.data, "control");
	line.memory.told = { control, at: line.at };
	return entry(line, "limit", `${textOf(line.data, "state")} account trouble`.trim(), textOf(line.data, "detail"), {
		weight: "alarm",
		control: control || null,
	});
}
