import { GATES } from "../../engine/stages/gates.ts";
import type { GateStanding, Standing } from "../../engine/stages/standing.ts";
import { dayOf, standingTitle } from "../../print/gate-lines.ts";
import { type Line, span, type Tone } from "../../print/line.ts";
import { bullet, titled, wrapped } from "../../print/line-block.ts";
import { gateInto } from "./note.ts";
import { pathLine } from "./page.ts";

/** `later`: comes with the session itself. */
type Step = { readonly state: "done" | "missing" | "later"; readonly title: string; readonly now: string };

/** Why live trading is locked and what it takes, for the agent and configuration that has come furthest. */
export function livePageLines(standings: readonly Standing[], width: number): Line[] {
	const text = Math.min(width, 100);
	const furthest = [...standings].sort((left, right) => progressOf(right) - progressOf(left))[0] ?? null;
	return [
		...wrapped("■ LOCKED  No agent has a valid certificate for live: no order can reach an account with money.", text, "warn"),
		[],
		pathLine(),
		...(furthest === null ? [] : wrapped(`The furthest so far: ${standingTitle(furthest)}`, text, "faint")),
		[],
		...titled(
			"What it takes, in this order",
			steps(furthest).flatMap((step, index) => stepLines(step, index + 1, text - 2)),
			text,
		),
		[],
		...titled(
			"What you can do now",
			[
				"Enter opens the form of a virtual session: collect evidence until the targets are met.",
				"d opens the form of a demo session; without a certificate it is a rehearsal.",
				"p shows the promotion gates: every target with its value, its bound, and what is missing.",
				"Rehearse what must work when it matters: K kills, F flattens, and --scenario crash shows the breaker act.",
			].flatMap((one) => bullet(one, text - 2)),
			text,
		),
	];
}

/** Gates open, then trades towards the next one. */
function progressOf(standing: Standing): number {
	return standing.gates.reduce((sum, gate) => sum + (isDone(gate) ? 1_000_000 : gate.trades), 0);
}

function isDone(gate: GateStanding | null): boolean {
	return gate?.verdict === "open" && gate.certificate?.problem === null;
}

function steps(standing: Standing | null): readonly Step[] {
	const demo = standing === null ? null : gateInto(standing, "demo");
	const live = standing === null ? null : gateInto(standing, "live");
	const virtual = GATES["virtual-to-demo"];
	const { trades, passes } = GATES["demo-to-live"];
	return [
		{ state: proven(demo), title: `Evidence in virtual: at least ${virtual.trades} trades with every target met`, now: evidenceText(demo) },
		{ state: isDone(demo) ? "done" : "missing", title: "A valid certificate for demo (gate 1)", now: certificateText(demo) },
		{ state: proven(live), title: `Evidence in demo: at least ${trades} trades, ${passes} checkpoints in a row`, now: evidenceText(live) },
		{ state: isDone(live) ? "done" : "missing", title: "A valid certificate for live (gate 2)", now: certificateText(live) },
		{
			state: "later",
			title: "The account is REAL by the broker's word, and the bridge's own live lock is open for it",
			now: "looked at when the session is started",
		},
		{ state: "later", title: "Two typed steps before every live session: the account, then the largest loss", now: "asked when the session is started" },
	];
}

function proven(gate: GateStanding | null): Step["state"] {
	return gate !== null && gate.requirements.length > 0 && gate.requirements.every(({ verdict }) => verdict === "pass") ? "done" : "missing";
}

function evidenceText(gate: GateStanding | null): string {
	if (gate === null) return "no session counts yet";
	const missing = gate.requirements.filter(({ verdict }) => verdict !== "pass");
	if (missing.length === 0) return `${gate.trades} trades, every target met`;
	const first = missing.slice(0, 3).map(({ name, missing: more }) => (more === "" ? name : `${name}: ${more}`));
	return `${gate.trades} trades; missing: ${first.join("; ")}${missing.length > 3 ? `; and ${missing.length - 3} more` : ""}`;
}

function certificateText(gate: GateStanding | null): string {
	if (gate?.certificate == null) return "none";
	return gate.certificate.problem ?? `valid until ${dayOf(gate.certificate.expiresWall)}`;
}

const MARKS = { done: ["✓", "good"], missing: ["✗", "warn"], later: ["·", "faint"] } as const satisfies Record<Step["state"], readonly [string, Tone]>;

function stepLines({ state, title, now }: Step, number: number, width: number): Line[] {
	const [mark, tone] = MARKS[state];
	const [first = [], ...rest] = wrapped(title, width - 5);
	return [
		[span(`${number} `), span(`${mark} `, tone), ...first],
		...rest.map((row): Line => [span("    "), ...row]),
		...wrapped(now, width - 5, "faint").map((row): Line => [span("    "), ...row]),
	];
}
