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

/** What a summary says of an agent's notes. */
export type AgentNotesReport = Pick<AgentNotes, "outside" | "memberOutside" | "disagreements" | "lastOutside">;

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
}

/** A decision is over: says when being outside its training begins to last, and when that is over. Sessions without notes have no state here. */
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

/** The note by which the agent held at the last closed bar, or null when it decided. */
export function outsideNow({ notes, bars, phase }: Pick<Engine, "notes" | "bars" | "phase">): OutsideNote | null {
	return phase === "trading" && notes !== null && notes.outsideBars.at(-1) === bars.closedCount ? notes.lastOutside : null;
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
