import type { SessionFolder } from "../adapters/archive/sessions.ts";
import type { JournalReport } from "../adapters/journal/reader.ts";
import type { Summary } from "../engine/summary-type.ts";

/**
 * What is wrong with where a journal ends, or null: a cut tail leaves an intact chain behind, so only the summary can tell. A journal
 * whose session could not write any more has no seal; its summary knows how far it came.
 */
export function cutOff(files: SessionFolder, report: JournalReport, summary: Summary): string | null {
	if (report.head === summary.journal.head && report.lines === summary.journal.lines) return null;
	return `The journal ${files.journal} has ${report.lines} lines ending in ${report.head}; the summary says ${summary.journal.lines} lines ending in ${summary.journal.head}: the end was cut off or replaced.`;
}
