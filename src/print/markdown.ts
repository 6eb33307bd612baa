import { lexer, type Token, type Tokens } from "marked";
import { cellWidth, clipLine, type Line, lineWidth, span, textOf } from "./line.ts";
import { inlineSpans, wrapSpans } from "./markdown-inline.ts";
import { tableLines } from "./markdown-table.ts";

/** A heading of a page: its depth from 1, its text, and the index of its line. */
export type PageHeading = { readonly depth: number; readonly text: string; readonly row: number };

/** A text laid out for a width. */
export type Page = { readonly lines: readonly Line[]; readonly headings: readonly PageHeading[] };

/** Everything a terminal might obey or hide, but line feeds: controls, format and bidi marks, fillers, lone surrogates, private use. */
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Blocks nested deeper than this are no text that anybody wrote for reading; they are shown as they are. */
const DEEPEST = 12;

/**
 * Markdown as lines of at most `width` columns (at least 1). Headings, paragraphs, lists, tables, quotes, code and rules are laid out;
 * HTML is shown as the text it is. Never throws: what the parser cannot take is shown as plain lines. Control characters, format marks
 * and invisible ones are left out.
 */
export function layMarkdown(source: string, width: number): Page {
	const room = Math.max(1, Math.floor(width) || 1);
	const clean = source.replace(/\r\n?/g, "\n").replaceAll("\t", "    ").replace(UNSAFE, "");
	try {
		return page(lexer(clean), room);
	} catch {
		return { lines: clean.split("\n").flatMap((row) => wrapSpans([span(row)], room)), headings: [] };
	}
}

/** Top-level blocks with a blank line between them; headings keep their place. */
function page(tokens: readonly Token[], width: number): Page {
	const lines: Line[] = [];
	const headings: PageHeading[] = [];
	for (const token of tokens) {
		const block = blockLines(token, width, 0).map((row) => clipLine(row, width));
		if (block.length === 0) continue;
		if (lines.length > 0) lines.push([]);
		if (token.type === "heading") headings.push({ depth: Number(token.depth), text: headingText(token as Tokens.Heading), row: lines.length });
		lines.push(...block);
	}
	return { lines, headings };
}

function headingText(token: Tokens.Heading): string {
	return inlineSpans(token.tokens)
		.map((part) => part.text)
		.join("");
}

function blockLines(token: Token, width: number, depth: number): readonly Line[] {
	if (depth > DEEPEST) return wrapSpans([span(token.raw.replaceAll("\n", " "))], width);
	switch (token.type) {
		case "space":
		case "def":
		case "checkbox":
			return [];
		case "heading":
			return headingLines(token as Tokens.Heading, width);
		case "code":
			return codeLines(String(token.text), width);
		case "blockquote":
			return blocks(token.tokens ?? [], width - 2, depth + 1, true).map((row) => [span("│ ", "faint"), ...row]);
		case "list":
			return listLines(token as Tokens.List, width, depth);
		case "table":
			return tableLines(token as Tokens.Table, width);
		case "hr":
			return [[span("─".repeat(width), "faint")]];
		case "paragraph":
		case "text":
			return wrapSpans(inlineSpans(token.tokens ?? [token]), width);
		default:
			return token.raw.trimEnd() === ""
				? []
				: token.raw
						.trimEnd()
						.split("\n")
						.flatMap((row) => wrapSpans([span(row)], width));
	}
}

/** Blocks one after the other; `apart` puts a blank line between them. */
function blocks(tokens: readonly Token[], width: number, depth: number, apart: boolean): readonly Line[] {
	const lines: Line[] = [];
	for (const token of tokens) {
		const block = blockLines(token, Math.max(1, width), depth);
		if (block.length === 0) continue;
		if (apart && lines.length > 0) lines.push([]);
		lines.push(...block);
	}
	return lines;
}

/** The title underlined over the width, sections with a rule behind them, the rest bright. */
function headingLines(token: Tokens.Heading, width: number): readonly Line[] {
	if (token.depth > 2) return wrapSpans(inlineSpans(token.tokens, "strong"), width);
	const rows = wrapSpans(inlineSpans(token.tokens, token.depth === 1 ? "strong" : "accent"), width);
	if (token.depth === 1) return [...rows, [span("─".repeat(width), "faint")]];
	const last = rows.at(-1) ?? [];
	const rest = width - lineWidth(last) - 1;
	return rest < 1 ? rows : [...rows.slice(0, -1), [...last, span(` ${"─".repeat(rest)}`, "faint")]];
}

/** Code keeps its blanks; what is too long goes on in the next row, further in. */
function codeLines(text: string, width: number): readonly Line[] {
	const margin = width > 20 ? 2 : 0;
	return text.split("\n").flatMap((row) => {
		const pieces = cut(row, width - margin, width > 40 ? 4 : 0);
		return pieces.map((piece) => [span(" ".repeat(margin) + piece, "accent")]);
	});
}

/** A row in pieces of at most `width` columns; every piece but the first is indented. */
function cut(row: string, width: number, indent: number): readonly string[] {
	const pieces: string[] = [];
	let piece = "";
	let used = 0;
	for (const character of row) {
		const wide = cellWidth(character);
		if (wide > width) continue;
		if (used + wide > width) {
			pieces.push(piece);
			piece = " ".repeat(Math.min(indent, width - wide));
			used = piece.length;
		}
		piece += character;
		used += wide;
	}
	return [...pieces, piece];
}

function listLines(list: Tokens.List, width: number, depth: number): readonly Line[] {
	const start = typeof list.start === "number" && Number.isFinite(list.start) ? list.start : 1;
	const widest = list.ordered ? String(start + list.items.length - 1).length + 2 : 2;
	const hang = Math.min(widest, Math.max(0, width - 1));
	const lines: Line[] = [];
	for (const [index, item] of list.items.entries()) {
		const done = item.task && item.checked === true;
		const mark = done ? "✓" : list.ordered ? `${start + index}.` : "·";
		const content = blocks(item.tokens, width - hang, depth + 1, item.loose);
		if (list.loose && lines.length > 0) lines.push([]);
		for (const [row, itemLine] of (content.length > 0 ? content : [[]]).entries()) {
			const left = row === 0 ? mark.slice(0, hang).padEnd(hang) : " ".repeat(hang);
			lines.push(textOf(itemLine) === "" && row > 0 ? [] : [span(left, row === 0 ? "accent" : "plain"), ...itemLine]);
		}
	}
	return lines;
}
