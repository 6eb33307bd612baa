import { GATES, type Gate, TARGETS } from "../../engine/stages/gates.ts";
import { type Line, line, span } from "../../print/line.ts";
import { beside, bullet, cell, lineTable, titled, wrapped } from "../../print/line-block.ts";
import { targetsLines } from "../../print/summary-head.ts";
import { formatNumber } from "../../print/text.ts";
import { whenOf } from "../sessions/rows.ts";
import type { SessionRow } from "../state.ts";
import { trimEnd, verdictText } from "../summary/overview.ts";
import { type BuildEvidence, evidenceByBuild } from "./evidence.ts";

/** From this width on the demands stand beside the evidence. */
const BESIDE_FROM = 150;

/** The way from virtual to live: what each gate demands, and what the sessions so far prove. `rows` newest first. */
export function gatesLines(rows: readonly SessionRow[], width: number): Line[] {
	const wide = width >= BESIDE_FROM;
	const room = wide ? Math.floor((width - 3) / 2) : width;
	const evidence = evidenceLines(evidenceByBuild(rows), room);
	const demands = [...titled("What each gate demands of one agent build", demandTable(), room), [], ...rulesLines(room)];
	return trimEnd([...pathLines(width), ...(wide ? beside(evidence, demands, room) : [...evidence, ...demands])]);
}

/** Virtual, demo and live with the gates between them. */
export function pathLines(width: number): Line[] {
	return [
		line(span("VIRTUAL", "virtual"), " ── gate 1 ── ", span("DEMO", "faint"), " ── gate 2 ── ", span("LIVE", "faint"), span("   you are in VIRTUAL", "strong")),
		...wrapped(
			"A gate opens with a certificate: evidence of one agent build, recomputed from its journals. Certificates come with the MT5 bridge, which this version has not got: no gate can be passed yet, and what is collected here is kept for it.",
			width,
			"faint",
		),
		[],
	];
}

function evidenceLines(builds: readonly BuildEvidence[], width: number): Line[] {
	if (builds.length === 0) {
		const text =
			"No session counts yet. A session counts when it runs to its own end in the ordinary market or on recorded days not traded before: no drill (--scenario), no repeat, no measuring run. Enter opens the form.";
		return [...titled("Gate 1, virtual -> demo: no evidence yet", wrapped(text, width - 2), width), []];
	}
	return builds.flatMap((one) => [...titled(`Gate 1, virtual -> demo: ${one.build}`, buildLines(one, width - 2), width), []]);
}

function buildLines({ newest, sessions, trades, uncounted }: BuildEvidence, width: number): Line[] {
	const { trades: needed } = GATES["virtual-to-demo"];
	const others = uncounted === 0 ? "" : `; ${uncounted} more never ${uncounted === 1 ? "counts" : "count"}`;
	return [
		...wrapped(
			`${sessions} ${sessions === 1 ? "session counts" : "sessions count"}, ${trades} closed ${trades === 1 ? "trade" : "trades"} together (a gate asks for ${needed} over all of them)${others}.`,
			width,
		),
		...wrapped(`The newest, ${newest.id.slice(-6)} of ${whenOf(newest)} UTC, by itself: ${verdictText(newest.gate ?? [])}.`, width, "strong"),
		...targetsLines(newest.gate ?? [], width),
	];
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
		"All sessions of the build will be judged together, not the best ones; one that was broken off counts as failed.",
		"A certificate will be bound to the agent, its configuration and the account; changing one of them starts again.",
	];
	return titled(
		"How it is judged",
		rules.flatMap((text) => bullet(text, width - 2)),
		width,
	);
}
