import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, lineWidth, textOf } from "../../src/print/line.ts";
import { layMarkdown } from "../../src/print/markdown.ts";
import { HOSTILE, SHOWS_HOSTILE } from "../helpers/hostile.ts";

const texts = (source: string, width: number): string[] => layMarkdown(source, width).lines.map(textOf);
const tones = (row: Line): string[] => row.map((part) => `${part.tone}:${part.text}`);

describe("Markdown on a terminal", () => {
	it.each<[string, string, number, string[]]>([
		["nothing", "", 20, []],
		["a paragraph is wrapped at blanks", "one two three four", 9, ["one two", "three", "four"]],
		["line feeds in a paragraph are blanks", "one\ntwo", 20, ["one two"]],
		["a forced break is one", "one  \ntwo", 20, ["one", "two"]],
		["blocks stand a line apart", "one\n\ntwo", 20, ["one", "", "two"]],
		["a long word is cut", "abcdefghij", 4, ["abcd", "efgh", "ij"]],
		["a title is underlined", "# Title", 10, ["Title", "──────────"]],
		["a section has a rule behind it", "## Part", 10, ["Part ─────"]],
		["a deeper heading stands alone", "### Detail", 12, ["Detail"]],
		["a list", "- one\n- two three four", 10, ["· one", "· two", "  three", "  four"]],
		["a numbered list from its number", "9. one\n10. two", 12, ["9.  one", "10. two"]],
		["a nested list", "- one\n  - two\n    - three", 20, ["· one", "  · two", "    · three"]],
		["a loose list", "- one\n\n- two", 20, ["· one", "", "· two"]],
		["a task list", "- [x] done\n- [ ] open", 20, ["✓ done", "· open"]],
		["an empty item", "-\n- two", 20, ["·", "· two"]],
		["a quote", "> one two\n> three", 9, ["│ one two", "│ three"]],
		["code keeps its blanks", "```\na   b\n\n  c\n```", 20, ["a   b", "", "  c"]],
		["code is set in where there is room", "```\na\n```", 30, ["  a"]],
		["long code goes on in the next row", "```\nabcdefgh\n```", 4, ["abcd", "efgh"]],
		["a rule", "one\n\n---\n\ntwo", 5, ["one", "", "─────", "", "two"]],
		["a link shows its address", "[text](https://example.org)", 60, ["text (https://example.org)"]],
		["a link within the page does not", "[text](#part)", 40, ["text"]],
		["an address is shown once", "<https://example.org>", 40, ["https://example.org"]],
		["entities", "1 &lt; 2 &amp; 3 &gt; 2", 40, ["1 < 2 & 3 > 2"]],
		["entities are resolved once", "&amp;lt;", 40, ["&lt;"]],
		["entities of control characters are left out", "a &#27;[2J &#x1b;c b&#173;d&#x200d;e", 40, ["a [2J c bde"]],
		["HTML is text", "a <b>c</b>\n\n<div>\nx\n</div>", 40, ["a <b>c</b>", "", "<div>", "x", "</div>"]],
		["escapes", "\\*not bold\\*", 40, ["*not bold*"]],
		["an image is its words", "![a chart](x.png)", 40, ["[image: a chart]"]],
		["a wide character that fits nowhere", "東京", 1, ["…", "…"]],
		["wide characters count two", "東京東京", 4, ["東京", "東京"]],
	])("%s", (_, source, width, expected) => {
		expect(texts(source, width).map((row) => row.trimEnd())).toEqual(expected);
	});

	it.each<[string, string, string[]]>([
		["bold and emphasis", "a **b c** *d*", ["plain:a ", "strong:b c d"]],
		["code", "run `kinetra run` now", ["plain:run ", "accent:kinetra run", "plain: now"]],
		["punctuation stays at its word", "**b**, c", ["strong:b", "plain:, c"]],
		["bold code", "**`a`**", ["accent:a"]],
		["a link's address", "[a](b)", ["plain:a ", "faint:(b)"]],
	])("tones: %s", (_, source, expected) => {
		expect(layMarkdown(source, 40).lines.map(tones)).toEqual([expected]);
	});

	it("fits a table to its content where there is room", () => {
		expect(texts("| key | lots |\n|---|---:|\n| `F` | 0.1 |\n| abc | 12 |", 40)).toEqual(["key  lots", "─────────", "F     0.1", "abc    12"]);
	});

	it("wraps the widest cells where there is not, and sets the rows apart", () => {
		expect(texts("| key | meaning |\n|---|---|\n| one | a b c d e f g h |\n| two | short |", 14)).toEqual([
			"key  meaning",
			"──────────────",
			"one  a b c d e",
			"     f g h",
			"",
			"two  short",
		]);
	});

	it("lists the rows of a table that has more columns than fit", () => {
		expect(texts("| aaaaaa | bbbbbb | cccccc |\n|---|---|---|\n| 111111 | 222222 | 3 |\n| 4 | 5 | 6 |", 15)).toEqual([
			"aaaaaa: 111111",
			"bbbbbb: 222222",
			"cccccc: 3",
			"",
			"aaaaaa: 4",
			"bbbbbb: 5",
			"cccccc: 6",
		]);
	});

	it("says where the headings are", () => {
		const { lines, headings } = layMarkdown("# A\n\ntext\n\n## 1. B `c`\n\ntext\n\n### D", 30);
		expect(headings.map(({ depth, text, row }) => [depth, text, textOf(lines[row] ?? []).slice(0, 6)])).toEqual([
			[1, "A", "A"],
			[2, "1. B c", "1. B c"],
			[3, "D", "D"],
		]);
	});

	it("lays out text that the parser gives up on", () => {
		expect(texts(`${">".repeat(20_000)} deep`, 10).join("")).toContain("deep");
	});
});

describe("whatever the text is", () => {
	const markdown = fc.array(
		fc.oneof(
			fc.string({ unit: "grapheme" }),
			fc.string({ unit: "binary" }),
			fc.constantFrom(
				"\n",
				"\n\n",
				"# ",
				"## ",
				"- ",
				"1. ",
				"> ",
				"```\n",
				"|",
				"|---|",
				"**",
				"`",
				"[",
				"](",
				")",
				"<",
				"&#27;",
				"\t",
				"    ",
				"東京",
				"\u001b[2J",
				"\u202e",
			),
			fc.constantFrom(...HOSTILE.map(({ text }) => text)),
		),
		{ maxLength: 40 },
	);

	it("no line is wider than asked, and nothing comes out that a terminal would obey or hide", () => {
		fc.assert(
			fc.property(markdown, fc.integer({ min: 1, max: 120 }), (parts, width) => {
				for (const row of layMarkdown(parts.join(""), width).lines) {
					expect(lineWidth(row)).toBeLessThanOrEqual(width);
					expect(textOf(row)).not.toMatch(SHOWS_HOSTILE);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it.each(HOSTILE.map(({ name, text }) => [name, text] as const))("%s in every kind of block", (_, text) => {
		for (const source of [
			text,
			`# ${text}`,
			`- ${text}`,
			`> ${text}`,
			`\`${text}\``,
			`\`\`\`\n${text}\n\`\`\``,
			`[a](${text})`,
			`|a|${text}|\n|-|-|\n|${text}|b|`,
		])
			for (const row of layMarkdown(source, 40).lines) expect(textOf(row)).not.toMatch(SHOWS_HOSTILE);
	});

	const documents = new URL("../../docs/", import.meta.url);
	it.each(readdirSync(documents).filter((name) => name.endsWith(".md")))("%s keeps every word of its paragraphs at 80 columns", (name) => {
		const source = readFileSync(new URL(name, documents), "utf8");
		const { lines } = layMarkdown(source, 80);
		expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(80);
		const shown = new Set(lines.flatMap((row) => textOf(row).split(/\s+/)));
		const words = source.split("\n").filter((row) => /^[A-Z][^|`*[\]<\\]+$/.test(row));
		expect(words.flatMap((row) => row.split(/\s+/)).filter((word) => !shown.has(word))).toEqual([]);
	});
});
