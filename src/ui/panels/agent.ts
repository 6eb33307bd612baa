import type { Projection } from "../../engine/project.ts";
import { clipLine, type Line, span } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import { countText } from "./figures.ts";
import type { Panel } from "./shown.ts";

/** `held`: it has a real position open. */
export type AgentSlice = { readonly agent: Projection["agent"]; readonly name: string; readonly held: boolean };

/** One row: what was behind the agent's last decision, or that the market is not what it was trained on and it holds. Rules have none. */
export const agentPanel: Panel<AgentSlice> = {
	select: ({ now, about }) => ({ agent: now.agent, name: about.agent, held: now.positions.some(({ shadow }) => !shadow) }),
	title: () => "",
	right: () => [],
	paint: paintAgent,
};

/** Rows of the agent's line: none for an agent that tells nothing. */
export function agentRows(now: Pick<Projection, "agent"> | null): number {
	return (now?.agent ?? null) === null ? 0 : 1;
}

function paintAgent({ agent, name, held }: AgentSlice, size: Size): readonly Line[] {
	if (agent === null) return [];
	const { outside, outsideCount, lasting, words, disagreements } = agent;
	if (outside !== null) {
		const tone = lasting ? "bad" : "warn";
		// Who holds does not close either: what is open is left to its stop, its target and the session's end.
		const kept = held ? ", position stays" : "";
		return [
			clipLine(
				[span(`⚠ OUTSIDE training: ${outside} -> HOLD${kept}`, tone), span(` (${countText(outsideCount)}x${lasting ? ", lasting" : ""})`, tone)],
				size.width,
			),
		];
	}
	const counts = [
		...(outsideCount > 0 ? [`outside ${countText(outsideCount)}x`] : []),
		...(disagreements > 0 ? [`disagreed ${countText(disagreements)}x`] : []),
	].join(", ");
	const told: Line = counts === "" ? [] : [span(`(${counts}) `, lasting ? "warn" : "faint")];
	return [clipLine([span(`${name}: `, "faint"), ...told, span(words ?? "no decision yet")], size.width)];
}
