import type { BridgeClient, BridgeListener, BridgeReply, LinkView } from "../../src/adapters/mt5/link/client-type.ts";
import type { BarRow, BridgeMessages, Hello } from "../../src/adapters/mt5/wire/messages.ts";

// The quotes' side of a bridge as a model without sockets and clocks: ticks, the bridge's cursor of a subscription, a line that can be cut anywhere.

export type ModelTick = { readonly at: number; readonly bid: number; readonly ask: number };

export type TickBridge = {
	readonly client: BridgeClient;
	/** All ticks that there ever were. */
	readonly ticks: ModelTick[];
	/** Bars that `bars` answers with. */
	bars: readonly BarRow[];
	/** What `sub` is answered with while it is not null; counts down with `times`. */
	refusal: { code: string; retryable: boolean; times: number } | null;
	/** Bodies of `sub` requests. */
	readonly subs: BridgeMessages["sub"]["request"][];
	/** The bridge looks for new ticks once and sends at most `most`; `lose` drops the frame on its way, which the client notices with the next one. */
	poll(most?: number, lose?: boolean): void;
	/** Another frame comes, whose number shows that one is missing. */
	tellGap(): void;
	cut(): void;
	mend(): void;
	refuse(): void;
	push: NonNullable<BridgeListener["onPush"]>;
};

const HELLO: Hello = {
	bridge: "model",
	version: "1",
	bootId: "b",
	journalId: "j",
	protocol: 1,
	session: "s",
	readOnly: false,
	package: "sandbox",
	sandbox: true,
	liveLock: "not_needed",
	fenceEpoch: 1,
	eseq: 0,
	serverTimeOffsetS: null,
	leaseMaxMs: 5000,
	limits: {},
};

/** A model of EURUSD with the line up. */
export function createTickBridge(): TickBridge {
	const listeners = new Set<Partial<BridgeListener>>();
	let link: LinkView = { state: "up", hello: HELLO };
	let stream: { sent: number; sseq: number } | null = null;
	let lostFrames = 0;
	const show = (next: LinkView): void => {
		link = next;
		if (next.state !== "up") stream = null;
		lostFrames = 0;
		for (const listener of [...listeners]) listener.onLink?.(next);
	};
	const subscribe = (d: BridgeMessages["sub"]["request"]): BridgeReply<BridgeMessages["sub"]["reply"]> => {
		bridge.subs.push(d);
		if (link.state !== "up") return { kind: "lost", why: "the line is cut" };
		if (bridge.refusal !== null && bridge.refusal.times-- > 0) {
			const { code, retryable } = bridge.refusal;
			return { kind: "error", error: { code, message: "refused by the model", retryable, details: {} } };
		}
		const { from_msc: msc, from_seen: seen = 0 } = d;
		const newest = bridge.ticks.at(-1)?.at;
		const from = msc ?? newest ?? 0;
		const start = bridge.ticks.findIndex(({ at }) => at >= from);
		stream = { sent: start < 0 ? bridge.ticks.length : start + (msc === undefined ? 0 : seen), sseq: 0 };
		return { kind: "ok", d: { symbols: d.symbols.map((symbol) => ({ symbol, name: symbol })) } };
	};
	const bridge: TickBridge = {
		ticks: [],
		bars: [],
		refusal: null,
		subs: [],
		client: {
			link: () => link,
			ready: () => Promise.resolve(HELLO),
			request: ((type: string, d: never) => {
				if (type === "unsub") {
					if (link.state === "up") stream = null;
					return Promise.resolve(link.state === "up" ? { kind: "ok", d: {} } : { kind: "lost", why: "the line is cut" });
				}
				const reply = type === "sub" ? subscribe(d) : type === "bars" ? { kind: "ok", d: { rows: bridge.bars } } : { kind: "lost", why: `no ${type} here` };
				return Promise.resolve(reply);
			}) as BridgeClient["request"],
			send: () => true,
			listen(listener) {
				listeners.add(listener);
				return () => listeners.delete(listener);
			},
			quietMs: () => 0,
			pingMs: () => 1,
			close: () => show({ state: "closed" }),
		},
		poll(most = 500, lose = false) {
			if (stream === null || link.state !== "up") return;
			const found = bridge.ticks.slice(stream.sent, stream.sent + most);
			if (found.length === 0) return;
			stream.sent += found.length;
			stream.sseq++;
			const zeros = found.map(() => 0);
			const cols = { t: found.map(({ at }) => at), bid: found.map(({ bid }) => bid), ask: found.map(({ ask }) => ask), last: zeros, vol: zeros, flags: zeros };
			const body = { symbol: "EURUSD", name: "EURUSD", sseq: stream.sseq, offset_s: null, cols, gap: false };
			if (lose) {
				lostFrames++;
				return;
			}
			if (lostFrames > 0) for (const listener of [...listeners]) listener.onGap?.();
			lostFrames = 0;
			bridge.push({ t: "ticks", d: body });
		},
		tellGap() {
			lostFrames = 0;
			for (const listener of [...listeners]) listener.onGap?.();
		},
		cut: () => show({ state: "connecting", attempt: 1, why: "cut by the test" }),
		mend: () => show({ state: "up", hello: HELLO }),
		refuse: () => show({ state: "refused", refusal: { code: "replaced", message: "another session took over" } }),
		push(push) {
			for (const listener of [...listeners]) listener.onPush?.(push);
		},
	};
	return bridge;
}
