import type { BridgeClient } from "../../adapters/mt5/link/client-type.ts";
import type { SpecBody } from "../../adapters/mt5/wire/messages.ts";
import type { Clock } from "../../adapters/ports.ts";

/** How long quotes are watched at most when the bridge cannot say how old they are, and how often, ms. */
const WATCH_MS = 6000;
const LOOK_MS = 400;
const PINGS = 3;

/**
 * Looks whether quotes come: at once when the bridge knows a fresh one, else until one moves, for at most 6 s. Returns the newest specification
 * (its quote), whether it moved, and how long it was watched.
 */
export async function watchQuote(
	client: BridgeClient,
	first: SpecBody,
	staleMs: number,
	signal: AbortSignal,
): Promise<{ readonly spec: SpecBody; readonly moved: boolean; readonly watchedMs: number }> {
	const startedAt = performance.now();
	let spec = first;
	for (;;) {
		const watchedMs = performance.now() - startedAt;
		const moved = spec.tick !== null && first.tick !== null && spec.tick.time_msc !== first.tick.time_msc;
		if (moved || isKnownFresh(spec, staleMs) || watchedMs >= WATCH_MS || signal.aborted) return { spec, moved, watchedMs };
		await pause(LOOK_MS, signal);
		const reply = await client.request("symbol_spec", { symbol: first.symbol });
		if (reply.kind === "ok") spec = reply.d;
		else if (reply.kind === "lost") return { spec, moved: false, watchedMs };
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
