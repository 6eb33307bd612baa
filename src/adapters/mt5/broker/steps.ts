import type { BridgeClient } from "../link/client-type.ts";
import type { AccountBody, Digits, Fence, OrderResultBody } from "../wire/messages.ts";
import { type FreshSnapshot, freshOf } from "./take.ts";

/** What a step of opening or reconciling came to; `why` is for people, and the step may be tried again. */
export type Step<T> = { readonly ok: T } | { readonly why: string };

/** Opens the bridge's live lock with what the person typed (C06); nothing to do in demo. */
export async function unlockLive(client: BridgeClient, live: { readonly login: Digits; readonly server: string } | null): Promise<Step<null>> {
	if (live === null) return { ok: null };
	const reply = await client.request("live_unlock", live);
	if (reply.kind === "ok" && reply.d.live_lock === "open") return { ok: null };
	if (reply.kind === "ok") return { why: `the bridge's live lock is ${reply.d.live_lock}: name this account under "live" in bridge.json` };
	return { why: `the bridge's live lock did not open: ${whyOf(reply)}` };
}

/** The account, read now. */
export async function readAccount(client: BridgeClient): Promise<Step<AccountBody>> {
	const reply = await client.request("account", {});
	return reply.kind === "ok" ? { ok: reply.d } : { why: `the account cannot be read: ${whyOf(reply)}` };
}

/** A fence that is up: whether an order is still being carried out behind it, and what the bridge has not resolved. */
export type RaisedFence = { readonly fence: Fence; readonly bootId: string; readonly inFlight: number; readonly unresolved: readonly string[] };

/** Puts up a fence above every one before (P3, P6): what was sent before it and has not been taken yet dies at the bridge. */
export async function raiseFence(client: BridgeClient, above: number, nonce: string): Promise<Step<RaisedFence>> {
	const status = await client.request("status", {});
	if (status.kind !== "ok") return { why: `the bridge does not tell its state: ${whyOf(status)}` };
	if (status.d.broken !== null) return { why: `the bridge takes no orders any more: ${status.d.broken}` };
	const fence = { epoch: Math.max(above, status.d.fence_epoch) + 1, nonce };
	const reply = await client.request("fence", fence);
	if (reply.kind !== "ok") return { why: `the bridge did not take a fence: ${whyOf(reply)}` };
	if (reply.d.epoch !== fence.epoch) return { why: "another fence was put up meanwhile" };
	return { ok: { fence, bootId: reply.d.boot_id, inFlight: reply.d.in_flight, unresolved: reply.d.unresolved } };
}

/** A look that was made after the question, with everything known. */
export async function lookFresh(client: BridgeClient): Promise<Step<FreshSnapshot>> {
	const reply = await client.request("snapshot", {});
	if (reply.kind !== "ok") return { why: `positions and orders cannot be read: ${whyOf(reply)}` };
	const fresh = freshOf(reply.d);
	if (fresh !== null) return { ok: fresh };
	return { why: reply.d.trouble ?? reply.d.terminal?.trouble ?? "the terminal has no connection to the broker" };
}

/** What the bridge's journal says of an order. */
export async function askOrder(client: BridgeClient, cid: string): Promise<Step<{ readonly known: boolean; readonly result: OrderResultBody | null }>> {
	const reply = await client.request("order_query", { cid });
	return reply.kind === "ok" ? { ok: reply.d } : { why: `the bridge does not tell what became of an order: ${whyOf(reply)}` };
}

/** Renews the dead-man lease (C35). */
export async function renewLease(client: BridgeClient, magic: Digits, ms: number): Promise<Step<null>> {
	const reply = await client.request("lease", { magics: [magic], ms });
	return reply.kind === "ok" ? { ok: null } : { why: `the bridge did not renew the lease: ${whyOf(reply)}` };
}

/** Latches the kill of this agent (C33 to C35): frames on their way die, waiting orders are cancelled. */
export async function latchKill(client: BridgeClient, magic: Digits, reason: string): Promise<Step<null>> {
	const reply = await client.request("kill", { scope: "agent", magic, mode: "cancel_pendings", reason: reason.slice(0, 200) || "killed" });
	if (reply.kind === "ok" && reply.d.latched) return { ok: null };
	return { why: `the kill is NOT CONFIRMED by the bridge: ${reply.kind === "ok" ? (reply.d.message ?? "it did not latch") : whyOf(reply)}` };
}

/** Takes this agent's latch away (C36). That there is none any more is as good. */
export async function releaseKill(client: BridgeClient, magic: Digits, reason: string): Promise<Step<null>> {
	const reply = await client.request("kill_release", { scope: "agent", magic, reason: reason.slice(0, 200) || "released" });
	if (reply.kind === "ok" || (reply.kind === "error" && reply.error.code === "NOT_FOUND")) return { ok: null };
	return { why: `the bridge did not lift the kill: ${whyOf(reply)}` };
}

function whyOf(reply: { readonly kind: "error"; readonly error: { readonly message: string } } | { readonly kind: "lost"; readonly why: string }): string {
	return reply.kind === "error" ? reply.error.message : reply.why;
}
