import type { AgentAnswer } from "../../../engine/agents/outside.ts";
import type { ProgramLine } from "./read-line.ts";

type Decision = Extract<ProgramLine, { type: "action" | "intents" }>;

/** Waits for the answer to one question at a time, and no longer than it may take. */
export type Patience = {
	/** Resolves with the decision, or with what came instead of one. */
	wait(question: number): Promise<Decision | { readonly type: "none"; readonly answer: AgentAnswer }>;
	/** A decision has come; one that is late, or whose question is over, is dropped. */
	answer(line: Decision): void;
	/** The open question fails; false when none is open. */
	fail(what: string): boolean;
};

/** Time passes here by both clocks: the one that stands still while the machine sleeps, and the one that can be set. The longer of the two counts. */
export function createPatience(answerMs: number): Patience {
	let open: { readonly question: number; end(result: Awaited<ReturnType<Patience["wait"]>>): void; readonly sinceMs: number; readonly wallMs: number } | null =
		null;
	const none = (outcome: "late" | "failed", question: number, what: string) => ({ type: "none" as const, answer: { question, outcome, what } });
	const late = (question: number) => none("late", question, `no answer within ${answerMs} ms`);
	return {
		wait: (question) =>
			new Promise((resolve) => {
				const timer = setTimeout(() => open?.end(late(question)), answerMs);
				open = {
					question,
					sinceMs: performance.now(),
					wallMs: Date.now(),
					end(result) {
						clearTimeout(timer);
						open = null;
						resolve(result);
					},
				};
			}),
		answer(line) {
			if (open === null || line.question !== open.question) return;
			const tookMs = Math.max(performance.now() - open.sinceMs, Date.now() - open.wallMs);
			open.end(tookMs > answerMs ? late(line.question) : line);
		},
		fail(what) {
			if (open === null) return false;
			open.end(none("failed", open.question, what));
			return true;
		},
	};
}
