import { cleanText } from "../../adapters/clean-text.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import { freeBytes, type Home, MONEY_BYTES_MIN } from "../../adapters/home.ts";
import { readKill } from "../../adapters/kill-file.ts";
import { formatBytes } from "../../print/text.ts";

/**
 * Refuses a home in which a kill is in force (control C33), or whose disk is too full for a session where money moves (control C42). Throws a
 * `Failure`: exit 4 or 3.
 */
export function requireHome(home: Home): void {
	const kill = readKill(home);
	if (kill !== null) {
		throw new Failure(
			EXIT.refused,
			`A kill is in force (${kill.reason}): no session starts. See that all is as it should be, then lift it: kinetra kill --release --reason "..."`,
		);
	}
	const free = freeBytes(home.root);
	if (free !== null && free < MONEY_BYTES_MIN) {
		throw new Failure(
			EXIT.data,
			`The disk of ${cleanText(home.root, 200)} has ${formatBytes(free)} free; where money moves a session needs ${formatBytes(MONEY_BYTES_MIN)} (control C42). Free some space, or choose another KINETRA_HOME.`,
		);
	}
}
