import type { BridgeAddress, BridgeClient, BridgeReply } from "../../adapters/mt5/link/client-type.ts";
import type { KillItem, KillResultBody } from "../../adapters/mt5/wire/messages.ts";
import type { Clock } from "../../adapters/ports.ts";
import { connectOnce } from "../connection/connect.ts";

/** What came of a kill at the bridge. `confirmed`: latched, and nothing of ours that should be gone is left. */
export type BridgeKill =
	| { readonly kind: "unreachable"; readonly why: string }
	| { readonly kind: "told"; readonly confirmed: boolean; readonly latched: boolean; readonly items: readonly KillItem[]; readonly why: string | null };

/** What came of lifting it: how many latches went; or why not. */
export type BridgeRelease =
	| { readonly kind: "unreachable" | "failed"; readonly why: string }
	| { readonly kind: "released"; readonly scopes: readonly string[] };

/** Longest wait for each step, ms: reaching the bridge, its first answer, and the end of its own further tries. */
const CONNECT_MS = 5000;
const ANSWER_MS = 20_000;
const FURTHER_MS = 20_000;

type Way = { readonly address: BridgeAddress; readonly clock: Clock; readonly signal: AbortSignal };

/** Kills at the bridge, for everything: latch first, then cancel, and with `flatten` close. Never rejects. Waits while the bridge tries again. */
export async function killAtBridge(way: Way, flatten: boolean, reason: string): Promise<BridgeKill> {
	const connected = await connectOnce(way.address, "kill", { clock: way.clock, name: "kinetra kill", timeoutMs: CONNECT_MS, signal: way.signal });
	if (connected.kind !== "up") return { kind: "unreachable", why: connected.kind === "refused" ? connected.refusal.message : connected.why };
	const { client } = connected;
	try {
		const last = laterResult(client, way.signal);
		const reply = await client.request("kill", { scope: "all", mode: flatten ? "flatten" : "cancel_pendings", reason }, ANSWER_MS);
		if (reply.kind !== "ok") return { kind: "told", confirmed: false, latched: false, items: [], why: whyOf(reply) };
		return toldBy(reply.d.complete || !reply.d.latched ? reply.d : await last(reply.d));
	} finally {
		client.close();
	}
}

/** Lifts every latch of the bridge. It starts nothing. Never rejects. */
export async function releaseAtBridge(way: Way, reason: string): Promise<BridgeRelease> {
	const connected = await connectOnce(way.address, "kill", { clock: way.clock, name: "kinetra kill", timeoutMs: CONNECT_MS, signal: way.signal });
	if (connected.kind !== "up") return { kind: "unreachable", why: connected.kind === "refused" ? connected.refusal.message : connected.why };
	const { client } = connected;
	try {
		const status = await client.request("status", {});
		if (status.kind !== "ok") return { kind: "failed", why: whyOf(status) };
		const scopes = status.d.kills.map(({ scope }) => scope);
		for (const scope of scopes) {
			const reply = await client.request("kill_release", scope === "all" ? { scope: "all", reason } : { scope: "agent", magic: scope, reason });
			if (reply.kind !== "ok") return { kind: "failed", why: whyOf(reply) };
		}
		return { kind: "released", scopes };
	} finally {
		client.close();
	}
}

/** The bridge goes on by itself every 2 s and tells each time: the last word within the time. */
function laterResult(client: BridgeClient, signal: AbortSignal): (first: KillResultBody) => Promise<KillResultBody> {
	let newest: KillResultBody | null = null;
	let look: () => void = () => {};
	client.listen({
		onPush: (push) => {
			if (push.t !== "kill_result") return;
			newest = push.d;
			look();
		},
		onLink: () => look(),
	});
	return (first) =>
		new Promise((resolve) => {
			const end = (): void => {
				clearTimeout(timer);
				signal.removeEventListener("abort", end);
				resolve(newest ?? first);
			};
			const timer = setTimeout(end, FURTHER_MS);
			signal.addEventListener("abort", end);
			look = () => {
				if (newest?.complete === true || client.link().state !== "up" || signal.aborted) end();
			};
			look();
		});
}

function toldBy({ latched, items, complete, message }: KillResultBody): BridgeKill {
	return { kind: "told", confirmed: latched && complete, latched, items, why: message };
}

function whyOf(reply: Exclude<BridgeReply<unknown>, { kind: "ok" }>): string {
	return reply.kind === "error" ? `${reply.error.code}: ${reply.error.message}` : reply.why;
}
