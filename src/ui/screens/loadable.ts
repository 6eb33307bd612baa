import { type Line, span, type Tone } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import type { Size } from "../pane.ts";
import type { Loadable } from "../state.ts";

/** What is said while something is not there: nothing asked for, on its way, failed and what to do about it. */
export type LoadableText = { readonly title: string; readonly none: string; readonly loading: string; readonly failed: string };

/** The screen of something that is not there (yet). */
export function loadableLines(loadable: Loadable<unknown>, texts: LoadableText, size: Size): readonly Line[] {
	const width = Math.max(10, Math.min(76, size.width - 2));
	const block = (text: string, tone: Tone): Line[] => wrapped(text, width, tone).map((row) => [span(" "), ...row]);
	const title: Line[] = [[], [span(` ${texts.title}`, "accent")], []];
	switch (loadable.state) {
		case "none":
			return [...title, ...block(texts.none, "plain")];
		case "loading":
			return [...title, ...block(texts.loading, "faint")];
		case "failed":
			return [...title, ...block(`✗ ${loadable.reason}`, "bad"), [], ...block(texts.failed, "plain")];
		case "ready":
			return [];
	}
}
