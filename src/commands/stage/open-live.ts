import { newSessionId } from "../../adapters/archive/sessions.ts";
import { bridgeAddress, bridgeSettings } from "../../adapters/bridge-settings.ts";
import { withPaperTwin } from "../../adapters/broker/twin.ts";
import { steadyClock } from "../../adapters/clock/steady.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { openMt5Broker } from "../../adapters/mt5/broker.ts";
import { type BridgeFeed, openBridgeFeed } from "../../adapters/mt5/feed.ts";
import { connectBridge } from "../../adapters/mt5/link/client.ts";
import type { BridgeClient } from "../../adapters/mt5/link/client-type.ts";
import { createWake, type Wake } from "../../adapters/mt5/wake.ts";
import type { Broker, Clock } from "../../adapters/ports.ts";
import type { RunPlan } from "../../config.ts";
import type { BrokerTerms, SessionConfig } from "../../engine/config.ts";
import { createMoneyTerms } from "../../engine/money.ts";
import { type OpenedMarket, openBroker } from "../../wiring.ts";
import { lockAccount } from "./account-lock.ts";
import type { ConfirmedStage } from "./confirmed.ts";
import { type Described, describe } from "./describe.ts";
import { earlierLosses } from "./earlier-losses.ts";
import { earlierPlan } from "./found.ts";
import { lookAtStage, type StageLook } from "./look.ts";
import { requireHome } from "./require-home.ts";
import { requireConfirmed, requireSame } from "./verify.ts";

/** What opening a market behind a bridge needs. */
export type LiveOrder = {
	readonly home: Home;
	readonly plan: RunPlan;
	readonly clock: Clock;
	readonly env: Record<string, string | undefined>;
	/** What a person has typed; null opens virtual sessions only. */
	readonly confirmed: ConfirmedStage | null;
};

const READY_MS = 10_000;

/**
 * Opens live quotes, and for demo and live the account behind them. Everything that can be refused is refused here, before a session exists: what was
 * confirmed is looked up again and compared, the account is locked, the bridge has given its fence and has nothing unknown. Nothing can be
 * ordered yet: only the session's loop does that. Throws a `Failure`; then nothing stays open.
 */
export async function openLive(order: LiveOrder): Promise<OpenedMarket> {
	const { home, plan, clock, env, confirmed } = order;
	const { mode } = plan.config;
	if (mode !== "virtual") {
		requireHome(home);
		requireConfirmed(plan, confirmed, clock.nowMs());
	}
	const address = bridgeAddress(bridgeSettings(home, env, plan.live ?? {}));
	const undo: (() => void)[] = [];
	const close = (): void => {
		for (const work of undo.splice(0).reverse()) work();
	};
	try {
		// Before the bridge is asked for: it lets one session trade, and a second one would throw the first off its open positions (control C44).
		if (mode !== "virtual" && confirmed !== null) undo.push(lockAccount(home, confirmed.terms.accountHash, confirmed.terms.loginTail));
		// A virtual session only looks: it builds no broker client, and takes the bridge from nobody (control C02).
		const client = connectBridge(address, mode === "virtual" ? "watch" : "control", { clock, name: `kinetra ${mode}` });
		undo.push(() => client.close());
		const hello = await client.ready(READY_MS);
		if (mode === "virtual" || confirmed === null) return await openPaper({ client, described: await describe(plan, client, hello), undo, close });
		const look = await lookAtStage({ home, plan, client, hello, clock });
		requireSame(confirmed.terms, look.terms);
		return await openReal(order, confirmed, { client, look, undo, close });
	} catch (error) {
		close();
		throw error;
	}
}

type Parts = { readonly client: BridgeClient; readonly undo: (() => void)[]; readonly close: () => void };

async function openPaper({ client, described, undo, close }: Parts & { readonly described: Described }): Promise<OpenedMarket> {
	const { config } = described;
	const wake = createWake();
	const feed = await feedOf(client, described, config, wake);
	undo.push(() => feed.close());
	const broker = openBroker(config, feed);
	undo.push(() => broker.close());
	const notes = [...described.notes, ...feed.notes, "Paper fills on the broker's live quotes: no order leaves this machine."];
	return { feed, config, notes, firstAt: null, marketMs: null, sessionId: null, broker, close };
}

async function openReal(order: LiveOrder, confirmed: ConfirmedStage, parts: Parts & { readonly look: StageLook }): Promise<OpenedMarket> {
	const { home, plan, clock } = order;
	const { client, look, undo, close } = parts;
	const { described, terms, account, magic } = look;
	const config: SessionConfig = { ...look.config, broker: brokerTerms(home, look, confirmed, plan) };
	const wake = createWake();
	const feed = await feedOf(client, described, config, wake);
	undo.push(() => feed.close());
	const sessionId = newSessionId(clock.nowMs());
	const opened = await openMt5Broker({
		client,
		instrument: config.instrument,
		terms: createMoneyTerms(config.instrument, config.account, config.conversion),
		brokerSymbol: described.brokerSymbol,
		magic,
		sessionId,
		expected: { accountHash: terms.accountHash, tradeMode: terms.tradeMode, venue: terms.venue },
		clock,
		wake,
		serverNow: () => feed.serverNow(),
		feedIsFresh: () => feed.isFresh(),
		live: terms.mode === "live" ? { login: account.login, server: account.server } : null,
	});
	undo.push(() => opened.broker.close());
	requireSameFound(terms.found, opened);
	for (const found of opened.found) {
		const plan = earlierPlan(home, found.cid);
		if (!opened.broker.adopt(found, { riskMoney: plan?.riskMoney ?? null, reason: plan?.reason ?? "found at the start, no session of this home knows why" }))
			throw changed("a position that was found cannot be taken over");
	}
	const broker: Broker = config.broker?.paperTwin === true ? withTwin(opened.broker, config, feed, undo) : opened.broker;
	return { feed, config, notes: [...described.notes, ...feed.notes], firstAt: null, marketMs: null, sessionId, broker, close };
}

function feedOf(client: BridgeClient, { brokerSymbol, venue, server }: Described, config: SessionConfig, wake: Wake): Promise<BridgeFeed> {
	const { instrument, timeframeMinutes, warmupBars } = config;
	return openBridgeFeed({ client, instrument, brokerSymbol, venue, server, timeframeMinutes, warmupBars, clock: steadyClock(), wake });
}

/** The simulator on the same account terms; its fills depend on the session's seed alone. */
function withTwin(broker: Broker, config: SessionConfig, feed: BridgeFeed, undo: (() => void)[]): Broker {
	const paper = openBroker(config, feed);
	undo.push(() => paper.close());
	return withPaperTwin(broker, paper);
}

function brokerTerms(home: Home, { described, account, terms }: StageLook, confirmed: ConfirmedStage, plan: RunPlan): BrokerTerms {
	const earlier = earlierLosses(home, terms.accountHash, terms.mode);
	return {
		...(earlier === undefined ? {} : { earlier }),
		venue: terms.venue,
		server: terms.server,
		company: account.company,
		loginTail: terms.loginTail,
		accountHash: terms.accountHash,
		tradeMode: terms.tradeMode,
		brokerSymbol: described.brokerSymbol,
		rehearsal: terms.rehearsal,
		probation: terms.probation,
		found: confirmed.found,
		paperTwin: plan.live?.shadow === true,
	};
}

/** Between the last look and the fence something may have been opened or closed. */
function requireSameFound(expected: readonly string[], opened: Awaited<ReturnType<typeof openMt5Broker>>): void {
	if (opened.found.some(({ owner }) => owner !== "ours") || opened.foundOrders.length > 0) throw changed("something else was opened on the account");
	const now = opened.found.map(({ position }) => String(position?.id)).sort();
	if (now.join() !== expected.join()) throw changed("the positions of this agent are not those that were confirmed");
}

function changed(what: string): Failure {
	return new Failure(EXIT.refused, `Not started: ${what} since you confirmed. Nothing was sent. Look at the account in the terminal and start again.`);
}
