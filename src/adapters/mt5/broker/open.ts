import { randomBytes } from "node:crypto";
import { EXIT, Failure } from "../../failure.ts";
import { venueOf } from "../account.ts";
import type { AccountBody } from "../wire/messages.ts";
import { faultOfAccount } from "./account-watch.ts";
import { lookFresh, raiseFence, readAccount, type Step, unlockLive } from "./steps.ts";
import type { FreshSnapshot } from "./take.ts";
import type { Timers } from "./timers.ts";
import type { Mt5BrokerRequest } from "./types.ts";

const CONNECT_MS = 15_000;
/** What was in flight or unknown from an earlier session has this long to be found out (C37). */
const SETTLE_MS = 30_000;
const RETRY_MS = 250;

/** What the first look at an account showed, and the epoch of the fence that it was made behind. */
export type OpenedAccount = { readonly account: AccountBody; readonly seen: FreshSnapshot; readonly epoch: number };

/**
 * Everything before the first event of a session: the account is the one that was confirmed, by the broker's word (C02); no kill is latched; a fence is up
 * and nothing is in flight or unknown behind it (P6); and a look made after all that. Throws a `Failure`: refused (4) when the account or a kill
 * says no, connection (3) when it cannot be found out.
 */
export async function openAccount(request: Mt5BrokerRequest, timers: Timers): Promise<OpenedAccount> {
	const { client, expected } = request;
	const hello = await client.ready(CONNECT_MS);
	const venue = venueOf(hello);
	if (venue !== expected.venue)
		throw refused(`Behind the bridge is ${nameOf(venue)}, but ${nameOf(expected.venue)} was confirmed. Start again from the beginning.`);
	const pause = (ms: number): Promise<void> => new Promise((resolve) => timers.after(ms, () => resolve()));
	const startMs = timers.monotonicMs();
	const insist = async <T>(act: () => Promise<Step<T>>, advice: string): Promise<T> => {
		for (;;) {
			const done = await act();
			if ("ok" in done) return done.ok;
			if (timers.monotonicMs() - startMs > SETTLE_MS) throw new Failure(EXIT.data, `${sentence(done.why)} ${advice}`);
			await pause(RETRY_MS);
		}
	};
	const account = await insist(() => readAccount(client), "See what the bridge and the terminal say (kinetra test-connection).");
	const fault = faultOfAccount(account, expected);
	if (fault !== null) throw refused(`${sentence(fault)} Log the terminal in to the account that you want to trade, and start again.`);
	const unlocked = await unlockLive(client, request.live);
	if ("why" in unlocked) throw refused(sentence(unlocked.why));
	const killed = await insist(() => latchedKill(request), "See what the bridge says (kinetra test-connection).");
	if (killed !== null) throw refused(`A kill is latched at the bridge: ${sentence(killed)} Lift it first, with your reason; nothing starts again by itself.`);
	let epoch = hello.fenceEpoch;
	await insist(async () => {
		const raised = await raiseFence(client, epoch, randomBytes(16).toString("hex"));
		if ("why" in raised) return raised;
		epoch = raised.ok.fence.epoch;
		if (raised.ok.inFlight > 0) return { why: "the bridge still carries out an order of an earlier session" };
		const { unresolved } = raised.ok;
		if (unresolved.length === 0) return { ok: null };
		return { why: `what became of ${unresolved.length} order(s) of an earlier session is not known yet` };
	}, "Look into the terminal's history, and start again when the bridge says that nothing is unresolved.");
	const seen = await insist(() => lookFresh(client), "See what the terminal says (kinetra test-connection).");
	const late = faultOfAccount(seen.account, expected);
	if (late !== null) throw refused(sentence(late));
	return { account: seen.account, seen, epoch };
}

/** The reason of a kill that is latched for this agent or for all; null when there is none. */
async function latchedKill({ client, magic }: Mt5BrokerRequest): Promise<Step<string | null>> {
	const status = await client.request("status", {});
	if (status.kind !== "ok") return { why: "the bridge does not tell whether a kill is latched" };
	const kill = status.d.kills.find(({ scope }) => scope === "all" || scope === String(magic));
	return { ok: kill === undefined ? null : kill.reason || "no reason given" };
}

function refused(message: string): Failure {
	return new Failure(EXIT.refused, message);
}

function nameOf(venue: string): string {
	return venue === "sandbox" ? "the SANDBOX" : "a real terminal";
}

function sentence(text: string): string {
	const trimmed = text.trim();
	return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}`;
}
