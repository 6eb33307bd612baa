import type { AgentNote, OutsideNote } from "./agents/note.ts";
import type { TriadRole } from "./agents/policy/manifest.ts";
import { type Engine, record } from "./engine.ts";

/** What an agent has told besides its decisions. Plain JSON; part of the state from the first note on. */
export type AgentNotes = {
	/** Decisions at which the agent held because the observation lay outside its training. */
	outside: number;
	/** Times that one member of a triad held for it while the others decided. */
	memberOutside: number;
	/** Decisions on which the members of a triad did not agree, by whose word counted. */
	readonly disagreements: Record<TriadRole | "nobody", number>;
	last: AgentNote;
	lastOutside: OutsideNote | null;
	/** Numbers of the last `OUTSIDE_WINDOW_BARS` closed bars at which it was outside. */
	readonly outsideBars: number[];
	/** It has been outside for most of that window and is not yet inside again. */
	lasting: boolean;
};

/** What a summary says of an agent's notes. `lastOutside`: in words, null when it never was. */
export type AgentNotesReport = Pick<AgentNotes, "outside" | "memberOutside" | "disagreements"> & { readonly lastOutside: string | null };

/** The agent's part of the screen. */
export type AgentOnScreen = {
	/** What was behind its last decision; null when it has nothing to tell. */
	readonly words: string | null;
	/** Set while it holds because the last closed bar lies outside its training: which feature, in words. */
	readonly outside: string | null;
	readonly outsideCount: number;
	/** It has been outside for most of the last bars. */
	readonly lasting: boolean;
	readonly disagreements: number;
};

/** Closed bars over which it is judged whether being outside lasts. */
export const OUTSIDE_WINDOW_BARS = 60;
/** More of them outside than this: it lasts, and somebody must know. */
const LASTING_ABOVE = OUTSIDE_WINDOW_BARS / 2;
/** At most this many: it is over. Lower, so that it does not flicker. */
const OVER_AT = OUTSIDE_WINDOW_BARS / 4;

/** Journals and counts a note. */
export function takeAgentNote(engine: Engine, note: AgentNote): void {
	record(engine, "agent-note", note);
	const notes = notesOf(engine, note);
	notes.last = note;
	if (note.note === "disagreement") {
		notes.disagreements[note.role ?? "nobody"]++;
		return;
	}
	if (note.member !== undefined) {
		notes.memberOutside++;
		return;
	}
	notes.outside++;
	notes.lastOutside = note;
	notes.outsideBars.push(engine.bars.closedCount);
	watchOutside(engine);
}

/** Says when being outside its training begins to last, and, with a bar that closes, when that is over. Sessions without notes have no state here. */
export function watchOutside(engine: Engine): void {
	const { notes } = engine;
	if (notes === null) return;
	const { outsideBars } = notes;
	while (outsideBars.length > 0 && (outsideBars[0] as number) <= engine.bars.closedCount - OUTSIDE_WINDOW_BARS) outsideBars.shift();
	const isLasting = notes.lasting ? outsideBars.length > OVER_AT : outsideBars.length > LASTING_ABOVE;
	if (isLasting === notes.lasting) return;
	notes.lasting = isLasting;
	record(engine, "agent-outside", { lasting: isLasting, outside: outsideBars.length, bars: OUTSIDE_WINDOW_BARS });
}

/** What the screen may know of an agent that tells something; null for one that never did, as rules. Reads only. */
export function agentOnScreen({ notes, bars, phase, agent }: Pick<Engine, "notes" | "bars" | "phase" | "agent">): AgentOnScreen | null {
	const words = agent?.lastWords?.() ?? null;
	if (notes === null) return words === null ? null : { words, outside: null, outsideCount: 0, lasting: false, disagreements: 0 };
	const isOutside = phase === "trading" && notes.outsideBars.at(-1) === bars.closedCount;
	return {
		words,
		outside: isOutside && notes.lastOutside !== null ? outsideWords(notes.lastOutside) : null,
		outsideCount: notes.outside,
		lasting: notes.lasting,
		disagreements: Object.values(notes.disagreements).reduce((sum, count) => sum + count, 0),
	};
}

/** The notes of a session for its summary, or null when there were none. */
export function agentNotesReport({ notes }: Pick<Engine, "notes">): AgentNotesReport | null {
	if (notes === null) return null;
	const { outside, memberOutside, disagreements, lastOutside } = notes;
	return { outside, memberOutside, disagreements: { ...disagreements }, lastOutside: lastOutside === null ? null : outsideWords(lastOutside) };
}

/** `spreadAtr 0.91 > 0.4`: which feature lies how far outside, three significant digits. */
export function outsideWords({ feature, value, low, high }: Pick<OutsideNote, "feature" | "value" | "low" | "high">): string {
	return value < low ? `${feature} ${threeDigits(value)} < ${threeDigits(low)}` : `${feature} ${threeDigits(value)} > ${threeDigits(high)}`;
}

function threeDigits(value: number): string {
	return String(Number(value.toPrecision(3)));
}

function notesOf(engine: Engine, note: AgentNote): AgentNotes {
	engine.notes ??= {
		outside: 0,
		memberOutside: 0,
		disagreements: { incumbent: 0, competitor: 0, researcher: 0, nobody: 0 },
		last: note,
		lastOutside: null,
		outsideBars: [],
		lasting: false,
	};
	return engine.notes;
}
