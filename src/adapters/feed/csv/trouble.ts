import { dataFailure, type Failure } from "../../failure.ts";

const SHOWN_CHARACTERS = 80;

/** A piece of a file for a message: control characters made visible, and never more than a line of it. */
export function quoted(text: string): string {
	const short = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
	return JSON.stringify(short);
}

/** The failure of a row that cannot be used: file, line, reason, the row itself, and what to do. */
export function badRow(file: string, line: number, reason: string, row: string): Failure {
	return dataFailure(
		`${file}: line ${line}: ${reason}. The row is ${quoted(row)}. Correct or re-export the file, or leave such rows out with --skip-bad-rows.`,
	);
}
