import { connectBridge } from "../../adapters/mt5/link/client.ts";
import type { BridgeAddress, BridgeClient, BridgeRefusal, BridgeRole } from "../../adapters/mt5/link/client-type.ts";
import type { Hello } from "../../adapters/mt5/wire/messages.ts";
import type { Clock } from "../../adapters/ports.ts";

/** How one try to reach a bridge came out. */
export type Connected =
	| { readonly kind: "up"; readonly hello: Hello; readonly client: BridgeClient; readonly tookMs: number }
	/** Somebody answered and will not have us, or is no bridge of ours. */
	| { readonly kind: "refused"; readonly refusal: BridgeRefusal }
	/** Nobody answered, or nobody that speaks the protocol. */
	| { readonly kind: "unreachable"; readonly why: string };

/**
 * Tries once to reach a bridge, for a command that a person waits for: unlike a session it gives up at the first failure. Never rejects. The client of
 * `up` is the caller's to close; in all other cases nothing stays open.
 */
export function connectOnce(
	address: BridgeAddress,
	role: BridgeRole,
	options: { readonly clock: Clock; readonly name: string; readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<Connected> {
	const startedAt = performance.now();
	const client = connectBridge(address, role, options);
	return new Promise((resolve) => {
		const end = (outcome: Connected): void => {
			clearTimeout(timer);
			stop();
			options.signal?.removeEventListener("abort", onAbort);
			if (outcome.kind !== "up") client.close();
			resolve(outcome);
		};
		const look = (): void => {
			const link = client.link();
			if (link.state === "up") end({ kind: "up", hello: link.hello, client, tookMs: performance.now() - startedAt });
			else if (link.state === "refused") end({ kind: "refused", refusal: link.refusal });
			else if (link.state === "connecting" && link.attempt > 1) end({ kind: "unreachable", why: link.why });
		};
		const onAbort = (): void => end({ kind: "unreachable", why: "ended early" });
		const timer = setTimeout(() => end({ kind: "unreachable", why: `no answer within ${Math.round(options.timeoutMs / 1000)} s` }), options.timeoutMs);
		const stop = client.listen({ onLink: look });
		options.signal?.addEventListener("abort", onAbort);
		if (options.signal?.aborted === true) onAbort();
		else look();
	});
}
