import type { GateRow } from "../../engine/summary-type.ts";
import type { SessionRow } from "../state.ts";

/** What the stored sessions say about one agent build in the virtual stage. */
export type BuildEvidence = {
	readonly build: string;
	/** Sessions that count, newest first; at least one. */
	readonly newest: SessionRow;
	readonly sessions: number;
	/** Closed trades of those sessions together. */
	readonly trades: number;
	/** Sessions of this build that never count: drills, repeats, measuring runs, aborted ones. */
	readonly uncounted: number;
};

const TARGETS = ["chs", "omega", "energyCaptured", "validatorRejections", "breakerEvents"] as const;

/** True when every one of the five targets is there and passed: a target that is missing proves nothing. */
export function isProven(gate: readonly GateRow[] | null): boolean {
	return TARGETS.every((target) => {
		const rows = (gate ?? []).filter((row) => row.target === target);
		return rows.length > 0 && rows.every(({ verdict }) => verdict === "pass");
	});
}

/** The evidence of every build that has some; the build with the newest session first. `rows` newest first. */
export function evidenceByBuild(rows: readonly SessionRow[]): readonly BuildEvidence[] {
	const builds = new Map<string, BuildEvidence>();
	for (const row of rows) {
		const build = row.agentBuild;
		if (build === null || row.mode !== "virtual" || row.evidence !== true || row.gate === null) continue;
		const before = builds.get(build);
		if (before !== undefined) builds.set(build, { ...before, sessions: before.sessions + 1, trades: before.trades + (row.trades ?? 0) });
		else builds.set(build, { build, newest: row, sessions: 1, trades: row.trades ?? 0, uncounted: 0 });
	}
	for (const { agentBuild, evidence, mode } of rows) {
		const found = agentBuild === null || evidence !== false || mode !== "virtual" ? undefined : builds.get(agentBuild);
		if (found !== undefined) builds.set(found.build, { ...found, uncounted: found.uncounted + 1 });
	}
	return [...builds.values()];
}
