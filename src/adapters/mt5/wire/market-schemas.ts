import * as z from "zod";
import { plainTable } from "./json.ts";
import type { BarRow, SpecBody, TicksBody } from "./messages.ts";
import { cleaned, count, finite, id, maybe, text, word } from "./scalars.ts";

/** Most ticks a batch holds (the bridge sends 500) and most bars of an answer (it sends 2000). */
const MOST_TICKS = 5000;
const MOST_BARS = 5000;
const COLUMNS = ["t", "bid", "ask", "last", "vol", "flags"] as const;

/**
 * Body of `ticks`, or null when it is none: a symbol and a name, whole numbers where they belong, six columns of equal length with
 * nothing but finite numbers. Written by hand: this is the one message that comes a thousand times a second (docs/PERFORMANCE.md).
 */
export function readTicks(body: object): TicksBody | null {
	const { symbol, name, sseq, offset_s: offset = null, cols, gap } = body as Record<string, unknown>;
	if (typeof symbol !== "string" || typeof name !== "string" || typeof gap !== "boolean") return null;
	if (!Number.isSafeInteger(sseq) || (offset !== null && !Number.isSafeInteger(offset))) return null;
	const columns = readColumns(cols);
	if (columns === null) return null;
	return {
		symbol: cleaned(symbol, 64),
		name: cleaned(name, 64),
		sseq: sseq as number,
		offset_s: offset as number | null,
		cols: columns,
		gap,
	};
}

function readColumns(cols: unknown): TicksBody["cols"] | null {
	if (typeof cols !== "object" || cols === null) return null;
	const found = cols as Record<string, unknown>;
	const length = Array.isArray(found.t) ? found.t.length : -1;
	if (length < 0 || length > MOST_TICKS) return null;
	for (const name of COLUMNS) {
		const column = found[name];
		if (!Array.isArray(column) || column.length !== length) return null;
		for (let i = 0; i < length; i++) if (!Number.isFinite(column[i])) return null;
	}
	const { t, bid, ask, last, vol, flags } = found as TicksBody["cols"];
	for (const at of t) if (!Number.isSafeInteger(at)) return null;
	return { t, bid, ask, last, vol, flags };
}

/** Numbers, texts and flags by the package's own names, cleaned; anything else in it is left out. */
const fields: z.ZodType<SpecBody["spec"]> = z.unknown().transform((found) => {
	const out: Record<string, number | string | boolean | null> = Object.create(null);
	for (const [name, value] of Object.entries(plainTable(found))) {
		if (value === null || typeof value === "number" || typeof value === "string" || typeof value === "boolean") out[name] = value;
	}
	return out;
});

/** Body of `symbol_spec`. */
export const symbolSpec: z.ZodType<SpecBody> = z.object({
	symbol: text(64),
	name: text(64),
	spec: fields,
	calc_mode_name: word,
	exemode_name: word,
	trade_mode_name: word,
	swap_mode_name: word,
	filling: z.array(word).max(8),
	hash: id,
	tick: maybe(z.object({ time_msc: count, bid: finite, ask: finite })),
	quote_age_ms: maybe(finite),
});

const bar: z.ZodType<BarRow> = z.tuple([finite, finite, finite, finite, finite, finite, finite, finite]);

/** Body of `bars`. */
export const bars: z.ZodType<{ readonly rows: readonly BarRow[] }> = z.object({ rows: z.array(bar).max(MOST_BARS) });
