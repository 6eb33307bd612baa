import { accountHashOf } from "../../src/adapters/mt5/account.ts";
import type { Mt5BrokerRequest } from "../../src/adapters/mt5/broker/types.ts";
import { openMt5Broker } from "../../src/adapters/mt5/broker.ts";
import { clientIdOf } from "../../src/adapters/mt5/client-id.ts";
import { createMoneyTerms } from "../../src/engine/money.ts";
import type { BrokerEvent, DealRequest, OrderRequest, PendingRequest } from "../../src/engine/order.ts";
import { PLAIN } from "./instrument.ts";
import { createSimBridge, type Fate, type SimOptions } from "./sim-bridge.ts";
import { createSimMarket } from "./sim-market.ts";
import { createVirtualTime } from "./virtual-time.ts";

// An MT5 broker on the simulated bridge, in virtual time: what a test sends, and all that it is told.

export const SIM_SESSION = "sim-session";
export const SIM_MAGIC = 7;
const FAR = 500;

export type SimRig = Awaited<ReturnType<typeof openSimRig>>;

type RigSettings = Partial<Pick<SimOptions, "loss" | "slowestMs" | "keepsComments" | "random">> & {
	readonly marginMode?: "hedging" | "netting";
	readonly fates?: readonly Fate[];
	readonly fate?: SimOptions["fate"];
	readonly request?: Partial<Mt5BrokerRequest>;
	/** Before the broker is opened. */
	readonly before?: (market: ReturnType<typeof createSimMarket>) => void;
};

/** Opens, and waits until the link is up unless told otherwise. */
export async function openSimRig(settings: RigSettings = {}, waitsForUp = true) {
	const time = createVirtualTime();
	const startMs = time.monotonicMs();
	const market = createSimMarket(settings.marginMode ?? "hedging", () => time.monotonicMs() - startMs);
	settings.before?.(market);
	const fates = [...(settings.fates ?? [])];
	const sim = createSimBridge({
		time,
		market,
		random: settings.random ?? (() => 0.5),
		fate: settings.fate ?? (() => fates.shift() ?? "normal"),
		...wayOf(settings),
	});
	const world = { fresh: true, skewMs: 0, wakes: 0 };
	const account = market.account();
	const request: Mt5BrokerRequest = {
		client: sim.client,
		instrument: PLAIN,
		terms: createMoneyTerms(PLAIN, { currency: "USD", currencyDigits: 2, leverage: 100 }, {}),
		brokerSymbol: "EURUSD",
		magic: SIM_MAGIC,
		sessionId: SIM_SESSION,
		expected: { accountHash: accountHashOf(account.login, account.server), tradeMode: "demo", venue: "sandbox" },
		clock: { nowMs: () => time.monotonicMs() + world.skewMs },
		wake: { wake: () => world.wakes++, wait: () => Promise.resolve() },
		serverNow: market.now,
		feedIsFresh: () => world.fresh,
		live: null,
		timers: time,
		...settings.request,
	};
	const opened = await settleOpen(openMt5Broker(request), time);
	const { broker } = opened;
	const told: BrokerEvent[] = [];
	const take = (): BrokerEvent[] => {
		const news = broker.events.splice(0);
		told.push(...news);
		return news;
	};
	const all = (): readonly BrokerEvent[] => {
		take();
		return told;
	};
	if (waitsForUp) {
		const isUp = (): boolean => all().some((event) => event.type === "link" && event.state === "up");
		if (!(await time.until(isUp, 60_000))) throw new Error(`the link did not come up: ${JSON.stringify(told)}`);
		told.length = 0;
	}
	let intent = 0;
	const common = () => ({ intentId: ++intent, symbol: PLAIN.symbol, magic: SIM_MAGIC, comment: "test" });
	return {
		...opened,
		time,
		market,
		sim,
		world,
		request,
		take,
		all,
		common,
		deal(side: "BUY" | "SELL", more: Partial<DealRequest> = {}): DealRequest {
			const { bid, ask } = market.quote();
			const price = side === "BUY" ? ask : bid;
			const sl = side === "BUY" ? bid - FAR : ask + FAR;
			const base = { ...common(), action: "DEAL", side, lots: 0.2, price, deviationPoints: 50, sl, tp: 0, filling: "IOC", positionId: null } as const;
			const closing = more.positionId === undefined || more.positionId === null ? {} : { sl: 0 };
			return { ...base, ...closing, ...more };
		},
		pending(type: PendingRequest["type"], price: number): PendingRequest {
			const rest = {
				lots: 0.2,
				stopLimit: 0,
				sl: type === "BUY_LIMIT" ? price - FAR : price + FAR,
				tp: 0,
				filling: "RETURN",
				timeInForce: "GTC",
				expiresAt: 0,
			} as const;
			return { ...common(), action: "PENDING", type, price, ...rest };
		},
		submit(order: OrderRequest): string {
			const { bid, ask } = market.quote();
			broker.onTick(market.now(), bid, ask, 1);
			broker.submit(order, market.now());
			return clientIdOf(SIM_SESSION, order.intentId);
		},
		/** Sends and waits until everything about it has been told. */
		async send(order: OrderRequest): Promise<BrokerEvent[]> {
			take();
			const from = told.length;
			this.submit(order);
			await time.until(() => {
				all();
				return broker.isQuiet();
			}, 90_000);
			await time.pass(1000);
			return all().slice(from);
		},
		/** Lets time pass and gives what was told in it. */
		async pass(ms: number): Promise<BrokerEvent[]> {
			all();
			const from = told.length;
			await time.pass(ms);
			return all().slice(from);
		},
	};
}

function wayOf({ loss, slowestMs, keepsComments }: RigSettings): Pick<SimOptions, "loss" | "slowestMs" | "keepsComments"> {
	return { loss: loss ?? 0, slowestMs: slowestMs ?? 20, keepsComments: keepsComments ?? true };
}

/** Virtual time has to pass while the broker is being opened. */
export async function settleOpen<T>(opening: Promise<T>, time: ReturnType<typeof createVirtualTime>): Promise<T> {
	const state = { done: false };
	const both = opening.finally(() => {
		state.done = true;
	});
	both.catch(() => {});
	await time.until(() => state.done, 60_000);
	return both;
}

/** The kinds of events in short: `answer done`, `deal IN 0.2`, `position 0.2`, ... */
export function shortOf(events: readonly BrokerEvent[]): string[] {
	return events.map(short);
}

function short(event: BrokerEvent): string {
	switch (event.type) {
		case "answer":
		case "resolved":
			return `${event.type} ${event.answer.outcome} ${event.answer.retcode}`;
		case "deal":
			return `deal ${event.deal.entry} ${event.deal.lots}${event.deal.intentId === null ? ` ${event.deal.reason}` : ""}`;
		case "position":
			return `position ${event.position.lots}`;
		case "order-removed":
			return `order-removed ${event.why}`;
		case "link":
			return `link ${event.state}`;
		case "account-trouble":
			return `trouble ${event.control} ${event.state}`;
		case "position-closed":
		case "order":
		case "account":
		case "adopted":
		case "paper":
			return event.type;
	}
}
