import type { Projection } from "../../engine/project.ts";
import { fitText, type Line, line, span } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import type { Size } from "../pane.ts";
import type { SessionAbout } from "../session-view.ts";
import { countText, signedText, UNKNOWN } from "./figures.ts";
import type { Panel } from "./shown.ts";

export type TwinSlice = Pick<Projection, "paperTwin"> & { readonly about: SessionAbout };

/** What the simulator made of the same orders on the same quotes: the gap, and where it comes from. Positive = paper was kinder. */
export const twinPanel: Panel<TwinSlice> = {
	select: ({ now, about }) => ({ paperTwin: now.paperTwin, about }),
	title: () => "Paper beside the broker",
	right: ({ about }) => [span(about.currency, "faint")],
	paint: paintTwin,
};

const PARTS = ["price", "latency", "spread", "slippage", "rejection", "swap"] as const;

function paintTwin({ paperTwin, about }: TwinSlice, size: Size): readonly Line[] {
	if (paperTwin === null) return [[span("Nothing is compared.", "faint")]];
	const { gap, meanGapR, compared, pending, parts, text, verdict } = paperTwin;
	const money = (amount: number): string => signedText(amount, about.currencyDigits);
	const mean = meanGapR === null || !Number.isFinite(meanGapR) ? UNKNOWN : meanGapR.toFixed(3);
	const third = Math.max(1, Math.floor((size.width - 4) / 3));
	const part = (name: (typeof PARTS)[number]): string => fitText(`${name} ${money(parts[name])}`, third);
	const tone = verdict === "true" ? "good" : verdict === "too-few" ? "faint" : "warn";
	return [
		line(span(`gap ${money(gap)}`, "strong"), `  ${mean} R a trade  `, span(`${countText(compared)} compared, ${countText(pending)} open`, "faint")),
		line(PARTS.slice(0, 3).map(part).join("  ")),
		line(PARTS.slice(3).map(part).join("  ")),
		...wrapped(text, size.width, tone),
	].slice(0, size.height);
}
