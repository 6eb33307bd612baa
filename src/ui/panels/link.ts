import type { Projection } from "../../engine/project.ts";
import { clipLine, type Line, lineWidth, span, type Tone } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import type { Size } from "../pane.ts";
import type { SessionAbout } from "../session-view.ts";
import { ageText, clockText, countText, signedText } from "./figures.ts";
import type { Panel } from "./shown.ts";

export type LinkSlice = Pick<Projection, "link" | "at" | "quoteAt" | "quoteState" | "paperTwin"> & { readonly about: SessionAbout };

/** The way to the broker: its state and since when, what is unknown, the age of the quote, and whose account it is. One row while all is well, two otherwise. */
export const linkPanel: Panel<LinkSlice> = {
	select: ({ now, about }) => ({ link: now.link, at: now.at, quoteAt: now.quoteAt, quoteState: now.quoteState, paperTwin: now.paperTwin, about }),
	title: () => "",
	right: () => [],
	paint: paintLink,
};

/** Rows of the link's panel: none where the broker is simulated. */
export function linkRows(now: Pick<Projection, "link"> | null): number {
	const link = now?.link ?? null;
	if (link === null) return 0;
	return link.state === "up" && link.unknown === 0 ? 1 : 2;
}

const STATES = {
	up: { mark: "✓", word: "LINK up", tone: "good" },
	reconciling: { mark: "⚠", word: "LINK RECONCILING", tone: "warn" },
	down: { mark: "✗", word: "LINK DOWN", tone: "bad" },
} as const satisfies Record<NonNullable<Projection["link"]>["state"], { mark: string; word: string; tone: Tone }>;

function paintLink(slice: LinkSlice, size: Size): readonly Line[] {
	const { link, about } = slice;
	if (link === null) return [];
	const { mark, word, tone } = STATES[link.state];
	const left: Line = [
		span(`${mark} ${word}`, tone),
		span(link.since > 0 ? ` since ${clockText(link.since)}` : "", "faint"),
		...(link.unknown === 0 ? [] : [span(`  ${countText(link.unknown)} UNKNOWN`, "bad")]),
		...quoteSpans(slice),
	];
	const right = rightSpans(slice, size.width - lineWidth(left) - 2);
	const blanks = Math.max(1, size.width - lineWidth(left) - lineWidth(right));
	const first = clipLine([...left, span(" ".repeat(blanks)), ...right], size.width);
	if (size.height < 2) return [first];
	return [first, ...wrapped(whyText(link, about), size.width, tone === "good" ? "bad" : tone).slice(0, size.height - 1)];
}

/** How old the last quote is; the stillness of a market that is closed is not the link's. */
function quoteSpans({ at, quoteAt, quoteState }: LinkSlice): Line {
	if (quoteState === "none") return [span("  no quote yet", "warn")];
	return [span(`  quote ${ageText(at - quoteAt)} old`, quoteState === "ok" ? "faint" : "warn")];
}

/** The account, and what paper made of the same orders, as far as there is room. */
function rightSpans({ about, paperTwin }: LinkSlice, room: number): Line {
	const account: Line =
		about.broker === null ? [] : [span(`${about.broker.server} ••${about.broker.loginTail} `, "faint"), span(about.broker.tradeMode.toUpperCase(), "strong")];
	const twin: Line = paperTwin === null ? [] : [span(`paper ${signedText(paperTwin.gap, about.currencyDigits)} ${about.currency}  `, "accent")];
	if (lineWidth(twin) + lineWidth(account) <= room) return [...twin, ...account];
	return lineWidth(account) <= room ? account : [];
}

function whyText({ state, detail, unknown }: NonNullable<Projection["link"]>, { replay }: SessionAbout): string {
	const what = detail === "" ? "" : `${detail}. `;
	if (unknown > 0 && state === "up") return `${what}${countText(unknown)} without a known outcome: never sent again; look into the terminal.`;
	const held = replay ? "" : "No entries meanwhile. ";
	const lease =
		state === "down"
			? "After 5 s without us the bridge cancels waiting orders (lease); stops stay at the broker."
			: "Account, orders and deals are being compared.";
	return `${what}${held}${lease}`;
}
