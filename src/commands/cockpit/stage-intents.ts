import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import type { Clock } from "../../adapters/ports.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { WrongWords } from "../../adapters/wrong-words.ts";
import type { CheckRow } from "../../print/check-row.ts";
import type { Intents } from "../../ui/intents.ts";
import { isTrading } from "../../ui/shell/leave.ts";
import type { Choices, ScreenId, StageStart } from "../../ui/state.ts";
import { type CockpitStore, notify } from "../../ui/store.ts";
import type { Confirmation, ConfirmationState, createConfirmation } from "../stage/confirmation.ts";
import type { ConfirmedStage } from "../stage/confirmed.ts";
import type { PreparedStage, prepareStage } from "../stage/prepare.ts";
import { optionsOf } from "./run-options.ts";

export type StageIntents = Pick<Intents, "prepareStage" | "chooseFound" | "answerStage" | "leaveStage"> & {
	/** The confirmed session could not begin: the page says why. False when no start is under way. */
	refused(message: string): boolean;
	/** The program ends: nothing more is asked of the bridge. */
	stop(): void;
};

/** What the program hands in: the preparation and the typed confirmation of `kinetra run`, and who starts what was confirmed. */
type Parts = {
	readonly store: CockpitStore;
	readonly home: Home;
	readonly env: Record<string, string | undefined>;
	readonly clock: Clock;
	readonly words: WrongWords;
	readonly prepare: typeof prepareStage;
	readonly confirm: typeof createConfirmation;
	readonly start: (stage: ConfirmedStage) => void;
};

/** A start under way; replaced by the next one, so that what comes late from an old one changes nothing. */
type Under = { readonly abort: AbortController; confirmation: Confirmation | null };

/** What the screen asks on the way into a demo or live session. Only a `ConfirmedStage` starts one, and only `createConfirmation` makes it. */
export function createStageIntents(parts: Parts): StageIntents {
	const { store } = parts;
	let under: Under | null = null;

	function change(part: Partial<StageStart>): void {
		store.setState(({ stageStart }) => (stageStart === null ? {} : { stageStart: { ...stageStart, ...part } }));
	}

	function refuse(message: string): void {
		change({ phase: "refused", refusal: cleanText(message, 800), question: null });
	}

	async function prepare(mode: "demo" | "live", choices: Choices, mine: Under): Promise<void> {
		const options = optionsOf({ ...choices, mode });
		if (typeof options === "string") {
			refuse(options);
			return;
		}
		let rows: readonly CheckRow[] = [];
		const onCheck = (row: CheckRow): void => {
			if (under !== mine) return;
			rows = [...rows, row];
			change({ checks: rows });
		};
		try {
			const { home, env, clock } = parts;
			const prepared = await parts.prepare({ home, options, env, clock, signal: mine.abort.signal, onCheck });
			if (under === mine) show(mine, prepared);
		} catch (error) {
			if (under === mine) refuse(error instanceof Failure ? error.message : reasonOf(error));
		}
	}

	function show(mine: Under, prepared: PreparedStage): void {
		const { checks, facts, rehearsal, sandbox, found, refusal, terms } = prepared;
		change({ checks, facts, rehearsal, sandbox, found });
		if (terms === null) {
			refuse(refusal);
			return;
		}
		mine.confirmation = parts.confirm(prepared, parts.clock, parts.words);
		follow(mine.confirmation.state());
	}

	/** Shows where the confirmation stands; what is confirmed starts at once. */
	function follow(now: ConfirmationState): void {
		switch (now.kind) {
			case "choosing":
				change({ phase: "asking", question: null });
				return;
			case "asking":
				change({ phase: "asking", question: now.question });
				if (now.question.notBeforeWallMs !== null) lookAgain(now.question.notBeforeWallMs);
				return;
			case "given-up":
				refuse(now.why);
				return;
			case "confirmed":
				change({ phase: "starting", question: null });
				parts.start(now.stage);
		}
	}

	/** When its time has come the question is another one: it is taken now, and a lock is gone. */
	function lookAgain(atMs: number): void {
		const mine = under;
		const timer = setTimeout(
			() => {
				if (under === mine && mine?.confirmation != null && store.getState().stageStart?.phase === "asking") follow(mine.confirmation.state());
			},
			Math.max(0, atMs - parts.clock.nowMs()) + 1,
		);
		timer.unref();
	}

	function leave(): void {
		under?.abort.abort();
		under = null;
		store.setState(({ path }) => ({ stageStart: null, path: withoutStart(path) }));
	}

	return {
		prepareStage(mode, choices) {
			if (isTrading(store.getState())) {
				notify(store, "A session is running already: end it first (K kills it, q leaves).", "warn");
				return;
			}
			under?.abort.abort();
			const mine: Under = { abort: new AbortController(), confirmation: null };
			under = mine;
			store.setState({ stageStart: { ...NOTHING_YET, mode, choices } });
			void prepare(mode, choices, mine);
		},
		chooseFound(choice) {
			const confirmation = under?.confirmation ?? null;
			if (confirmation === null || confirmation.state().kind !== "choosing") return;
			if (choice === "stop") {
				confirmation.choose(choice);
				leave();
				notify(store, "Given up: nothing was sent, and the positions are as they were.", "good");
				return;
			}
			change({ foundChoice: choice });
			follow(confirmation.choose(choice));
		},
		answerStage(text) {
			const { stageStart } = store.getState();
			const confirmation = under?.confirmation ?? null;
			// Once it is starting, a second Enter must not start a second session.
			if (confirmation === null || stageStart?.phase !== "asking") return;
			try {
				follow(confirmation.answer(text));
			} catch (error) {
				// A wrong word that cannot be counted must not be tried again and again.
				refuse(`What was typed could not be noted: ${error instanceof Failure ? error.message : reasonOf(error)}. Nothing was sent.`);
			}
		},
		leaveStage() {
			if (under === null) return;
			if (store.getState().stageStart?.phase === "starting") {
				notify(store, "It is starting: K kills it.", "warn");
				return;
			}
			leave();
			notify(store, "Given up: nothing was sent.", "good");
		},
		stop: () => under?.abort.abort(),
		refused(message) {
			if (store.getState().stageStart?.phase !== "starting") return false;
			refuse(message);
			return true;
		},
	};
}

const NOTHING_YET = {
	phase: "checking",
	checks: [],
	facts: [],
	rehearsal: null,
	sandbox: false,
	found: [],
	foundChoice: null,
	question: null,
	refusal: "",
} as const satisfies Omit<StageStart, "mode" | "choices">;

function withoutStart(path: readonly ScreenId[]): readonly ScreenId[] {
	return path.filter((id) => id !== "stage-start");
}
