import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dispatch } from "../../../src/ui/router.ts";
import type { StageStart } from "../../../src/ui/state.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { contextOf } from "../../helpers/context.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { CHECKS, STAGE_START } from "../../helpers/stage.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SIZES = [
	[80, 24],
	[120, 40],
	[200, 60],
] as const;

function storeOf(stageStart: StageStart | null) {
	return createCockpitStore({ path: ["main", "live-testing", "demo", "stage-start"], focus: "content", wallMs: NOW, stageStart });
}

function press(context: ReturnType<typeof contextOf>, ...keys: readonly string[]): void {
	for (const key of keys) dispatch(context, key);
}

const question = (change: Partial<NonNullable<StageStart["question"]>>): StageStart => ({
	...STAGE_START,
	question: STAGE_START.question === null ? null : { ...STAGE_START.question, ...change },
});
const FOUND: StageStart = { ...STAGE_START, found: ["BUY 0.10 EURUSD, risk 100 USD, of session 000007"], question: null };

describe("the start of a stage", () => {
	it("shows at 80x24 what will be traded, the question, and what is typed", () => {
		const store = storeOf(STAGE_START);
		press(contextOf(store), "y");
		expect(renderScreen(store.getState(), 80, 24)).toMatchInlineSnapshot(`
			[
			  "",
			  " A DEMO session: real orders on a demo account",
			  "   EURUSD M1, berserker@1",
			  "   Account ••1234 on MetaQuotes-Demo (DEMO, USD)",
			  "   At most 5 entries in 30 min, 1 % of equity planned at risk in each",
			  "",
			  " ✓ It counts as evidence.",
			  "",
			  " Checks",
			  "   ✓ ok     bridge reachable  ws://127.0.0.1:8765, 2 ms",
			  "   ✓ ok     version           protocol 1, bridge 1.0.0",
			  "1-11 of 14",
			  "╭──────────────────────────────────────────────────────────────────────────────╮",
			  "│ This will execute REAL trades on your DEMO account! Proceed with demo        │",
			  "│ testing? [y/N]                                                               │",
			  "│ Type y, then Enter. 3 tries left; three wrong answers lock for a minute. Esc │",
			  "│ gives up: nothing was sent.                                                  │",
			  "│ > y█                                                                         │",
			  "╰──────────────────────────────────────────────────────────────────────────────╯",
			]
		`);
	});

	it.each(["demo", "live"] as const)("has at 80x24 account, largest loss, symbol, length and limits of a %s session above the question", (mode) => {
		const facts = [
			`${mode.toUpperCase()} session on the SANDBOX: a stand-in terminal, no real market and no money`,
			"Account    ••0001 at Kinetra-Sandbox (SANDBOX - no broker, no money), DEMO by the broker's word",
			"           USD, leverage 1:100, hedging, equity 10,000.00 USD",
			"Maximum loss of this session: 200.00 USD (2 %). At it everything is closed; a gap or slippage can cost more",
			"Trades     EURUSD on M1 bars, agent berserker-1",
			"Length     30 minutes, at most 5 entries; at the end positions are closed",
			"Each entry 1 % of equity at risk, at most 0.1 lots, 3 open, always with a stop at the broker",
			"Counts     REHEARSAL: it is not evidence, see below what is missing",
		];
		const rows = renderScreen(storeOf({ ...STAGE_START, mode, facts, sandbox: true }).getState(), 80, 24);
		const asked = rows.findIndex((row) => row.startsWith("╭"));
		const above = rows.slice(0, asked).join("\n");
		for (const part of [
			"••0001 at Kinetra-Sandbox",
			"Maximum loss of this session: 200.00 USD (2 %)",
			"EURUSD on M1 bars",
			"30 minutes, at most 5 entries",
			"at most 0.1 lots",
		])
			expect(above).toContain(part);
		expect(above).toMatch(/^ {3}Account {4}••0001[^\n]*\n {14}\S/m);
	});

	it.each<[string, StageStart, readonly RegExp[]]>([
		["checks as they come", { ...STAGE_START, phase: "checking", facts: [], question: null }, [/✓ ok +bridge reachable/, /checking; nothing is sent/]],
		["advice below a failed check", { ...STAGE_START, checks: CHECKS, question: null }, [/✗ FAILED algo trading allowed/, /Click Algo Trading/]],
		[
			"a refusal with why",
			{ ...STAGE_START, phase: "refused", refusal: "The account is REAL; a demo session never trades on it.", question: null },
			[/✗ It cannot start\. The account is REAL/, /Nothing was sent\. r checks again/],
		],
		[
			"a rehearsal with what is missing",
			{ ...STAGE_START, rehearsal: ["52 more virtual trades."] },
			[/⚠ REHEARSAL: it may run, and never counts/, /52 more virtual trades\./],
		],
		["that it counts", STAGE_START, [/✓ It counts as evidence\./]],
		["the stand-in", { ...STAGE_START, sandbox: true }, [/SANDBOX: a stand-in terminal/]],
		["whose money a live session moves", { ...STAGE_START, mode: "live" }, [/A LIVE session: real orders, YOUR MONEY/]],
		["positions that were found, and the choice", FOUND, [/BUY 0\.10 EURUSD, risk 100 USD/, /r resume: take them over/, /c close/, /s stop/]],
		["what was wrong, and the tries left", question({ wrong: '"demo" is not DEMO.', triesLeft: 1 }), [/✗ "demo" is not DEMO\./, /1 try left/]],
		["how long nothing is taken", question({ notBeforeWallMs: NOW + 9_500 }), [/Wait 10 s: nothing is taken before\./]],
		["that it is starting", { ...STAGE_START, phase: "starting", question: null }, [/Starting \.\.\./]],
	])("shows %s", (_name, start, texts) => {
		for (const [columns, rows] of SIZES) {
			const shown = renderScreen(storeOf(start).getState(), columns, rows).join("\n");
			if (rows > 24) for (const text of texts) expect(shown).toMatch(text);
			else expect(texts.some((text) => text.test(shown))).toBe(true);
		}
	});

	it.each<[string, StageStart, readonly string[], readonly string[]]>([
		["what was typed is the answer", STAGE_START, ["y", "enter"], ["answerStage y"]],
		["letters with other meanings are letters", question({ expects: "DEMO" }), ["K", "q", "?", "backspace", "0", "enter"], ["answerStage Kq0"]],
		["nothing typed is an answer too: no", STAGE_START, ["enter"], ["answerStage "]],
		["nothing is taken before its time", question({ notBeforeWallMs: NOW + 1 }), ["D", "enter"], []],
		["it is taken when its time has come", question({ notBeforeWallMs: NOW }), ["D", "enter"], ["answerStage D"]],
		["Esc gives up while typing", STAGE_START, ["y", "escape"], ["leaveStage"]],
		["Esc gives up while waiting", question({ notBeforeWallMs: NOW + 1 }), ["escape"], ["leaveStage"]],
		["Esc gives up while checking", { ...STAGE_START, phase: "checking", question: null }, ["escape"], ["leaveStage"]],
		["Esc gives up a choice", FOUND, ["escape"], ["leaveStage"]],
		["0 leaves, which gives up", { ...STAGE_START, phase: "checking", question: null }, ["0"], ["leaveStage"]],
		["Ctrl-K kills while typing", STAGE_START, ["ctrl+k"], ["command kill"]],
		["r resumes what was found", FOUND, ["r"], ["chooseFound resume"]],
		["c closes it", FOUND, ["c"], ["chooseFound close"]],
		["s stops", FOUND, ["s"], ["chooseFound stop"]],
		["no answer is taken before the choice", FOUND, ["y", "enter"], []],
		["r checks again after a refusal", { ...STAGE_START, phase: "refused", question: null }, ["r"], ['prepareStage demo {"symbol":"EURUSD"}']],
		["nothing is taken once it starts", { ...STAGE_START, phase: "starting", question: null }, ["y", "enter"], []],
	])("%s", (_name, start, keys, asked) => {
		const context = contextOf(storeOf(start));
		press(context, ...keys);
		expect(context.asked).toEqual(asked);
	});

	it("never hands an answer on that was not typed whole in front of this question", () => {
		const context = contextOf(storeOf(STAGE_START));
		press(context, "D", "E", "M", "O", "enter");
		// The next question begins empty: what was typed for the one before is gone.
		press(context, "enter");
		expect(context.asked).toEqual(["answerStage DEMO", "answerStage "]);
	});

	it("stays in its area whatever is asked and typed", () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 400 }), fc.string({ maxLength: 60 }), fc.constantFrom(...SIZES), (text, typed, [columns, rows]) => {
				const store = storeOf(question({ text, expects: text, wrong: text }));
				for (const key of Array.from(typed)) dispatch(contextOf(store), key);
				expect(renderScreen(store.getState(), columns, rows)).toHaveLength(rows - 5);
			}),
			{ numRuns: 40 },
		);
	});
});
