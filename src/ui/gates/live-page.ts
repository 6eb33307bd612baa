import { GATES } from "../../engine/stages/gates.ts";
import { type Line, span, type Tone } from "../../print/line.ts";
import { bullet, titled, wrapped } from "../../print/line-block.ts";
import type { SessionRow } from "../state.ts";
import { verdictText } from "../summary/overview.ts";
import { evidenceByBuild, isProven } from "./evidence.ts";
import { pathLines } from "./page.ts";

/** `later`: this version has not got it. */
type Step = { readonly state: "done" | "missing" | "later"; readonly title: string; readonly now: string };

/** Why live trading is locked, what it takes, and what can be done today. `rows` newest first. */
export function livePageLines(rows: readonly SessionRow[], width: number): Line[] {
	const text = Math.min(width, 100);
	return [
		...wrapped("■ LOCKED  No order can reach an account with money: this version has no code that sends one.", text, "warn"),
		[],
		...pathLines(text),
		...titled(
			"What it takes, in this order",
			steps(rows).flatMap((step, index) => stepLines(step, index + 1, text - 2)),
			text,
		),
		[],
		...titled(
			"What you can do today",
			[
				"Enter opens the form of a virtual session: collect evidence until the targets are met.",
				"p shows the promotion gates: every target with its value, its bound, and what is missing.",
				"Rehearse what must work when it matters: K kills, F flattens, and --scenario crash shows the breaker act.",
			].flatMap((one) => bullet(one, text - 2)),
			text,
		),
	];
}

function steps(rows: readonly SessionRow[]): readonly Step[] {
	const [first] = evidenceByBuild(rows);
	const { trades, passes } = GATES["demo-to-live"];
	const evidence =
		first === undefined
			? "no session counts yet"
			: `${first.build}: ${first.sessions} ${first.sessions === 1 ? "session counts" : "sessions count"}; the newest by itself: ${verdictText(first.newest.gate ?? [])}`;
	const proven = first !== undefined && isProven(first.newest.gate);
	return [
		{
			state: proven ? "done" : "missing",
			title: `Evidence in virtual: at least ${GATES["virtual-to-demo"].trades} trades with every target met`,
			now: evidence,
		},
		{ state: "later", title: "A certificate for demo (gate 1)", now: "not available yet: certificates come with the MT5 bridge" },
		{ state: "later", title: "The MT5 bridge, connected to a demo account", now: "not available yet: this version has no MT5 bridge" },
		{
			state: "later",
			title: `Evidence in demo: at least ${trades} trades, ${passes} checkpoints in a row`,
			now: "no demo session can be run yet",
		},
		{ state: "later", title: "A certificate for live (gate 2)", now: "not available yet: certificates come with the MT5 bridge" },
		{
			state: "later",
			title: "Two typed steps before every live session: the account, then the largest loss",
			now: "not available yet: comes with live trading",
		},
	];
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
