import { type Line, span, type Tone } from "../../print/line.ts";

/** A level that a bar marks with `│`. */
export type Tick = { readonly level: number; readonly tone: Tone };

/**
 * A bar of `width` cells for a share of 0..1. A share below a tick's level never fills the cell of that tick; one that is no number
 * fills nothing.
 */
export function bar(share: number, width: number, tone: Tone, ticks: readonly Tick[] = []): Line {
	const cells = Math.max(0, Math.floor(width));
	const filled = Number.isFinite(share) ? Math.floor(Math.min(1, Math.max(0, share)) * cells) : 0;
	const line: { text: string; tone: Tone }[] = [];
	for (let cell = 0; cell < cells; cell++) {
		const tick = ticks.find(({ level }) => Number.isFinite(level) && Math.min(cells - 1, Math.floor(level * cells)) === cell);
		const part = tick === undefined ? (cell < filled ? span("█", tone) : span("░", "faint")) : span("│", tick.tone);
		const last = line.at(-1);
		if (last?.tone === part.tone) last.text += part.text;
		else line.push({ ...part });
	}
	return line;
}
