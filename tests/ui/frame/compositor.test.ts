import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellWidth, type Line, line, span, type Tone } from "../../../src/print/line.ts";
import { type Compositor, createCompositor } from "../../../src/ui/frame/compositor.ts";
import { createScreen, type Screen } from "../../helpers/xterm.ts";

const ESC = "\u001b";
const COLOURED = { colours: true, ascii: false };

/** What a compositor of this size writes first, taken as written. */
function made(columns: number, rows: number, options = COLOURED): Compositor {
	const compositor = createCompositor(options);
	compositor.resize(columns, rows);
	return compositor;
}

/** The diff without synchronized output around it. */
function bare(diff: string): string {
	return diff.replace(`${ESC}[?2026h`, "").replace(`${ESC}[?2026l`, "").replaceAll(ESC, "^");
}

const rect = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe("layers", () => {
	it("shows ink's frame below, and regions above it by layer, whatever the order in which they came", () => {
		const compositor = made(10, 3);
		compositor.base("aaaaaaaaaaaa\nbbbbbbbbbb\ncccccccccc\ndddd");
		const dialog = compositor.region("dialog", rect(2, 0, 4, 2), 2);
		const pane = compositor.region("pane", rect(1, 1, 3, 2), 1);
		dialog.paint([line("DDDDDDDD"), line("D")]);
		pane.paint([line("ppp"), line("p")]);
		expect(compositor.text()).toEqual(["aaDDDDaaaa", "bpD   bbbb", "cp  cccccc"]);
		dialog.remove();
		expect(compositor.text()).toEqual(["aaaaaaaaaa", "bpppbbbbbb", "cp  cccccc"]);
		pane.move(rect(8, 2, 5, 1));
		expect(compositor.text()).toEqual(["aaaaaaaaaa", "bbbbbbbbbb", "ccccccccpp"]);
	});

	it("gives an id that is taken to the newer region, and lets the older one do nothing any more", () => {
		const compositor = made(4, 2);
		const old = compositor.region("pane", rect(0, 0, 4, 1), 1);
		old.paint([line("old")]);
		const young = compositor.region("pane", rect(0, 1, 4, 1), 1);
		young.paint([line("new")]);
		old.paint([line("OLD")]);
		old.remove();
		expect(compositor.text()).toEqual(["    ", "new "]);
	});

	it.each([
		["beyond every edge", rect(-1, -1, 20, 20), ["bbbb", "cccc"]],
		["outside", rect(50, 50, 3, 3), ["    ", "    "]],
		["without a size", rect(0, 0, Number.NaN, 2), ["    ", "    "]],
		["of a part of a cell", rect(0.6, 0.2, 2.9, 1), ["aa  ", "    "]],
	])("cuts a region %s", (_name, place, expected) => {
		const compositor = made(4, 2);
		compositor.region("pane", place, 1).paint([line("aaaaaaaa"), line("bbbbbbbb"), line("cccccccc"), line("dddddddd")]);
		expect(compositor.text()).toEqual(expected);
	});

	it("keeps ink's frame and the regions through a resize", () => {
		const compositor = made(6, 2);
		compositor.base("abcdef\nghijkl");
		compositor.region("pane", rect(4, 0, 2, 1), 1).paint([line("XY")]);
		compositor.resize(3, 1);
		expect(compositor.text()).toEqual(["abc"]);
		compositor.resize(8, 2);
		expect(compositor.text()).toEqual(["abcdXY  ", "ghijkl  "]);
	});
});

describe("wide and hostile text", () => {
	it.each([
		["a wide character takes two cells", "世界x", ["世界x  "]],
		["half of a wide character at the edge is a blank", "abcdef世", ["abcdef "]],
		["marks are composed", "e\u0301x", ["éx     "]],
		["a mark without a letter of its own is left out", "q\u0301x", ["qx     "]],
		["a flag becomes replacements of its width", "🇩🇪x", ["��x    "]],
		["control characters are left out", "a\u0007b\u001bc\u009bd\re\tf", ["abcdef "]],
		["bidi and zero-width marks are left out", "a\u202eb\u200bc", ["abc    "]],
		["a line feed does not start a row", "a\nb", ["ab     "]],
	])("%s", (_name, text, expected) => {
		const compositor = made(7, 1);
		compositor.region("pane", rect(0, 0, 7, 1), 1).paint([line(text)]);
		expect(compositor.text()).toEqual(expected);
	});

	it("blanks the half of a wide character that a region above leaves", () => {
		const compositor = made(6, 2);
		compositor.base("世世世\n世世世");
		compositor.region("pane", rect(1, 0, 2, 2), 1).paint([line("xy"), line("世")]);
		expect(compositor.text()).toEqual([" xy 世", " 世 世"]);
	});

	it("shows a wide character in two cells, and what follows in its place, on a terminal that thinks it is narrow", async () => {
		const screen = createScreen(8, 1);
		const compositor = made(8, 1);
		const pane = compositor.region("pane", rect(0, 0, 8, 1), 1);
		// xterm's first width table has no emoji: it takes one cell there.
		for (const text of ["abcdefgh", "a👍defgh", "xy👍zzzz", "a👍defgh"]) {
			pane.paint([line(text)]);
			await screen.write(compositor.diff());
		}
		expect(screen.rows()).toEqual(["a👍 defgh"]);
	});

	it("leaves out every sequence of ink's frame but colours", () => {
		const compositor = made(12, 2);
		compositor.base(`a${ESC}[2Jb${ESC}]0;title\u0007c${ESC}[1;1Hd${ESC}]52;c;eA==${ESC}\\e${ESC}cf\n${ESC}[31mred${ESC}[39m`);
		expect(compositor.text()).toEqual(["abcdef      ", "red         "]);
		expect(bare(compositor.diff())).toBe("^[?25l^[m^[1Habcdef^[K^[2H^[31mred^[m^[K");
	});
});

describe("a diff", () => {
	/** Paints one text after another into a row of 20 cells; the bytes of the last. */
	function lastOf(...lines: readonly Line[]): string {
		const compositor = made(20, 2);
		const pane = compositor.region("pane", rect(0, 1, 20, 1), 1);
		let diff = "";
		for (const row of lines) {
			pane.paint([row]);
			diff = compositor.diff();
		}
		return bare(diff);
	}

	it.each<[string, readonly Line[], string]>([
		["is empty when nothing has changed", [line("same"), line("same")], ""],
		["writes the changed run only", [line("balance 100.00"), line("balance 120.00")], "^[2;10H2"],
		["jumps over a long gap", [line("a 12345 b"), line("c 12345 d")], "^[2Hc^[7Cd"],
		["writes a short gap again", [line("a..b"), line("c..d")], "^[2Hc..d"],
		["erases a long blank end", [line("a long text"), line("a")], "^[2;3H^[K"],
		["writes a short blank end", [line("a".repeat(20)), line("a".repeat(18))], "^[2;19H  "],
		["sets a style once for a run", [line("x"), line("x ", span("ok", "good"), " ", span("bad", "bad"))], "^[2;3H^[32mok^[C^[1;31mbad^[m"],
		["changes only the style that differs", [line(""), line(span("a", "bad"), span("b", "key"))], "^[2H^[1;31ma^[36mb^[m"],
		["writes a cell whose style alone has changed", [line("a"), line(span("a", "selected"))], "^[2H^[7ma^[m"],
	])("%s", (_name, lines, expected) => {
		expect(lastOf(...lines)).toBe(expected);
	});

	it("writes the whole screen first, inside synchronized output, and after a resize or when asked", () => {
		const compositor = made(5, 2);
		compositor.base("hello\nworld");
		const whole = `${ESC}[?2026h${ESC}[?25l${ESC}[m${ESC}[1Hhello${ESC}[2Hworld${ESC}[?2026l`;
		expect(compositor.diff()).toBe(whole);
		expect(compositor.diff()).toBe("");
		compositor.forget();
		expect(compositor.diff()).toBe(whole);
		compositor.resize(5, 3);
		expect(bare(compositor.diff())).toBe("^[?25l^[m^[1Hhello^[2Hworld^[3H^[K");
	});

	it("tells its listeners of every change, until they leave", () => {
		const compositor = made(5, 2);
		let heard = 0;
		const leave = compositor.onChange(() => heard++);
		compositor.base("a");
		compositor.base("a");
		const region = compositor.region("pane", rect(0, 0, 1, 1), 1);
		region.paint([line("b")]);
		expect(heard).toBe(3);
		leave();
		region.remove();
		expect(heard).toBe(3);
	});

	it("says nothing of a painting that changes no row, and keeps the rows that a painting leaves as they are", () => {
		const compositor = made(5, 4);
		const region = compositor.region("pane", rect(0, 0, 5, 4), 1);
		const tones = (tone: Tone): readonly Line[] => [line("one"), line(span("two", tone)), line("three")];
		region.paint(tones("plain"));
		compositor.diff();
		let heard = 0;
		compositor.onChange(() => heard++);
		region.paint(tones("plain"));
		expect([heard, compositor.diff()]).toEqual([0, ""]);
		region.paint(tones("good"));
		expect([heard, bare(compositor.diff())]).toEqual([1, "^[2H^[32mtwo^[m"]);
		// The first and the third row go, the second stays.
		region.paint([line("1"), line(span("two", "good"))]);
		expect([heard, compositor.text()]).toEqual([3, ["1    ", "two  ", "     ", "     "]]);
	});

	it("needs no more bytes for a dashboard of 120x40 than the hand-written limit of the design", () => {
		const compositor = made(120, 40);
		const log = compositor.region("log", rect(60, 8, 60, 30), 1);
		const figures = compositor.region("figures", rect(0, 8, 60, 30), 1);
		const paint = (tick: number): void => {
			const entry = (at: number): Line =>
				line(`12:00:${String(at % 60).padStart(2, "0")}  `, span("BUY ", "good"), ` 0.10 EURUSD 1.1${String(at * 37).slice(-4)}`);
			log.paint(Array.from({ length: 30 }, (_, row) => entry(Math.floor(tick / 10) + row)));
			figures.paint(Array.from({ length: 30 }, (_, row) => line(`figure ${row}`.padEnd(20), String(1000 + ((tick * (row + 3)) % 977)))));
		};
		paint(0);
		compositor.diff();
		let bytes = 0;
		for (let tick = 1; tick <= 100; tick++) {
			paint(tick);
			bytes += Buffer.byteLength(compositor.diff());
		}
		expect(bytes / 100).toBeLessThan(1146);
	});
});

describe("fallbacks", () => {
	it("shows one ASCII character for every glyph, and ? for the rest", () => {
		const compositor = made(40, 2, { colours: true, ascii: true });
		compositor.base("⚠▲▼●■❯✓✗⏸█▏░─│╭╮╰╯↑↓·…┼┤ é世 €\n\u{fffd}");
		expect(bare(compositor.diff())).toBe("^[?25l^[m^[1H!^v*#>+x=#|.-|++++^v.~+| ??? ?^[K^[2H?^[K");
	});

	it("keeps emphasis without colours: grounds become inverse", () => {
		const compositor = made(40, 1, { colours: false, ascii: false });
		const tones: readonly Tone[] = ["live", "alarm", "selected", "good", "strong", "faint"];
		compositor.region("pane", rect(0, 0, 40, 1), 1).paint([tones.map((tone) => span(tone, tone))]);
		expect(bare(compositor.diff())).toBe("^[?25l^[m^[1H^[1;7mlivealarm^[0;7mselected^[mgood^[1mstrong^[mfaint^[K");
	});
});

/** Text as hostile as it comes, and plain text often enough that something stays in place. */
const someText = fc.oneof(
	{ weight: 5, arbitrary: fc.string({ unit: fc.constantFrom("a", "b", " ", "·", "│"), maxLength: 20 }) },
	{ weight: 2, arbitrary: fc.string({ unit: fc.constantFrom("世", "界", "a", " ", "é", "ﾊ", "ж"), maxLength: 20 }) },
	{ weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 10 }) },
	{ weight: 1, arbitrary: fc.constantFrom(`${ESC}[2J`, `${ESC}]52;c;AAAA\u0007`, "\u009b31m", "\r\n\n", "e\u0301\u0301", "👨‍👩‍👧", "🇩🇪", "שלום", "\u202e123") },
);
const someLine = fc.array(fc.record({ text: someText, tone: fc.constantFrom<Tone>("plain", "good", "alarm", "selected", "live", "faint", "bad") }), {
	maxLength: 3,
});
const somePaint = fc.record({ id: fc.constantFrom("a", "b", "c"), lines: fc.array(someLine, { maxLength: 6 }) });
const someStep = fc.oneof(
	{ weight: 6, arbitrary: somePaint.map((paint) => ({ kind: "paint" as const, ...paint })) },
	{ weight: 2, arbitrary: fc.array(someText, { maxLength: 8 }).map((rows) => ({ kind: "base" as const, frame: rows.join("\n") })) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("resize" as const), columns: fc.integer({ min: 2, max: 24 }), rows: fc.integer({ min: 1, max: 8 }) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("move" as const), x: fc.integer({ min: -3, max: 20 }), y: fc.integer({ min: -2, max: 8 }) }) },
);

/** Only printable text, cursor moves, erasing to the end of the row, styles, and the two modes. */
const ALLOWED = new RegExp(`^(?:[^\\p{Cc}\\p{Cf}]|${ESC}\\[[\\d;]*[HCKm]|${ESC}\\[\\?(?:2026[hl]|25l))*$`, "u");

const ASCII = new RegExp(`^[${ESC}\\x20-\\x7e]*$`);

describe("whatever is painted", () => {
	it("the terminal shows exactly the composed text and never gets a forbidden byte", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(someStep, { maxLength: 12 }), fc.boolean(), async (steps, ascii) => {
				const compositor = made(16, 6, { colours: true, ascii });
				const screen = createScreen(16, 6);
				await screen.write(`${ESC}[?1049h`);
				const regions = {
					a: compositor.region("a", rect(0, 0, 8, 4), 1),
					b: compositor.region("b", rect(5, 2, 11, 4), 1),
					c: compositor.region("c", rect(3, 1, 6, 3), 2),
				};
				for (const step of steps) {
					if (step.kind === "paint") regions[step.id as "a"].paint(step.lines);
					else if (step.kind === "base") compositor.base(step.frame);
					else if (step.kind === "move") regions.c.move(rect(step.x, step.y, 6, 3));
					else {
						compositor.resize(step.columns, step.rows);
						screen.terminal.resize(step.columns, step.rows);
					}
					const diff = compositor.diff();
					expect(diff).toMatch(ALLOWED);
					if (ascii) expect(diff).toMatch(ASCII);
					await screen.write(diff);
					expect(screen.terminal.buffer.active.baseY).toBe(0);
					if (!ascii) expectShown(compositor, screen);
				}
			}),
			{ numRuns: 500 },
		);
	});
});

/** Compares cell by cell. Where terminals disagree about a character, only its neighbours are compared. */
function expectShown(compositor: Compositor, screen: Screen): void {
	const wanted = compositor.text();
	for (let row = 0; row < wanted.length; row++) {
		let column = 0;
		for (const character of wanted[row] ?? "") {
			const width = cellWidth(character) === 2 ? 2 : 1;
			const atEdge = column + width >= screen.terminal.cols;
			if (/[\x20-\x7e·│éж]/u.test(character) || (/[世界]/u.test(character) && !atEdge)) {
				expect(screen.cell(column, row) || " ", `column ${column} of row ${row} of ${JSON.stringify(wanted)}`).toBe(character);
			}
			column += width;
		}
		expect(column).toBe(screen.terminal.cols);
	}
	expect(wanted.length).toBe(screen.terminal.rows);
}
