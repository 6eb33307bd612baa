import type { Binding, Context, Key } from "../key.ts";
import { layoutOf } from "../layout.ts";
import { pane, type Rect } from "../pane.ts";
import type { Screen } from "../screen.ts";
import { stageLines } from "../stage/page.ts";
import { type QuestionSlice, questionLines, questionRows } from "../stage/question.ts";
import type { CockpitState, StageStart } from "../state.ts";
import { notify, setView } from "../store.ts";
import { NEW_VIEWS } from "../views.ts";
import { captureSearch, pagerBindings } from "../widgets/pager.ts";
import { statePager } from "../widgets/state-pager.ts";
import { editText } from "../widgets/text-field.ts";

type Slice = { readonly start: StageStart | null };

const TEXT = statePager<Slice>(
	"stage-start",
	({ stageStart }) => ({ start: stageStart }),
	({ start }, width) => stageLines(start, width),
	{
		kept: (state) => questionRows(questionOf(state), layoutOf(state).content.width),
		grows: ({ start }) => start?.phase === "checking",
	},
);

/** Longer answers are none. */
const ANSWER_MAX = 60;

/** The way into a demo or live session: checks as they happen, facts, positions found, then the typed questions. Escape gives up at every point. */
export const stageStartScreen: Screen = {
	id: "stage-start",
	title: ({ stageStart }) => (stageStart === null ? "Start" : `Start ${stageStart.mode.toUpperCase()}`),
	menu: null,
	panes(state, content) {
		const rows = Math.min(Math.max(0, content.height - 3), questionRows(questionOf(state), content.width));
		const text: Rect = { ...content, height: content.height - rows };
		const ask: Rect = { ...content, y: content.y + text.height, height: rows };
		return [TEXT.pane(text), ...(rows === 0 ? [] : [pane<QuestionSlice>({ id: "stage-question", rect: ask, select: questionOf, paint: questionLines })])];
	},
	layoutKey: (state) => String(questionRows(questionOf(state), layoutOf(state).content.width)),
	bindings: bindings(),
	capture: (context, key) => captureAnswer(context, key) || captureSearch(TEXT.pager, context, key),
	enter: ({ store }) => setView(store, "stage-start", NEW_VIEWS["stage-start"]),
};

function questionOf({ stageStart, views, wallMs }: CockpitState): QuestionSlice {
	const { typed, cursor } = views["stage-start"];
	const question = stageStart?.phase === "asking" ? stageStart.question : null;
	const wait = question?.notBeforeWallMs == null ? 0 : Math.max(0, Math.ceil((question.notBeforeWallMs - wallMs) / 1000));
	return { mode: stageStart?.mode ?? "demo", question, choosing: isChoosing(stageStart), typed, cursor, waitSeconds: wait };
}

function isChoosing(start: StageStart | null): boolean {
	return start !== null && start.phase === "asking" && start.question === null && start.found.length > 0 && start.foundChoice === null;
}

function bindings(): readonly Binding[] {
	const notChoosing = ({ stageStart }: CockpitState): string | null => (isChoosing(stageStart) ? null : "There is nothing to choose here.");
	const choice = (key: Key, label: "resume" | "close" | "stop", help: string): Binding => ({
		keys: [key],
		label,
		help,
		disabled: notChoosing,
		run: ({ intents }) => intents.chooseFound(label),
	});
	return [
		choice("r", "resume", "Take positions over that were found, with their stops"),
		choice("c", "close", "Close positions that were found as soon as the session begins"),
		choice("s", "stop", "Do not start; nothing is touched"),
		{
			keys: ["r"],
			label: "check again",
			help: "After a refusal: check everything again",
			disabled: ({ stageStart }) => (stageStart?.phase === "refused" ? null : "There was no refusal."),
			run({ store, intents }) {
				const { stageStart } = store.getState();
				if (stageStart !== null) intents.prepareStage(stageStart.mode, stageStart.choices);
			},
		},
		{
			keys: ["escape"],
			label: "give up",
			help: "Give the start up: back to the form, nothing was sent",
			disabled: ({ stageStart }) =>
				stageStart?.phase === "starting" ? "It is starting: K kills it." : stageStart === null ? "No session is about to start." : null,
			run: ({ intents }) => intents.leaveStage(),
		},
		...pagerBindings(TEXT.pager).map(notWhileTyping),
	];
}

/** Arrows and pages scroll while an answer is typed; what is a character belongs to the answer. */
function notWhileTyping(row: Binding): Binding {
	if (!row.keys.every((key) => Array.from(key).length === 1)) return row;
	return {
		...row,
		disabled: ({ stageStart }) => (stageStart?.phase === "asking" && stageStart.question !== null ? "It would be a part of the answer." : null),
	};
}

/** Takes what is typed while a question is open; nothing before its time. The wheel of the page (arrows, pages) stays free. True = dealt with. */
function captureAnswer(context: Context, key: Key): boolean {
	const { store, intents } = context;
	const { question, waitSeconds, typed, cursor } = questionOf(store.getState());
	if (question === null || key === "escape") return false;
	const clear = (): void => setView(store, "stage-start", { typed: "", cursor: 0 });
	if (waitSeconds > 0) {
		clear();
		if (!isTyped(key)) return false;
		notify(store, `Nothing is taken yet: wait ${waitSeconds} s.`, "warn");
		return true;
	}
	if (key === "enter") {
		clear();
		intents.answerStage(typed);
		return true;
	}
	if (key === "home" || key === "end") return false;
	const edited = editText({ text: typed, cursor }, key, ANSWER_MAX);
	if (edited !== null) setView(store, "stage-start", { typed: edited.text, cursor: edited.cursor });
	return edited !== null;
}

/** Enter, blanks and every printable character. */
function isTyped(key: Key): boolean {
	return key === "enter" || key === "space" || key === "backspace" || Array.from(key).length === 1;
}
