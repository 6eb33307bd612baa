import { cleanText } from "../../adapters/clean-text.ts";
import type { BridgeError } from "../../adapters/mt5/link/client-type.ts";
import type { SpecBody } from "../../adapters/mt5/wire/messages.ts";
import { attention, failed, ok, type Verdict } from "./verdict.ts";

/** The broker's symbol for the one asked for. */
export function symbolRow({ symbol, name, spec }: SpecBody): Verdict {
	const description = typeof spec.description === "string" && spec.description !== "" ? `, ${cleanText(spec.description, 80)}` : "";
	return ok(`${symbol === name ? name : `${symbol} is ${name} here`}${description}`);
}

/** Why there is none. */
export function noSymbolRow(symbol: string, error: BridgeError): Verdict {
	switch (error.code) {
		case "SYMBOL_UNKNOWN":
			return failed(
				`this broker has no ${symbol}`,
				`Look the name up in the terminal (Ctrl+U, Symbols) and use it: --symbol NAME. Or tell the bridge in its bridge.json: "symbol_map": {"${symbol}": "NAME"}`,
			);
		case "SYMBOL_AMBIGUOUS": {
			const names = candidatesOf(error);
			return failed(
				`${symbol} could be ${names.length === 0 ? "one of several" : names.join(" or ")}`,
				`Name the one you mean: --symbol ${names[0] ?? "NAME"}. Or tell the bridge in its bridge.json: "symbol_map": {"${symbol}": "${names[0] ?? "NAME"}"}`,
			);
		}
		default:
			return failed(`${error.code}: ${error.message}`, "The terminal could not be asked for the symbol. Test again in a moment.");
	}
}

/** Whether orders are taken on it, and how they are carried out. */
export function tradableRow({ trade_mode_name, exemode_name, filling }: SpecBody): Verdict {
	const found = `${words(trade_mode_name)}, ${words(exemode_name)} execution, filling ${filling.join(" ") || "none told"}`;
	switch (trade_mode_name.toLowerCase()) {
		case "full":
			return ok(found);
		case "long_only":
		case "short_only":
			return attention(found, "The broker allows one side only; orders of the other are refused before they are sent.");
		case "close_only":
		case "disabled":
			return failed(
				found,
				"The broker takes no new positions on this symbol. Choose another one, or ask the broker; a suffix (EURUSD.pro) may be the one for your account.",
			);
		default:
			return failed(found, "The broker does not say whether this symbol may be traded. Choose another one, or ask the broker.");
	}
}

/** The spread of the last quote, in points. */
export function spreadRow({ tick, spec }: SpecBody): Verdict {
	if (tick === null) return failed("no quote yet", "In the terminal: show the symbol in Market Watch (Ctrl+M, Show) and see that its price moves.");
	const { bid, ask } = tick;
	const digits = typeof spec.digits === "number" && spec.digits >= 0 && spec.digits <= 10 ? spec.digits : 5;
	const shown = `${bid.toFixed(digits)} / ${ask.toFixed(digits)}`;
	if (!(bid > 0) || !(ask >= bid))
		return failed(`${shown} is no quote`, "Bid and ask make no sense, so nothing is traded on them. If it stays so, ask the broker.");
	const points = Math.round((ask - bid) * 10 ** digits);
	const found = `${points} point${points === 1 ? "" : "s"} (${shown})`;
	if ((ask - bid) / bid > WIDE)
		return attention(found, "That is more than 0.5 % of the price: trading now would be dear. It is usual around the broker's midnight and at news.");
	return ok(found);
}

const WIDE = 0.005;

/** How near to the market levels may be set and changed. */
export function levelsRow({ spec }: SpecBody): Verdict {
	const { trade_stops_level: stops, trade_freeze_level: freeze } = spec;
	if (typeof stops !== "number" || typeof freeze !== "number")
		return failed(
			"not told",
			"Without the stops level no stop-loss can be placed rightly, so nothing is traded. Start the bridge anew; if it stays so, its version is wrong.",
		);
	return ok(`stops at least ${stops} points away, frozen within ${freeze} points`);
}

function words(name: string): string {
	return cleanText(name.toLowerCase().replaceAll("_", " "), 30);
}

function candidatesOf({ details }: BridgeError): string[] {
	const { candidates } = details;
	if (!Array.isArray(candidates)) return [];
	return candidates
		.filter((name): name is string => typeof name === "string")
		.slice(0, 6)
		.map((name) => cleanText(name, 40));
}
