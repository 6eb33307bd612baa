import xterm from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { cleanText } from "../../src/adapters/clean-text.ts";
import { type Line, lineWidth, span, textOf } from "../../src/print/line.ts";
import { dialogPane } from "../../src/ui/dialog.ts";
import { createCompositor } from "../../src/ui/frame/compositor.ts";
import { layoutOf } from "../../src/ui/layout.ts";
import type { Pane } from "../../src/ui/pane.ts";
import { SCREENS } from "../../src/ui/registry.ts";
import type { CockpitState } from "../../src/ui/state.ts";
import { createCockpitStore } from "../../src/ui/store.ts";
import { paintPager } from "../../src/ui/widgets/pager.ts";
import { HOSTILE, SHOWS_HOSTILE } from "../helpers/hostile.ts";
import { hostileDialog, hostileState } from "../helpers/hostile-state.ts";

const SIZES = [
	[80, 24],
	[120, 40],
	[200, 60],
] as const;

const NAMED = HOSTILE.map(({ name, text }) => [name, text] as const);

/** What the screen itself says to a terminal: places, colours, erasing to the end of the row, cursor off, synchronized output. */
const OWN = new RegExp(`${String.fromCharCode(0x1b)}\\[(?:\\d+(?:;\\d+)*[Hmd]|\\d*[GCKX]|m|H|\\?25[lh]|\\?2026[hl])`, "gu");

/** What is left of the bytes for a terminal once our own sequences are taken out: text, and nothing else. */
function beyondOurs(bytes: string): string {
	return bytes.replace(OWN, "");
}

function stateOf(text: string, columns: number, rows: number, id: CockpitState["path"][number], dialog = false): CockpitState {
	const given = { ...hostileState(text), columns, rows, wallMs: 1, path: ["main", id] as const, focus: "content" as const };
	return createCockpitStore(dialog ? { ...given, dialog: hostileDialog(text) } : given).getState();
}

/** Every pane that stands on a screen with this text in its state. */
function panesOf(state: CockpitState): readonly Pane[] {
	const front = SCREENS.find(({ id }) => id === state.path.at(-1));
	const dialog = state.dialog === null ? [] : [dialogPane(state.dialog, state.columns, state.rows)];
	return [...(front?.panes(state, layoutOf(state).content) ?? []), ...dialog];
}

function paint(pane: Pane, state: CockpitState): readonly Line[] {
	return pane.paint(pane.select(state), { width: pane.rect.width, height: pane.rect.height });
}

describe("the escape corpus", () => {
	it("has at least forty kinds of trouble, each named once", () => {
		expect(HOSTILE.length).toBeGreaterThanOrEqual(40);
		expect(new Set(HOSTILE.map(({ name }) => name)).size).toBe(HOSTILE.length);
		expect(HOSTILE.filter(({ text }) => SHOWS_HOSTILE.test(text)).length).toBeGreaterThanOrEqual(40);
	});

	it.each(NAMED)("is harmless behind the door: %s", (_, text) => {
		const clean = cleanText(text);
		expect(clean).not.toMatch(SHOWS_HOSTILE);
		expect(Array.from(clean).length).toBeLessThanOrEqual(200);
		expect(cleanText(clean)).toBe(clean);
	});
});

describe.each(SIZES)("with cleaned texts on a terminal of %i x %i", (columns, rows) => {
	it.each(SCREENS.map(({ id }) => [id] as const))("the screen %s shows no forbidden character", (id) => {
		for (const { name, text } of HOSTILE) {
			const state = stateOf(cleanText(text), columns, rows, id);
			for (const pane of panesOf(state)) for (const row of paint(pane, state)) expect(textOf(row), `${name} in pane ${pane.id}`).not.toMatch(SHOWS_HOSTILE);
		}
	});
});

describe("with texts that nobody cleaned, no byte reaches the terminal but text and our own sequences", () => {
	it.each(SCREENS.map(({ id }) => [id] as const))("from the panes of the screen %s and a dialog in front of it", (id) => {
		for (const { name, text } of HOSTILE) {
			for (const ascii of [false, true]) {
				const compositor = createCompositor({ colours: true, ascii });
				compositor.resize(120, 40);
				const state = stateOf(text, 120, 40, id, true);
				for (const pane of panesOf(state)) compositor.region(pane.id, pane.rect, 1).paint(paint(pane, state));
				expect(beyondOurs(compositor.diff()), `${name}, ascii ${ascii}`).not.toMatch(SHOWS_HOSTILE);
				for (const row of compositor.text()) expect(row, name).not.toMatch(SHOWS_HOSTILE);
			}
		}
	});

	it.each(NAMED)("from any pane and from ink's frame, as a terminal sees it: %s", async (_, text) => {
		for (const colours of [false, true]) {
			const compositor = createCompositor({ colours, ascii: false });
			compositor.resize(80, 24);
			compositor.base(`${text}\nsecond ${text}`);
			compositor.region("pane", { x: 10, y: 3, width: 40, height: 4 }, 1).paint([[span(text)], [span("a"), span(text, "alarm"), span("b")]]);
			const bytes = compositor.diff();
			expect(beyondOurs(bytes)).not.toMatch(SHOWS_HOSTILE);
			const seen = await emulated(bytes);
			expect(seen).toEqual({ rows: compositor.text().map(withoutBlanks), answers: [], titles: [], bells: 0, hidden: 0 });
		}
	});
});

/** Terminals disagree on how wide an emoji is; the screen is the same but for a blank beside it. */
function withoutBlanks(row: string): string {
	return row.replaceAll(" ", "");
}

/** What a terminal of 80x24 makes of the bytes: its screen, and everything that a hostile text would want from it. */
async function emulated(bytes: string): Promise<{ rows: string[]; answers: string[]; titles: string[]; bells: number; hidden: number }> {
	const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
	const seen = { answers: [] as string[], titles: [] as string[], bells: 0, hidden: 0 };
	terminal.onData((data) => seen.answers.push(data));
	terminal.onTitleChange((title) => seen.titles.push(title));
	terminal.onBell(() => {
		seen.bells += 1;
	});
	await new Promise<void>((done) => terminal.write(bytes, done));
	const rows = Array.from({ length: 24 }, (_, row) => {
		const cells = terminal.buffer.active.getLine(row);
		for (let column = 0; column < 80; column++) seen.hidden += (cells?.getCell(column)?.isInvisible() ?? 0) === 0 ? 0 : 1;
		return withoutBlanks(cells?.translateToString(true) ?? "");
	});
	terminal.dispose();
	return { rows, ...seen };
}

describe("a pager over hostile lines", () => {
	it.each(NAMED)("%s", (_, text) => {
		const clean = cleanText(text);
		const view = { top: 0, query: clean.slice(0, 60), typing: true };
		for (const typing of [true, false]) {
			const rows = paintPager([[span(clean)], [span("a"), span(clean, "strong")]], { ...view, typing }, { width: 30, height: 5 });
			for (const row of rows) expect(textOf(row)).not.toMatch(SHOWS_HOSTILE);
			if (typing) expect(lineWidth(rows.at(-1) ?? [])).toBeLessThanOrEqual(30);
		}
	});
});
