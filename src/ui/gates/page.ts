import { GATES, type Gate, TARGETS } from "../../engine/stages/gates.ts";
import type { Standing } from "../../engine/stages/standing.ts";
import { GATE_VERDICTS, standingLines, standingTitle } from "../../print/gate-lines.ts";
import { cellWidth, clipLine, clipText, type Line, line, lineWidth, span } from "../../print/line.ts";
import { bullet, cell, lineTable, titled, wrapped } from "../../print/line-block.ts";
import { formatNumber } from "../../print/text.ts";
import { windowStart } from "../widgets/list.ts";

/** Agents and configurations listed at once; the list moves with the selected one. */
const LISTED = 5;

/** The one that is selected, or null when there is none. */
function selectedStanding(standings: readonly Standing[], selected: number): Standing | null {
	return standings[Math.max(0, Math.min(selected, standings.length - 1))] ?? null;
}

/** The way from virtual to live: every agent and configuration with its gates, and all there is to know of the selected one. */
export function gatesLines(standings: readonly Standing[], selected: number, width: number): Line[] {
	const shown = selectedStanding(standings, selected);
	const room = Math.min(120, width);
	return [
		pathLine(),
		[],
		...(shown === null ? nothingLines(room) : [...listLines(standings, selected, width), [], ...standingLines(shown, room)]),
		[],
		...titled("What each gate demands of one agent build", demandTable(), room),
		[],
		...rulesLines(room),
	];
}

/** Virtual, demo and live with the gates between them. */
export function pathLine(): Line {
	return line(
		span("VIRTUAL", "virtual"),
		" ── gate 1 ── ",
		span("DEMO", "demo"),
		" ── gate 2 ── ",
		span("LIVE", "strong"),
		span("  each gate opens with a certificate", "faint"),
	);
}

function nothingLines(width: number): Line[] {
	return wrapped(
		"No evidence yet. A session counts when it runs to its own end in the ordinary market or on recorded days not traded before: no drill (--scenario), no repeat, no measuring run. Enter opens the form.",
		width,
	);
}

/** One row an agent and configuration, the selected one marked. */
function listLines(standings: readonly Standing[], selected: number, width: number): Line[] {
	const at = Math.max(0, Math.min(selected, standings.length - 1));
	const from = windowStart(at, standings.length, LISTED);
	const rows = standings.slice(from, from + LISTED);
	const verdicts = rows.map((one) =>
		one.gates.map((gate, index): Line => {
			const { mark, word, tone } = GATE_VERDICTS[gate.verdict];
			return [span(`gate ${index + 1} `, "faint"), span(`${mark} ${word}`, tone)];
		}),
	);
	// An agent with many parameters has a long name: it gives way, the verdicts do not.
	const taken = Math.max(0, ...verdicts.map((cells) => cells.reduce((sum, one) => sum + 2 + lineWidth(one), 2)));
	const table = lineTable(rows.map((one, index) => [titleCell(one, Math.max(20, width - taken)), ...(verdicts[index] ?? [])]));
	const place = standings.length > 1 ? line(span(`${at + 1} of ${standings.length} agents and configurations`, "faint"), span("  ←→ choose", "key")) : [];
	return [
		...table.map((row, index) => clipLine(line(from + index === at ? span("❯ ", "accent") : span("  "), ...row), width)),
		...(place.length === 0 ? [] : [place]),
	];
}

/** Of a title that is too long the name of the agent is cut, not the symbol behind it nor SANDBOX. */
function titleCell(one: Standing, width: number): Line {
	const title = standingTitle(one);
	const rest = title.slice(one.agentBuild.length);
	return cell(cellWidth(title) <= width ? title : `${clipText(one.agentBuild, Math.max(8, width - cellWidth(rest)))}${rest}`);
}

const PERCENT = 100;

function demandTable(): Line[] {
	const percent = (share: number): string => `${formatNumber(share * PERCENT)} %`;
	const both = (name: string, text: (gate: Gate) => string): Line[] => [cell(name), cell(text("virtual-to-demo")), cell(text("demo-to-live"))];
	return lineTable([
		[cell("demand", "faint"), cell(GATES["virtual-to-demo"].label, "faint"), cell(GATES["demo-to-live"].label, "faint")],
		both("real trades, all sessions", (gate) => `>= ${GATES[gate].trades}`),
		both("losing trades among them", (gate) => `>= ${GATES[gate].losses}`),
		both("CHS, mean of 30 closes", () => `> ${TARGETS.chs}`),
		both("Omega", () => `> ${TARGETS.omega}`),
		both("Omega, lower 95 % bound", (gate) => `> ${GATES[gate].omegaLow}`),
		both("energy captured", () => `> ${percent(TARGETS.energy)}`),
		both("energy, lower 95 % bound", (gate) => `> ${percent(GATES[gate].energyLow)}`),
		both("Z-factor", () => `> ${TARGETS.z}`),
		both("validator rejections", () => `= ${TARGETS.rejections}`),
		both("their upper 95 % bound", () => `<= ${percent(TARGETS.rejectionHigh)}`),
		both("breaker events", () => `< ${percent(TARGETS.eventRate)}`),
		both("checkpoints passed in a row", (gate) => String(GATES[gate].passes)),
	]);
}

function rulesLines(width: number): Line[] {
	const rules = [
		"Judged only at 60, 100, 150, 200 ... trades: looking after every trade would let a lucky streak through.",
		"All sessions of a configuration are judged together, not the best ones; of one that was broken off the losses count and the gains do not.",
		"A certificate is bound to the agent, its configuration and the account, and it expires; changing one of them starts again, tightening a limit does not.",
		"What the gates cannot do: they protect against haste and drift, not against the owner of this machine (docs/GATES.md).",
	];
	return titled(
		"How it is judged",
		rules.flatMap((text) => bullet(text, width - 2)),
		width,
	);
}
