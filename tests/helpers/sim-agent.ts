import { openRecordedFeed } from "../../src/adapters/feed/recorded.ts";
import type { OutsideAgent } from "../../src/adapters/ports.ts";
import type { AgentAnswer, Question } from "../../src/engine/agents/outside.ts";
import type { SessionConfig } from "../../src/engine/config.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { createRecorder, fingerprintOf, replaySession } from "../../src/replay.ts";
import { hook, type Script } from "./engine-hook.ts";
import type { MemoryJournal } from "./session.ts";
import type { VirtualTime } from "./virtual-time.ts";

// An agent outside for whole sessions in virtual time: it takes its time, is late, fails, and answers what is not asked.

/** What it needs of the session: `isAlive` false = the program has crashed, nobody waits any more; `looked` resolves when the session has looked around. */
export type SimAgentParts = {
	readonly random: () => number;
	readonly time: VirtualTime;
	readonly wishes: Script;
	isAlive(): boolean;
	looked(): Promise<void>;
};

const ANSWER_MS = 250;

export function simAgent({ random, time, wishes, isAlive, looked }: SimAgentParts): OutsideAgent {
	/** Lets time pass while it thinks, and the session look around then. */
	async function think(ms: number): Promise<void> {
		const over = { isSo: false };
		time.after(ms, () => {
			over.isSo = true;
		});
		await time.until(() => over.isSo || !isAlive(), ms + 1);
		if (isAlive()) await looked();
	}
	return {
		kind: "outside",
		tell: () => {},
		async ask(question) {
			const fate = random();
			if (fate > 0.3) await think(random() * 120);
			if (fate > 0.6) await think(random() * 120);
			if (fate > 0.9) await think(ANSWER_MS);
			return answerTo(question, fate, wishes);
		},
		close: () => Promise.resolve(),
	};
}

function answerTo(asked: Question, fate: number, wishes: Script): AgentAnswer {
	const { question } = asked;
	if (fate > 0.9) return { question, outcome: "late", what: `no answer within ${ANSWER_MS} ms` };
	if (fate < 0.05) return { question, outcome: "failed", what: "the program has ended (exit 1)" };
	if (fate < 0.1) return { question: question + 1, outcome: "decided", intents: wishes(asked as never, question) as readonly unknown[] };
	const intents = wishes(asked as never, question) as readonly unknown[];
	return intents.length === 0 ? { question, outcome: "hold" } : { question, outcome: "decided", intents };
}

/** A life as far as a replay needs it. */
export type SimRecord = {
	readonly sessionId: string;
	readonly config: SessionConfig;
	readonly journal: MemoryJournal;
	readonly alive: boolean;
	readonly engine: Engine | null;
};

/** Every session that came to its end must come out the same from its journal, without anybody being asked; what does not is a fault. */
export async function requireReplays(records: readonly SimRecord[], feed: Parameters<typeof openRecordedFeed>, faults: string[]): Promise<number> {
	let replays = 0;
	const silent: OutsideAgent = {
		kind: "outside",
		tell: () => {},
		ask: () => Promise.reject(new Error("a replay asks nobody")),
		close: () => Promise.resolve(),
	};
	for (const { sessionId, config, journal, alive, engine } of records) {
		if (!alive || engine?.end == null) continue;
		const recorder = createRecorder();
		for (const record of journal.records) recorder.add(record);
		hook.script = null;
		const rows = journal.of("rows").map(({ data }) => data);
		const { differsAt, fingerprint } = await replaySession(config, openRecordedFeed(feed[0], feed[1], rows), silent, null, recorder.recording);
		replays++;
		if (differsAt !== null || fingerprint !== fingerprintOf(engine)) faults.push(`${sessionId}: its replay differs at line ${differsAt}`);
	}
	return replays;
}
