import type { BridgeClient } from "../../adapters/mt5/link/client-type.ts";
import type { SpecBody, StatusBody } from "../../adapters/mt5/wire/messages.ts";
import type { Clock } from "../../adapters/ports.ts";

/** How long quotes are watched at most, and how often, ms. */
const WATCH_MS = 6000;
const LOOK_MS = 300;
const PINGS = 3;

/** What watching a symbol showed: its newest specification (with the quote), the bridge's state then, whether a quote came, and how long it was watched. */
export type Watched = { readonly spec: SpecBody; readonly status: StatusBody | null; readonly moved: boolean; readonly watchedMs: number };

/**
 * Subscribes to the symbol's quotes and looks until one has come (or the bridge knows a fresh one) and the bridge has learned the broker's time from
 * them, which it can only from moving quotes; for at most 6 s.
 */
export async function watchQuote(client: BridgeClient, first: SpecBody, staleMs: number, signal: AbortSignal): Promise<Watched> {
	const startedAt = performance.now();
	let { spec, status }: { spec: SpecBody; status: StatusBody | null } = { spec: first, status: null };
	await client.request("sub", { symbols: [first.symbol], stream: "ticks" });
	for (;;) {
		const state = await client.request("status", {});
		if (state.kind === "ok") status = state.d;
		const watchedMs = performance.now() - startedAt;
		const moved = spec.tick !== null && first.tick !== null && spec.tick.time_msc !== first.tick.time_msc;
		const isTimed = status !== null && status.server_time_offset_s !== null;
		if ((isTimed && (moved || isKnownFresh(spec, staleMs))) || watchedMs >= WATCH_MS || signal.aborted || state.kind === "lost")
			return { spec, status, moved, watchedMs };
		await pause(LOOK_MS, signal);
		const reply = await client.request("symbol_spec", { symbol: first.symbol });
		if (reply.kind === "ok") spec = reply.d;
	}
}

function isKnownFresh({ tick, quote_age_ms: age }: SpecBody, staleMs: number): boolean {
	return tick !== null && age !== null && age <= staleMs;
}

/** The best of a few round trips, ms, and what the bridge's clock is ahead of ours by it; nulls when none came back. */
export async function measurePings(client: BridgeClient, clock: Clock): Promise<{ readonly bestMs: number | null; readonly offsetMs: number | null }> {
	let bestMs: number | null = null;
	let offsetMs: number | null = null;
	for (let n = 1; n <= PINGS; n++) {
		const wall = clock.nowMs();
		const startedAt = performance.now();
		const reply = await client.request("ping", { n }, 2000);
		const took = performance.now() - startedAt;
		if (reply.kind !== "ok") break;
		if (bestMs !== null && took >= bestMs) continue;
		bestMs = took;
		// The answer was written half a round trip after the question left.
		offsetMs = Math.round(reply.d.utc_ms - (wall + took / 2));
	}
	return { bestMs, offsetMs };
}

/** Waits `ms`, or until the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		if (signal.aborted) done();
		else signal.addEventListener("abort", done);
	});
}
