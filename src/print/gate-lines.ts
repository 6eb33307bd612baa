import { GATES } from "../engine/stages/gates.ts";
import { PROBATION_SESSIONS } from "../engine/stages/probation.ts";
import type { CertificateView, GateStanding, Requirement, SessionCounts, Standing } from "../engine/stages/standing.ts";
import { type Line, line, lineWidth, span, type Tone } from "./line.ts";
import { cell, indented, lineTable, titled, wrapped } from "./line-block.ts";

/** The verdict of a gate as mark, word and tone. `broken`: nothing can be proven. */
export const GATE_VERDICTS = {
	open: { mark: "✓", word: "OPEN", tone: "good" },
	closed: { mark: "✗", word: "CLOSED", tone: "warn" },
	broken: { mark: "✗", word: "BROKEN", tone: "bad" },
} as const satisfies Record<GateStanding["verdict"], { mark: string; word: string; tone: Tone }>;

const REQUIREMENTS = {
	pass: { word: "PASS", tone: "good" },
	fail: { word: "FAIL", tone: "bad" },
	insufficient: { word: "not yet", tone: "warn" },
} as const satisfies Record<Requirement["verdict"], { word: string; tone: Tone }>;

const COUNTS = {
	whole: { mark: "✓", word: "counts", tone: "good" },
	losses: { mark: "⚠", word: "losses only", tone: "warn" },
	no: { mark: "·", word: "no", tone: "faint" },
} as const satisfies Record<SessionCounts["counts"], { mark: string; word: string; tone: Tone }>;

/** `berserker-1  EURUSD M1`, and SANDBOX where the evidence is of the stand-in. */
export function standingTitle(standing: Pick<Standing, "agentBuild" | "symbol" | "timeframe" | "venue">): string {
	return `${standing.agentBuild}  ${standing.symbol} ${standing.timeframe}${standing.venue === "sandbox" ? "  SANDBOX" : ""}`;
}

/** Where one agent build with one configuration stands: both gates with every requirement, certificates, sessions, probation, demotion. */
export function standingLines(standing: Standing, width: number): Line[] {
	const { settings, bindingHash, demoted, broken, probation } = standing;
	// The agent's own parameters are in the name of its build.
	const usual = `all ${standing.agentBuild.includes("(") ? "other " : ""}settings are the usual ones`;
	const own = settings.length === 0 ? usual : settings.join(", ");
	return [
		...wrapped(`${own}; binding ${cut(bindingHash, 0, 8)}`, width, "faint"),
		...(standing.venue === "sandbox" ? wrapped("SANDBOX: evidence of the stand-in terminal. It never opens a real one.", width, "selected") : []),
		...(broken === null ? [] : wrapped(`✗ Nothing can be proven: ${broken}`, width, "bad")),
		...(demoted === null ? [] : wrapped(`⚠ Demoted: ${demoted}`, width, "warn")),
		...standing.gates.flatMap((gate) => [[], ...gateLines(gate, width)]),
		[],
		...wrapped(probationText(probation), width),
	];
}

function probationText({ done, of }: Standing["probation"]): string {
	if (done >= of) return `Probation: done, ${done} of ${of} live sessions with the tightest limits.`;
	return `Probation: ${done} of ${of} live sessions done. Until all ${PROBATION_SESSIONS} are: the smallest volume, one position, 30 minutes.`;
}

/** One gate: verdict and what to do next, every requirement, when it is judged, its certificate, and which sessions count. */
function gateLines(gate: GateStanding, width: number): Line[] {
	const { mark, word, tone } = GATE_VERDICTS[gate.verdict];
	const judged = `${gate.trades} trades of all sessions; judged next at ${gate.nextCheckpoint}. Passes in a row: ${gate.passes} of ${gate.passesNeeded}.`;
	return [
		line(span(`Gate ${gate.gate === "virtual-to-demo" ? 1 : 2}, ${GATES[gate.gate].label}: `, "strong"), span(`${mark} ${word}`, tone)),
		...indented(
			[
				...wrapped(gate.text, width - 2),
				...requirementLines(gate.requirements, width - 2),
				...wrapped(judged, width - 2, "faint"),
				...certificateLines(gate.certificate, width - 2),
				...sessionLines(gate, width - 2),
			],
			2,
		),
	];
}

/** The table, with what is missing at the end of a row, or below it where there is no room. */
function requirementLines(requirements: readonly Requirement[], width: number): Line[] {
	if (requirements.length === 0) return [];
	const cells = (row: Requirement): Line[] => [
		cell(row.name),
		cell(row.must),
		cell(row.value),
		cell(REQUIREMENTS[row.verdict].word, REQUIREMENTS[row.verdict].tone),
	];
	const head = ["requirement", "must be", "value", "verdict"].map((text) => cell(text, "faint"));
	const full = lineTable([[...head, cell("missing", "faint")], ...requirements.map((row) => [...cells(row), cell(row.missing)])], [2]);
	if (full.every((row) => lineWidth(row) <= width)) return full;
	const [title = [], ...rows] = lineTable([head, ...requirements.map(cells)], [2]);
	return [
		title,
		...rows.flatMap((row, index) => {
			const missing = requirements[index]?.missing ?? "";
			return missing === "" ? [row] : [row, ...indented(wrapped(missing, width - 4, "faint"), 4)];
		}),
	];
}

function certificateLines(certificate: CertificateView | null, width: number): Line[] {
	if (certificate === null) return [[span("Certificate: none", "faint")]];
	const { id, issuedWall, expiresWall, problem } = certificate;
	const dates = `issued ${minute(issuedWall)}, expires ${minute(expiresWall)} UTC`;
	return problem === null
		? wrapped(`✓ Certificate ${cut(id, -8)}: ${dates}`, width, "good")
		: wrapped(`✗ Certificate ${cut(id, -8)} does not open it: ${problem} (${dates})`, width, "bad");
}

/** Sessions listed for a gate; of more, the oldest are only counted. */
const SESSIONS_SHOWN = 12;

function sessionLines({ sessions, from }: GateStanding, width: number): Line[] {
	if (sessions.length === 0) return [[span(`Sessions in ${from}: none`, "faint")]];
	const shown = sessions.slice(0, SESSIONS_SHOWN);
	const more = sessions.length - shown.length;
	const rows = shown.flatMap(({ sessionId, startedWall, counts, why, trades }) => {
		const { mark, word, tone } = COUNTS[counts];
		const head = line(span(`${mark} `, tone), `${cut(sessionId, -6)}  ${minute(startedWall)}  ${trades} trades  `, span(word, tone));
		if (why === "") return [head];
		const whole = [...head, span(`: ${why}`, "faint")];
		return lineWidth(whole) <= width - 2 ? [whole] : [head, ...indented(wrapped(why, width - 6, "faint"), 4)];
	});
	return titled(`Sessions in ${from}, newest first`, [...rows, ...(more > 0 ? [line(span(`and ${more} older`, "faint"))] : [])], width);
}

/** `2026-01-02 03:04` of a wall time in ISO 8601. */
function minute(wall: string): string {
	return cut(wall, 0, 16).replace("T", " ");
}

/** `2026-01-02` of a wall time in ISO 8601. */
export function dayOf(wall: string): string {
	return cut(wall, 0, 10);
}

/** As `slice`, by whole characters. */
function cut(text: string, from: number, to?: number): string {
	return Array.from(text).slice(from, to).join("");
}
