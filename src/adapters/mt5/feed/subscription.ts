import { cleanText } from "../../clean-text.ts";
import type { BridgeClient, BridgeReply, LinkView } from "../link/client-type.ts";
import type { TicksBody } from "../wire/messages.ts";
import type { TickCursor } from "./tick-cursor.ts";

/** What a subscription tells its feed. */
export type SubscriptionListener = {
	/** Quotes came, or may come again: a batch of this symbol, in the bridge's order. */
	onTicks(body: TicksBody): void;
	/** The stream was interrupted: what comes next may be old. */
	onBreak(): void;
	/** There will be no more quotes, and why. */
	onEnd(message: string): void;
};

export type Subscription = {
	/** Asks again from where the cursor stands: a batch is missing. */
	renew(): void;
	/** Resolves when the bridge has agreed for the first time; with the reason when it has refused or has not within `timeoutMs`. */
	begun(timeoutMs: number): Promise<string | null>;
	close(): void;
};

/** Pause before a refused subscription is tried again: the terminal may be starting (ms). */
const RETRY_MS = 500;

/**
 * Keeps the quotes of one symbol coming: subscribes now, again whenever the link has come back or a frame is missing, always from where `cursor` stands,
 * so that no quote is lost. Gives up only when the bridge says that the symbol cannot be had, or the link is refused for good.
 */
export function subscribe(client: BridgeClient, brokerSymbol: string, cursor: TickCursor, listener: SubscriptionListener): Subscription {
	let isOver = false;
	let isListening = false;
	let round = 0;
	let last = "the bridge has not answered";
	let retry: NodeJS.Timeout | undefined;
	let tellBegun: (why: string | null) => void = () => {};
	const first = new Promise<string | null>((resolve) => {
		tellBegun = resolve;
	});
	const end = (message: string): void => {
		if (isOver) return;
		stop();
		tellBegun(message);
		listener.onEnd(message);
	};
	/** On a line that was used before, leftovers of the stream before could come behind the new request: it is ended first, after whose answer none comes. */
	const ask = async (isNewLine: boolean): Promise<void> => {
		clearTimeout(retry);
		if (isOver || client.link().state !== "up") return;
		const mine = ++round;
		isListening = false;
		listener.onBreak();
		if (!isNewLine) {
			const left = await client.request("unsub", { symbols: [brokerSymbol], stream: "ticks" });
			if (isOver || mine !== round) return;
			if (left.kind !== "ok") return tryAgain(left);
		}
		cursor.restart();
		isListening = true;
		const reply = await client.request("sub", { symbols: [brokerSymbol], stream: "ticks", ...cursor.place() });
		if (isOver || mine !== round) return;
		if (reply.kind !== "ok") return tryAgain(reply);
		const name = reply.d.symbols.find(({ symbol }) => symbol === brokerSymbol)?.name;
		if (name === brokerSymbol) return tellBegun(null);
		end(`The bridge gives quotes of ${cleanText(name ?? "nothing", 40)} instead of ${brokerSymbol}. Check symbol_map in bridge.json.`);
	};
	const tryAgain = (reply: Exclude<BridgeReply<unknown>, { kind: "ok" }>): void => {
		isListening = false;
		last = reply.kind === "lost" ? reply.why : reply.error.message;
		if (reply.kind === "error" && !reply.error.retryable) end(`There are no quotes of ${brokerSymbol}: ${last} (${reply.error.code}).`);
		else retry = setTimeout(() => void ask(false), RETRY_MS);
	};
	const renew = (): void => void ask(false);
	const onLink = (link: LinkView): void => {
		listener.onBreak();
		if (link.state === "up") void ask(true);
		else if (link.state === "refused") end(`The bridge refuses the connection: ${link.refusal.message}`);
		else if (link.state === "closed") end("The connection to the bridge was closed.");
	};
	const unlisten = client.listen({
		onLink,
		onGap: renew,
		onPush(push) {
			if (push.t === "ticks" && push.d.name === brokerSymbol && isListening) listener.onTicks(push.d);
			// While the terminal is away from its broker no quotes come; those that come afterwards may be old.
			else if (push.t === "terminal" && (push.d.link !== "up" || push.d.connected === false)) listener.onBreak();
		},
	});
	const stop = (): void => {
		isOver = true;
		clearTimeout(retry);
		unlisten();
	};
	void ask(true);
	return {
		renew,
		async begun(timeoutMs) {
			let timer: NodeJS.Timeout | undefined;
			const late = new Promise<string>((resolve) => {
				timer = setTimeout(() => resolve(`${brokerSymbol} could not be subscribed to within ${Math.round(timeoutMs / 1000)} s: ${last}`), timeoutMs);
			});
			const why = await Promise.race([first, late]);
			clearTimeout(timer);
			return why;
		},
		close() {
			if (isOver) return;
			stop();
			client.send("unsub", { symbols: [brokerSymbol], stream: "ticks" });
		},
	};
}
