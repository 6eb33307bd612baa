import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import type { BridgeAddress } from "../../adapters/mt5/link/client-type.ts";
import type { AccountBody, Hello, SpecBody, TerminalBody } from "../../adapters/mt5/wire/messages.ts";
import type { Clock } from "../../adapters/ports.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { CheckRow } from "../../print/check-row.ts";
import { CHECKS, type Check, type Found } from "./checks.ts";
import { connectOnce } from "./connect.ts";
import { failed, skipped, type Verdict } from "./verdict.ts";

/** What to check. */
export type ConnectionAsk = {
	readonly address: BridgeAddress;
	/** As the user writes it: `EURUSD`. */
	readonly symbol: string;
	/** With a home its kill file is looked at too. */
	readonly home?: Home;
	readonly clock: Clock;
	/** Ends the checks early; what was not asked is `skipped`. */
	readonly signal?: AbortSignal;
	/** Called with each row as soon as it is known, in order. */
	onRow(row: CheckRow): void;
};

/** What came of the checks. `ok`: no row failed and nothing was cut short (rows that need attention are no failure). Null = could not be had. */
export type ConnectionCheck = {
	readonly ok: boolean;
	readonly rows: readonly CheckRow[];
	readonly hello: Hello | null;
	readonly terminal: TerminalBody | null;
	readonly account: AccountBody | null;
	readonly spec: SpecBody | null;
};

/** All of it ends within this time, ms, whatever the bridge does. */
const TOTAL_MS = 30_000;
const CONNECT_MS = 8000;

/**
 * The checklist of `kinetra test-connection`: goes to the bridge with the role `watch`, asks, and changes nothing there. Never rejects; ends within
 * 30 s, whatever the bridge does.
 */
export async function checkConnection(ask: ConnectionAsk): Promise<ConnectionCheck> {
	const ending = new AbortController();
	let why = "ended early";
	const end = (): void => ending.abort();
	const timer = setTimeout(() => {
		why = `no time left (${TOTAL_MS / 1000} s)`;
		end();
	}, TOTAL_MS);
	ask.signal?.addEventListener("abort", end);
	if (ask.signal?.aborted === true) end();
	const way = await connectOnce(ask.address, "watch", { clock: ask.clock, name: "kinetra test-connection", timeoutMs: CONNECT_MS, signal: ending.signal });
	// A client that is closed answers everything at once with "lost": nothing is left hanging.
	if (way.kind === "up") ending.signal.addEventListener("abort", () => way.client.close());
	const found: Found = { ask, way, signal: ending.signal, terminal: null, account: null, spec: null, status: null, quote: null, offsetMs: null };
	const rows: CheckRow[] = [];
	try {
		for (const check of CHECKS) {
			const verdict = ending.signal.aborted ? null : await verdictOf(check, found);
			// What was under way when the end came has not been found out.
			const { id, label } = check;
			const row = { id, label, ...(ending.signal.aborted || verdict === null ? skipped(why) : verdict) };
			rows.push(row);
			ask.onRow(row);
		}
	} finally {
		clearTimeout(timer);
		ask.signal?.removeEventListener("abort", end);
		if (way.kind === "up") way.client.close();
	}
	const { terminal, account, spec } = found;
	const ok = !ending.signal.aborted && rows.every(({ state }) => state !== "failed");
	return { ok, rows, hello: way.kind === "up" ? way.hello : null, terminal, account, spec };
}

/** A check that breaks over something unforeseen is a failed check, not the end of the others. */
async function verdictOf(check: Check, found: Found): Promise<Verdict> {
	try {
		return await check.run(found);
	} catch (error) {
		return failed(error instanceof Failure ? cleanText(error.message, 400) : reasonOf(error), "This could not be judged, so it counts as failed.");
	}
}
