import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSession, newSessionId, type SessionStart, writeStart } from "../../src/adapters/archive/sessions.ts";
import { type Home, homeAt, prepareHome } from "../../src/adapters/home.ts";
import { openJournal } from "../../src/adapters/journal/writer.ts";
import { configHashOf, headerOf } from "../../src/commands/run/begin.ts";
import { registerEnd } from "../../src/commands/standing/outcome.ts";
import { registerBegun } from "../../src/commands/standing/register.ts";
import { VERSIONS } from "../../src/commands/standing/versions.ts";
import type { BrokerTerms, SessionConfig, Venue } from "../../src/engine/config.ts";
import { defaultRules } from "../../src/engine/rules.ts";
import { bindingOf, type StageLimits } from "../../src/engine/stages/binding.ts";
import type { StageOutcome } from "../../src/engine/stages/outcome.ts";
import { configWith } from "./session.ts";

const DAY = 86_400_000;
/** The wall clock of session number 0; each later one begins a day after the one before. */
export const FIRST_WALL = Date.UTC(2026, 0, 5);

/** The usual limits of all stages. */
export const LIMITS: StageLimits = { virtual: defaultRules("virtual"), demo: defaultRules("demo"), live: defaultRules("live") };

/** A demo account on a real terminal, as the broker describes it, for a session that counts. */
export const DEMO: BrokerTerms = {
	venue: "mt5",
	server: "Demo-Server",
	company: "Broker",
	loginTail: "1234",
	accountHash: "a".repeat(64),
	tradeMode: "demo",
	brokerSymbol: "EURUSD",
	rehearsal: null,
	probation: null,
	found: "none",
	paperTwin: false,
};

/** The same of a live account, on its first session of probation. */
export const LIVE: BrokerTerms = { ...DEMO, tradeMode: "real", accountHash: "b".repeat(64), probation: 1 };

export type Small = {
	/** Results in R, one a trade, in order. */
	readonly trades?: readonly number[];
	readonly mode?: SessionConfig["mode"];
	readonly broker?: BrokerTerms;
	/** Virtual on live quotes of this kind of terminal. */
	readonly quotesOf?: Venue;
	readonly config?: Partial<SessionConfig>;
	readonly limits?: StageLimits;
	readonly rejections?: number;
	/** Control that latched a halt. */
	readonly latched?: string;
	readonly steeredBy?: readonly string[];
	readonly endReason?: string;
	/** `never`: the process was ended by force before the session's end. */
	readonly ends?: "sealed" | "never";
	readonly wallMs?: number;
};

/** A home of its own, empty. */
export function emptyHome(): Home {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-gates-")), "home") });
	prepareHome(home);
	return home;
}

/** The configuration of session number `day`. */
export function smallConfig(day: number, small: Small = {}): SessionConfig {
	const mode = small.mode ?? "virtual";
	const broker = small.broker ?? (mode === "demo" ? DEMO : mode === "live" ? LIVE : undefined);
	const feed: SessionConfig["feed"] = mode === "virtual" && small.quotesOf === undefined ? { kind: "synthetic", scenario: "normal" } : { kind: "bridge" };
	return configWith({
		mode,
		feed,
		seed: day,
		simulator: { latencyMs: 100, latencyJitterMs: 50, slippagePoints: 0.5 },
		...(broker === undefined ? {} : { broker }),
		...(mode === "virtual" ? { instrument: { ...configWith().instrument, symbol: "TEST" } } : { instrument: { ...configWith().instrument, symbol: "TEST" } }),
		...small.config,
	});
}

/** What a session of that number is before its first event. */
export function smallStart(day: number, small: Small = {}): SessionStart {
	const config = smallConfig(day, small);
	const wallMs = small.wallMs ?? FIRST_WALL + day * DAY;
	const venue = config.broker?.venue ?? small.quotesOf;
	const symbol = config.instrument.symbol;
	const feed: SessionStart["feed"] =
		venue === undefined
			? { kind: "synthetic", generator: "test", symbol, scenario: "normal", seed: config.seed, startAt: wallMs, sessionStartAt: wallMs }
			: { kind: "bridge", protocol: 1, venue, server: "Demo-Server", symbol, brokerSymbol: symbol };
	return {
		format: 1,
		sessionId: newSessionId(wallMs),
		startedWall: new Date(wallMs).toISOString(),
		version: "0.0.0",
		config,
		feed,
		runKey: `run ${config.mode} ${day} ${wallMs}`,
		configHash: configHashOf(config),
		carry: null,
		repeatOf: null,
		binding: bindingOf(config, small.limits ?? LIMITS, VERSIONS),
	};
}

/** A session written down as a real one is (folder, journal, ledger), with these results instead of a market. */
export function smallSession(
	home: Home,
	day: number,
	small: Small = {},
): { readonly id: string; readonly journal: string; readonly outcome: StageOutcome | null } {
	const start = smallStart(day, small);
	const wallMs = Date.parse(start.startedWall);
	const { files, release } = createSession(home, start.sessionId);
	writeStart(files, start);
	const journal = openJournal(files.journal);
	try {
		const problem = registerBegun(home, start, wallMs);
		if (problem !== null) throw new Error(problem);
		const trades = small.trades ?? GOOD;
		journal.append("session", 0, 0, headerOf(start));
		journal.append("trading", wallMs, 1, {});
		for (const [index, r] of trades.entries()) {
			const at = wallMs + (index + 1) * 60_000;
			journal.append("order", at, index, { purpose: "open" });
			journal.append("trade", at, index, { r, mfeR: Math.max(r, 0.1), maeR: Math.max(-r, 0.1), score: { chs: 0.95 }, shadow: false });
		}
		for (let count = 0; count < (small.rejections ?? 0); count++) journal.append("refused", wallMs + 1, 1, { isRejection: true, shadow: false });
		if (small.latched !== undefined) journal.append("state", wallMs + 1, 1, { from: "ACTIVE", to: "HALTED", control: small.latched, reason: "a limit" });
		if (small.ends === "never") {
			journal.flush(true);
			return { id: files.id, journal: files.journal, outcome: null };
		}
		const reason = small.endReason ?? "duration";
		journal.append("ended", wallMs + 3_600_000, 99, { reason, breaker: { steps: 100, haltedSteps: 0, trips: 0 }, steeredBy: small.steeredBy ?? [] });
		journal.append("sealed", wallMs + 3_600_000, 99, { fingerprint: "f", wall: start.startedWall });
		journal.close();
		const end = { session: files.id, head: journal.head(), lines: journal.lines(), reason, period: { from: wallMs, to: wallMs + 3_600_000 } };
		return { id: files.id, journal: files.journal, outcome: registerEnd(home, end, wallMs + 1) };
	} finally {
		journal.close();
		release();
	}
}

/** Twelve good trades, two of them lost. */
export const GOOD: readonly number[] = [1.5, 1.4, -1, 1.6, 1.5, 1.4, 1.5, 1.6, -1, 1.4, 1.5, 1.6];

/** `count` sessions from number `first` on; returns the last. */
export function smallSessions(home: Home, first: number, count: number, small: Small = {}): ReturnType<typeof smallSession> {
	let last = smallSession(home, first, small);
	for (let day = first + 1; day < first + count; day++) last = smallSession(home, day, small);
	return last;
}
