import type { Token } from "marked";
import { cellWidth, clipText, type Line, type Span, span, type Tone } from "./line.ts";

/** A forced line break inside a paragraph; no text may contain it otherwise, because control characters are removed at the door. */
const BREAK = "\n";
/** Everything a terminal might obey or hide: controls, format and bidi marks, fillers, lone surrogates, private use. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Entities that the parser leaves as they are; it resolves the numbered ones itself. */
const ENTITIES: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&nbsp;": " " };

/** The spans of inline tokens: bold, code, links with their address. A forced break is a span with the text `\n`, for `wrapSpans`. */
export function inlineSpans(tokens: readonly Token[], tone: Tone = "plain"): readonly Span[] {
	return tokens.flatMap((token) => spansOf(token, tone));
}

/** What is cut from one token; tokens of unknown kinds show the text they were made of. */
function spansOf(token: Token, tone: Tone): readonly Span[] {
	switch (token.type) {
		case "strong":
		case "em":
			return inlineSpans(token.tokens ?? [], "strong");
		case "codespan":
			return [span(shown(String(token.text)), "accent")];
		case "br":
			return [span(BREAK)];
		case "link":
			return linkSpans(shown(String(token.href)), inlineSpans(token.tokens ?? [], tone));
		case "image":
			return [span(`[image: ${plainText(String(token.text))}]`, "faint")];
		case "checkbox":
			return []; // The list's mark shows it.
		default:
	}
	const inner = "tokens" in token ? token.tokens : undefined;
	if (inner !== undefined && inner.length > 0) return inlineSpans(inner, tone);
	const text: unknown = token.type === "escape" || token.type === "text" ? token.text : token.raw;
	return [span(plainText(String(text ?? "")), tone)];
}

/** A link's text and, where it says more than the text and leads out of this page, its address. */
function linkSpans(href: string, text: readonly Span[]): readonly Span[] {
	const words = text.map((part) => part.text).join("");
	return href.startsWith("#") || href === words || href === `mailto:${words}` ? text : [...text, span(` (${href})`, "faint")];
}

function plainText(text: string): string {
	return shown(text.replace(/&(?:lt|gt|amp|quot|nbsp);/g, (entity) => ENTITIES[entity] ?? entity));
}

/** A line feed in the source is a blank. The parser has resolved numbered entities: `&#27;` must not become an escape. */
function shown(text: string): string {
	return text.replaceAll("\n", " ").replace(UNSAFE, "");
}

/** Spans broken at blanks into lines of at most `width` columns; a word that is too long is cut into pieces. At least one line. */
export function wrapSpans(spans: readonly Span[], width: number): readonly Line[] {
	const lines: Line[] = [];
	let current: Span[] = [];
	let used = 0;
	function flush(): void {
		lines.push(current);
		current = [];
		used = 0;
	}
	for (const word of wordsOf(spans)) {
		if (word === BREAK) {
			flush();
			continue;
		}
		for (const piece of piecesOf(word, width)) {
			const wide = widthOf(piece);
			if (used > 0 && used + 1 + wide > width) flush();
			if (used > 0) {
				current.push(span(" ", gapTone(current, piece)));
				used += 1;
			}
			current.push(...piece);
			used += wide;
		}
	}
	if (current.length > 0 || lines.length === 0) flush();
	return lines.map(joined);
}

/** A word: pieces of different tones without a blank between them. */
type Word = readonly Span[];

function wordsOf(spans: readonly Span[]): readonly (Word | typeof BREAK)[] {
	const words: (Word | typeof BREAK)[] = [];
	let word: Span[] = [];
	function end(): void {
		if (word.length > 0) words.push(word);
		word = [];
	}
	for (const { text, tone } of spans) {
		if (text === BREAK) {
			end();
			words.push(BREAK);
			continue;
		}
		for (const part of text.split(/(\s+)/)) {
			if (part === "") continue;
			if (part.trim() === "") end();
			else word.push(span(part, tone));
		}
	}
	end();
	return words;
}

/** The word itself when it fits, else pieces that do. */
function piecesOf(word: Word, width: number): readonly Word[] {
	if (widthOf(word) <= width) return [word];
	const pieces: Word[] = [];
	let piece: Span[] = [];
	let used = 0;
	for (const { text, tone } of word) {
		for (const { segment } of CHARACTERS.segment(text)) {
			// A character wider than the whole line cannot be shown there.
			const fitting = clipText(segment, width);
			const wide = cellWidth(fitting);
			if (used + wide > width) {
				pieces.push(piece);
				piece = [];
				used = 0;
			}
			piece.push(span(fitting, tone));
			used += wide;
		}
	}
	return [...pieces, piece];
}

const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

function widthOf(word: Word): number {
	return word.reduce((sum, part) => sum + cellWidth(part.text), 0);
}

/** A blank between two parts of one tone belongs to them, so that a code of two words is one run of colour. */
function gapTone(before: readonly Span[], after: Word): Tone {
	const tone = before.at(-1)?.tone;
	return tone !== undefined && tone === after[0]?.tone ? tone : "plain";
}

/** Neighbours of one tone as one span. */
function joined(row: Line): Line {
	const spans: Span[] = [];
	for (const part of row) {
		const last = spans.at(-1);
		if (last !== undefined && last.tone === part.tone) spans[spans.length - 1] = span(last.text + part.text, part.tone);
		else spans.push(part);
	}
	return spans;
}
