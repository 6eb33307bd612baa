import { summarise } from "../../src/engine/summary.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import type { SessionRow } from "../../src/ui/state.ts";
import { configWith, runWith, syntheticFeed } from "./session.ts";

/** An id of 26 characters that sorts by `number`. */
export function idOf(number: number): string {
	return `01ARZ3NDEKTSV4RRFF${String(number).padStart(8, "0")}`;
}

export type RecordedParts = {
	readonly agent?: string;
	readonly seed?: number;
	readonly minutes?: number;
	readonly scenario?: "normal" | "crash";
	readonly number?: number;
};

/** The summary of a real session on the generated market; everything in it but ids, files and wall times comes from the engine. */
export async function recordedSummary({ agent = "sma", seed = 9, minutes = 300, scenario = "normal", number = 1 }: RecordedParts = {}): Promise<Summary> {
	const config = configWith({ agent: { id: agent }, seed, feed: { kind: "synthetic", scenario }, warmupBars: 60 });
	const { engine } = await runWith(config, { feed: syntheticFeed(config, minutes) });
	const id = idOf(number);
	return summarise(engine, {
		sessionId: id,
		configHash: "c".repeat(64),
		fingerprint: "f".repeat(64),
		journal: { file: `/home/sessions/${id}/journal.jsonl`, lines: 172, bytes: 74_000, head: "0".repeat(64) },
		data: { rows: engine.quotes, badRows: 0, duplicates: 0, outOfOrder: 0, spreadsFilled: 0, gaps: 0, longestGapSeconds: 0 },
		repeatOf: null,
		file: null,
		evidence: scenario === "normal",
		evidenceNote:
			scenario === "normal" ? "The agent's record includes it." : "A drill on a staged market never counts; the agent's record is not changed by it.",
		wallStart: "2026-01-02T03:04:05.000Z",
		wallEnd: "2026-01-02T03:04:07.000Z",
		interruptCode: 130,
	});
}

/** A finished session in the list; `number` makes its id, newer ones have higher numbers. */
export function sessionRow(number: number, changes: Partial<SessionRow> = {}): SessionRow {
	return {
		id: idOf(number),
		ended: "duration",
		startedWallMs: Date.UTC(2026, 0, 2, 3, 0) + number * 60_000,
		mode: "virtual",
		symbol: "EURUSD",
		agent: "sma",
		agentBuild: "sma-1",
		scenario: "normal",
		trades: number,
		netProfit: number * 10 - 15,
		currency: "USD",
		chs: 0.75,
		evidence: true,
		gate: [
			{
				target: "chs",
				label: "CHS, mean of the last 30 closes",
				must: "> 0.9",
				value: 0.7552,
				bound: null,
				boundMust: null,
				verdict: "insufficient",
				why: `insufficient: ${number} of 60 trades`,
			},
			{
				target: "validatorRejections",
				label: "Validator rejections",
				must: "= 0",
				value: 2,
				bound: 7.5,
				boundMust: "<= 5 %",
				verdict: "fail",
				why: "2 of 40 orders broke a rule",
			},
			{ target: "breakerEvents", label: "Breaker events", must: "< 5 %", value: 1.25, bound: null, boundMust: null, verdict: "pass", why: "" },
		],
		...changes,
	};
}
