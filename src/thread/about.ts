import { basename } from "node:path";
import type { SessionFolder, SessionStart } from "../adapters/archive/sessions.ts";
import { whyNoEvidence } from "../commands/run/no-evidence.ts";
import { buildOf } from "../engine/agents/registry.ts";
import type { BrokerTerms, SessionConfig } from "../engine/config.ts";
import { REARM_GAP } from "../engine/health/breaker.ts";
import { timeframeName } from "../engine/market/timeframe.ts";
import type { SessionAbout } from "../ui/session-view.ts";

/** What a screen says of a session that does not change: from its stored start. `more`: what is so only of this showing of it. */
export function aboutOf(files: SessionFolder, start: SessionStart, more: Pick<SessionAbout, "replay" | "notes" | "span">): SessionAbout {
	const { config } = start;
	const { instrument, account } = config;
	return {
		...more,
		sessionId: files.id,
		mode: config.mode,
		// Quotes of the stand-in are no less a stand-in when they are only filled on paper.
		sandbox: config.broker?.venue === "sandbox" || (start.feed.kind === "bridge" && start.feed.venue === "sandbox"),
		liveQuotes: start.feed.kind === "bridge",
		broker: config.broker === undefined ? null : brokerOf(config.broker),
		symbol: instrument.symbol,
		timeframe: timeframeName(config.timeframeMinutes),
		agent: config.agent.id,
		agentBuild: buildOf(config.agent),
		feed: feedText(config),
		seed: config.seed,
		digits: instrument.digits,
		lotsDigits: decimalsOf(instrument.volumeStep),
		currency: account.currency,
		currencyDigits: account.currencyDigits,
		startBalance: account.startBalance,
		threshold: config.chsThreshold,
		rearmLevel: config.chsThreshold + REARM_GAP,
		onBreaker: config.onBreaker,
		onExit: config.onExit,
		unlimited: config.unlimited,
		noEvidence: whyNoEvidence(start),
		folder: files.folder,
		startedWallMs: Date.parse(start.startedWall),
	};
}

function brokerOf({ server, loginTail, tradeMode, rehearsal, probation, paperTwin }: BrokerTerms): SessionAbout["broker"] {
	return { server, loginTail, tradeMode, rehearsal, probation, paperTwin };
}

function feedText({ feed }: SessionConfig): string {
	switch (feed.kind) {
		case "synthetic":
			return `synthetic, scenario ${feed.scenario}`;
		case "bridge":
			return "live quotes of the broker";
		case "csv":
			return basename(feed.file);
	}
}

/** Decimals of a step of lots: 0.01 has 2, 0.25 too. */
function decimalsOf(step: number): number {
	return step.toFixed(8).replace(/0+$/, "").split(".")[1]?.length ?? 0;
}
