import * as z from "zod";
import { plainTable } from "./json.ts";
import type { AccountBody, KillLatch, LiveLock, StatusBody, TerminalBody } from "./messages.ts";
import { count, digits, finite, flag, id, maybe, sentence, text, whole, word } from "./scalars.ts";

/** State of the lock before real money. */
export const liveLock: z.ZodType<LiveLock> = z.enum(["not_needed", "closed", "armed", "open"]);

/** Body of `account`: the package's AccountInfo with what the bridge adds. */
export const account: z.ZodType<AccountBody> = z.object({
	login: digits,
	trade_mode: whole,
	trade_mode_name: word,
	leverage: whole,
	limit_orders: whole,
	margin_mode: whole,
	margin_so_mode: whole,
	margin_so_call: finite,
	margin_so_so: finite,
	currency_digits: whole,
	fifo_close: flag,
	trade_allowed: flag,
	trade_expert: flag,
	balance: finite,
	credit: finite,
	profit: finite,
	equity: finite,
	margin: finite,
	margin_free: finite,
	margin_level: finite,
	name: text(128),
	server: text(128),
	currency: text(16),
	company: text(128),
	live_lock: maybe(liveLock),
	age_ms: maybe(finite),
});

/** Body of `terminal`. */
export const terminal: z.ZodType<TerminalBody> = z.object({
	link: word,
	trouble: maybe(sentence),
	switches_off: z.array(z.object({ switch: word, message: sentence })).max(16),
	connected: maybe(flag),
	ping_last: maybe(finite),
	build: maybe(whole),
	name: maybe(text(128)),
	company: maybe(text(128)),
	last_tick_age_ms: maybe(finite),
});

const latch = z.object({ mode: word, reason: sentence, at_ms: whole });

/** A table by scope on the wire; a list for us, so that no name of it can be taken for something of ours. */
const kills: z.ZodType<readonly KillLatch[]> = z.unknown().transform((found, context) => {
	const out: KillLatch[] = [];
	if (typeof found !== "object" || found === null || Array.isArray(found)) context.addIssue({ code: "custom", message: "kills are no table" });
	for (const [scope, item] of Object.entries(plainTable(found))) {
		const read = latch.safeParse(item);
		if (read.success) out.push({ scope, ...read.data });
		// A latch that cannot be read must not look like none.
		else context.addIssue({ code: "custom", message: "a kill cannot be read" });
	}
	return out;
});

/** Body of `status`. */
export const status: z.ZodType<StatusBody> = z.object({
	boot_id: z.union([z.literal(""), id]),
	journal_id: id,
	eseq: count,
	worker_alive: flag,
	worker_restarts: count,
	link: word,
	connected: maybe(flag),
	last_tick_age_ms: maybe(finite),
	queue_depth: count,
	server_time_offset_s: maybe(whole),
	unresolved: z.array(id).max(10_000),
	fence_epoch: count,
	fenced: flag,
	lease: word,
	kills,
	live_lock: liveLock,
	trouble: maybe(sentence),
	broken: maybe(sentence),
});
