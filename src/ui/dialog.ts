import { cellWidth, clipText, endOfText, fitLine, type Line, line, span, type Tone } from "../print/line.ts";
import { wrap } from "../print/text.ts";
import type { Context, Key } from "./key.ts";
import { keyName } from "./key-name.ts";
import { type Pane, pane, type Rect, type Size } from "./pane.ts";
import type { Dialog } from "./state.ts";
import { editText } from "./widgets/text-field.ts";

const WIDTH = 66;
const TYPED_MAX = 200;

/** Takes a key for the dialog in front: it swallows every key but those of the program itself. */
export function dialogKey(context: Context, dialog: Dialog, key: Key): void {
	const close = (): void => context.store.setState({ dialog: null });
	const { input } = dialog;
	const choice = dialog.choices.find((row) => row.key === key);
	if (key === "escape") close();
	else if (input !== null) typeInto(context, dialog, input, key);
	else if (choice !== undefined) {
		close();
		choice.run(context);
	}
}

function typeInto(context: Context, dialog: Dialog, input: NonNullable<Dialog["input"]>, key: Key): void {
	if (key === "enter") {
		if (input.check(input.text) !== null) return;
		context.store.setState({ dialog: null });
		input.accept(context, input.text);
		return;
	}
	const typed = editText({ text: input.text, cursor: Array.from(input.text).length }, key, TYPED_MAX);
	if (typed !== null) context.store.setState({ dialog: { ...dialog, input: { ...input, text: typed.text } } });
}

/** Where a dialog stands: in the middle of the content, as high as its text. */
export function dialogRect(dialog: Dialog, columns: number, rows: number): Rect {
	const width = Math.min(WIDTH, columns - 4);
	const height = Math.min(rows - 2, dialogLines(dialog, width).length);
	return { x: Math.floor((columns - width) / 2), y: Math.max(1, Math.floor((rows - height) / 2)), width, height };
}

/** The pane of the dialog in front. */
export function dialogPane(dialog: Dialog, columns: number, rows: number): Pane {
	return pane<Dialog | null>({
		id: "dialog",
		rect: dialogRect(dialog, columns, rows),
		select: (state) => state.dialog,
		paint: (shown, size) => (shown === null ? [] : dialogLines(shown, size.width).slice(0, size.height)),
	});
}

function dialogLines(dialog: Dialog, width: number): readonly Line[] {
	const border: Tone = dialog.tone === "plain" ? "accent" : dialog.tone === "warn" ? "warn" : "alarm";
	const room: Size = { width: width - 4, height: 0 };
	const title = clipText(` ${dialog.title} `, width - 4);
	const top = line(span(`╭─${title}${"─".repeat(Math.max(0, width - 3 - cellWidth(title)))}╮`, border));
	const body = [
		[],
		...dialog.lines.flatMap((text) => wrap(text, room.width).map((part) => line(part))),
		...(dialog.input === null ? [] : inputLines(dialog.input, room.width)),
		[],
		...(dialog.input === null ? dialog.choices : []).map((choice) => line(span(keyName(choice.key).padEnd(7), "key"), choice.label)),
		line(span("Esc    ", "key"), dialog.input === null ? "close" : "close; Enter accepts"),
		[],
	];
	return [top, ...body.map((row) => framed(row, width, border)), line(span(`╰${"─".repeat(width - 2)}╯`, border))];
}

function inputLines(input: NonNullable<Dialog["input"]>, width: number): readonly Line[] {
	const label = `${input.label}: `;
	const shown = endOfText(input.text, Math.max(1, width - cellWidth(label) - 1));
	const wrong = input.check(input.text);
	return [
		[],
		line(span(label, "strong"), shown, span("█", "accent")),
		...(wrong === null ? [line("")] : wrap(wrong, width).map((part) => line(span(part, "warn")))),
	];
}

function framed(row: Line, width: number, border: Tone): Line {
	return [span("│ ", border), ...fitLine(row, width - 4), span(" │", border)];
}
