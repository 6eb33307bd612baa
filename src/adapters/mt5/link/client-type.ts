import type { Secret } from "../../secret.ts";
import type { BridgeMessages, BridgePush, Hello } from "../wire/messages.ts";

/** What a connection may do at the bridge (docs/BRIDGE_PROTOCOL.md): trade; look; stop. */
export type BridgeRole = "control" | "watch" | "kill";

/**
 * How to reach a bridge. `url`: `ws://127.0.0.1:8765`; anything but loopback must be `wss://` (S-12). `certificates`: PEM text; with `wss://` only
 * these are trusted (a pin); without it those of the file that KINETRA_BRIDGE_CA names, else the machine's authorities.
 */
export type BridgeAddress = { readonly url: string; readonly token: Secret; readonly certificates?: string };

/** An error of the bridge (docs/BRIDGE_PROTOCOL.md, error codes), its text cleaned. */
export type BridgeError = { readonly code: string; readonly message: string; readonly retryable: boolean; readonly details: Readonly<Record<string, unknown>> };

/**
 * How a request came out. `lost`: no answer in time, or the connection ended before one: neither yes nor no (control C37). `error` with the code
 * NOT_SENT (ours, not the bridge's): the link was not up or too much waited, nothing left this program, so for certain nothing happened.
 */
export type BridgeReply<T> =
	| { readonly kind: "ok"; readonly d: T }
	| { readonly kind: "error"; readonly error: BridgeError }
	| { readonly kind: "lost"; readonly why: string };

/** Why there is no connection and none will be tried again: a token that does not fit, no common version, another session took over, the account was switched. */
export type BridgeRefusal = { readonly code: "auth" | "version" | "replaced" | "account-switched" | "address"; readonly message: string };

/** The state of the link. `attempt` counts the tries since it was last up. */
export type LinkView =
	| { readonly state: "connecting"; readonly attempt: number; readonly why: string }
	| { readonly state: "up"; readonly hello: Hello }
	| { readonly state: "refused"; readonly refusal: BridgeRefusal }
	| { readonly state: "closed" };

/** What a client tells whoever listens. Every text in it is cleaned, every number finite. */
export type BridgeListener = {
	/** The link changed. With `up` everything that was known of the session before is void: fence, lease, subscriptions. */
	onLink(link: LinkView): void;
	/** A frame that is no answer to a request: events, quotes, account, terminal, status, late results. In the order of the bridge. */
	onPush(push: BridgePush): void;
	/** A sequence number was missing: a fresh snapshot has been asked for and will come as a push. */
	onGap(): void;
};

/** One WebSocket connection to a bridge, authenticated in both directions, kept up with back-off and jitter until it is closed. Never throws once open. */
export type BridgeClient = {
	link(): LinkView;
	/** Resolves when the link is up for the first time; rejects with a `Failure` (exit 3, what was wrong and what to do) on a refusal or after `timeoutMs`. */
	ready(timeoutMs: number): Promise<Hello>;
	/** Asks and waits. Never rejects. The default timeout is 5 s (control C37). */
	request<T extends keyof BridgeMessages>(type: T, d: BridgeMessages[T]["request"], timeoutMs?: number): Promise<BridgeReply<BridgeMessages[T]["reply"]>>;
	/** Sends without an answer being waited for; false when the link is down or too much waits to be sent. */
	send<T extends keyof BridgeMessages>(type: T, d: BridgeMessages[T]["request"]): boolean;
	/** Adds a listener; returns what removes it. */
	listen(listener: Partial<BridgeListener>): () => void;
	/** Ms since anything was heard of the bridge (it is asked every 2 s); Infinity while the link is not up. Above 3000 no entry should go out (fault 8). */
	quietMs(): number;
	/** Round trip of the last ping, ms; null before the first. */
	pingMs(): number | null;
	close(): void;
};
