import { outsideWords } from "./agent-notes.ts";
import { isObject, type JournalFields, listOf, numberOf, partOf, textOf } from "./journal-fields.ts";
import type { LogEntry } from "./log.ts";
import { entry, type LogLine } from "./log-line.ts";

/** What the agent did that could not be used, and what it told besides its decisions. */
export function agentEntry(line: LogLine, kind: string): LogEntry | null {
	const { data } = line;
	switch (kind) {
		case "agent-fault":
			return entry(line, "agent", "agent fault", textOf(data, "what"), { weight: "warn", control: "C32" });
		case "dropped":
			return entry(line, "agent", `${textOf(partOf(data, "intent"), "side")} dropped`.trim(), textOf(data, "why"));
		case "agent-note":
			return noteEntry(line);
		case "agent-outside":
			return lastingEntry(line);
		default: {
			const verb = kind === "nothing-to-close" ? "close" : "change";
			return entry(line, "agent", `nothing to ${verb}`, `position ${numberOf(data, "positionId") ?? "?"} is not open any more`);
		}
	}
}

/** Each note by itself is no alert: that it lasts is (`agent-outside`). */
function noteEntry(line: LogLine): LogEntry | null {
	const { data } = line;
	const note = textOf(data, "note");
	if (note === "outside") {
		const more = numberOf(data, "others") ?? 0;
		return entry(line, "agent", "outside training", `${outsideFields(data)}${more > 0 ? ` and ${more} more` : ""}: it holds`);
	}
	if (note === "disagreement") {
		const votes = listOf(data, "votes").filter(isObject).map(voteWords).join(", ");
		return entry(line, "agent", "triad disagrees", `${votes}; ${textOf(data, "why")}`);
	}
	return null;
}

/** The policy holds most of the time because the market is not what it was trained on, or that is over. */
function lastingEntry(line: LogLine): LogEntry {
	const { data } = line;
	const share = `${numberOf(data, "outside") ?? "?"} of the last ${numberOf(data, "bars") ?? "?"} bars were outside its training`;
	if (data.lasting === true) return entry(line, "agent", "outside training", `${share}: the agent hardly trades`, { weight: "warn" });
	return entry(line, "agent", "inside training", `${share}: it decides again`, { weight: "good" });
}

function outsideFields(data: JournalFields): string {
	const value = numberOf(data, "value");
	const low = numberOf(data, "low");
	const high = numberOf(data, "high");
	const feature = textOf(data, "feature");
	return value === null || low === null || high === null ? `${feature} (value unknown)` : outsideWords({ feature, value, low, high });
}

function voteWords(vote: JournalFields): string {
	const confidence = numberOf(vote, "confidence");
	return `${textOf(vote, "role")} ${textOf(vote, "action")}${confidence === null ? "" : ` ${confidence.toFixed(2)}`}`;
}
