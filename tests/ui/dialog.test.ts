import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineWidth } from "../../src/print/line.ts";
import { dialogKey, dialogPane, dialogRect } from "../../src/ui/dialog.ts";
import type { Dialog } from "../../src/ui/state.ts";
import { createCockpitStore } from "../../src/ui/store.ts";
import { contextOf } from "../helpers/context.ts";
import { paintPanes } from "../helpers/screen.ts";

const QUESTION: Dialog = {
	title: "Flatten?",
	tone: "warn",
	lines: ["Closes 2 positions at the market."],
	input: null,
	choices: [{ key: "f", label: "close them", run: ({ intents }) => intents.command({ command: "flatten" }) }],
};

function typing(text: string): Dialog {
	return {
		title: "Reset",
		tone: "alarm",
		lines: ["Why?"],
		input: {
			label: "Reason",
			text,
			check: (given) => (given.length < 3 ? "At least three characters." : null),
			accept: ({ intents }, given) => intents.command({ command: "reset", reason: given }),
		},
		choices: [],
	};
}

function open(dialog: Dialog) {
	return contextOf(createCockpitStore({ dialog }));
}

function press(context: ReturnType<typeof open>, ...keys: readonly string[]): void {
	for (const key of keys) {
		const { dialog } = context.store.getState();
		if (dialog !== null) dialogKey(context, dialog, key);
	}
}

describe("what is typed into a dialog", () => {
	it("is measured in cells: the end of wide letters is seen with the cursor", () => {
		const dialog = typing("東京".repeat(30));
		const rows = paintPanes([dialogPane(dialog, 80, 24)], createCockpitStore({ dialog }).getState(), 80, 24);
		expect(rows.join("\n")).toContain("東京█");
	});
});

describe("dialogKey", () => {
	it.each<[string, Dialog, readonly string[], boolean, readonly string[]]>([
		["a choice acts and closes", QUESTION, ["f"], false, ["command flatten"]],
		["Escape closes and does nothing", QUESTION, ["escape"], false, []],
		["other keys are swallowed", QUESTION, ["q", "0", "enter", "x"], true, []],
		["text is typed and accepted", typing(""), ["o", "k", "space", "0", "enter"], false, ["command reset"]],
		["what is wrong is not accepted", typing(""), ["o", "k", "enter"], true, []],
		["backspace takes back", typing("abc"), ["backspace", "enter"], true, []],
		["Escape drops the text", typing("abc"), ["escape"], false, []],
	])("%s", (_name, dialog, keys, stays, asked) => {
		const context = open(dialog);
		press(context, ...keys);
		expect(context.store.getState().dialog !== null).toBe(stays);
		expect(context.asked).toEqual(asked);
	});

	it("hands on the text as typed", () => {
		const context = open(typing(""));
		press(context, "o", "k", "space", "q");
		expect(context.store.getState().dialog?.input?.text).toBe("ok q");
	});
});

describe("dialogPane", () => {
	const frame = (dialog: Dialog, columns = 80, rows = 24): string[] =>
		paintPanes([dialogPane(dialog, columns, rows)], createCockpitStore({ dialog }).getState(), columns, rows).filter((row) => row !== "");

	it("is a box in the middle with the question and its keys", () => {
		expect(frame(QUESTION)).toEqual([
			"       ╭─ Flatten? ─────────────────────────────────────────────────────╮",
			"       │                                                                │",
			"       │ Closes 2 positions at the market.                              │",
			"       │                                                                │",
			"       │ f      close them                                              │",
			"       │ Esc    close                                                   │",
			"       │                                                                │",
			"       ╰────────────────────────────────────────────────────────────────╯",
		]);
	});

	it("says at once what is wrong with the text", () => {
		expect(frame(typing("ab"))).toEqual([
			"       ╭─ Reset ────────────────────────────────────────────────────────╮",
			"       │                                                                │",
			"       │ Why?                                                           │",
			"       │                                                                │",
			"       │ Reason: ab█                                                    │",
			"       │ At least three characters.                                     │",
			"       │                                                                │",
			"       │ Esc    close; Enter accepts                                    │",
			"       │                                                                │",
			"       ╰────────────────────────────────────────────────────────────────╯",
		]);
	});

	it("fits its box and its screen, whatever it says", () => {
		const text = fc.string({ unit: "grapheme", maxLength: 300 });
		fc.assert(
			fc.property(
				text,
				text,
				fc.array(text, { maxLength: 8 }),
				fc.integer({ min: 20, max: 200 }),
				fc.integer({ min: 5, max: 60 }),
				(title, typed, lines, columns, rows) => {
					const dialog = { ...typing(typed), title, lines };
					const rect = dialogRect(dialog, columns, rows);
					expect(rect.x + rect.width).toBeLessThanOrEqual(columns);
					expect(rect.y + rect.height).toBeLessThanOrEqual(rows);
					for (const row of dialogPane(dialog, columns, rows).paint(dialog, rect)) expect(lineWidth(row)).toBe(rect.width);
				},
			),
		);
	});
});
