import { statSync } from "node:fs";
import { MONEY_BYTES_MIN } from "../../adapters/home.ts";
import type { CheckRow } from "../../print/check-row.ts";
import type { HomeFacts } from "../cockpit/status-facts.ts";
import { speaksUtf8 } from "../cockpit/status-parts.ts";
import { attention, failed, ok, skipped, type Verdict } from "../connection/verdict.ts";

/** The program's surroundings, as far as they decide whether it can work. */
export type Machine = {
	/** `v20.12.0`. */
	readonly node: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Of the terminal, null without one. */
	readonly size: { readonly columns: number; readonly rows: number } | null;
	/** User number of the process; null on Windows. */
	readonly uid: number | null;
};

/** The oldest Node that has what Kinetra uses. */
const NODE_OLDEST = [20, 12] as const;
/** The cockpit's smallest screen. */
const COLUMNS_MIN = 80;
const ROWS_MIN = 24;

/** Node, user, terminal: a row each. */
export function machineRows({ node, env, size, uid }: Machine): readonly CheckRow[] {
	return [
		row("node", "Node", nodeRow(node)),
		row(
			"user",
			"user",
			uid === 0
				? attention("root", "Run Kinetra as an ordinary user: live trading refuses root, and a mistake of any program could then reach everything.")
				: ok(uid === null ? "not root" : `number ${uid}`),
		),
		row("terminal", "terminal", terminalRow(env, size)),
	];
}

function nodeRow(version: string): Verdict {
	const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
	// The good case is asked for: a version that cannot be read is none.
	const isRecent = major > NODE_OLDEST[0] || (major === NODE_OLDEST[0] && minor >= NODE_OLDEST[1]);
	return !isRecent ? failed(version, `Kinetra needs Node ${NODE_OLDEST.join(".")} or newer. Install a newer one from nodejs.org.`) : ok(version);
}

function terminalRow(env: Machine["env"], size: Machine["size"]): Verdict {
	const utf8 = speaksUtf8(env);
	const colours = env.NO_COLOR !== undefined && env.NO_COLOR !== "" ? "no colours (NO_COLOR)" : env.TERM === "dumb" ? "no colours" : "colours";
	const kind = `${colours}, ${utf8 ? "UTF-8" : "no UTF-8"}`;
	if (size === null) return ok(`none: plain lines, ${utf8 ? "UTF-8" : "no UTF-8"}`);
	const found = `${size.columns} x ${size.rows}, ${kind}`;
	if (size.columns < COLUMNS_MIN || size.rows < ROWS_MIN)
		return attention(found, `The cockpit needs ${COLUMNS_MIN} columns and ${ROWS_MIN} rows. Make the window larger.`);
	return utf8 ? ok(found) : attention(found, "Marks and lines are drawn in plain ASCII. For the full picture use a UTF-8 locale, such as LANG=C.UTF-8.");
}

/** Kinetra's folder, what is in it, and the space left: a row each. `parts` are its sub-folders by name. */
export function homeRows(home: HomeFacts, parts: Readonly<Record<string, string>>): readonly CheckRow[] {
	const free = home.freeBytes;
	return [
		row("home", "Kinetra's folder", homeRow(home)),
		row("folders", "its folders", foldersRow(home, parts)),
		row(
			"disk-space",
			"disk space",
			free === null
				? attention("not known", "The system does not say how much space is left, so a session cannot see it run out.")
				: free < MONEY_BYTES_MIN
					? failed(
							`${gigabytes(free)} left`,
							`No demo or live session starts with less than ${gigabytes(MONEY_BYTES_MIN)} (control C42). Free some space, or choose another folder with KINETRA_HOME.`,
						)
					: ok(`${gigabytes(free)} left`),
		),
	];
}

function homeRow({ root, exists, mode, problem }: HomeFacts): Verdict {
	if (problem !== null) return failed(root, problem.endsWith("chmod 700") ? `${problem} ${root}` : `${problem}.`);
	return ok(exists ? `${root}, writable${mode === null ? "" : `, private (${mode})`}` : `${root}, made with the first session`);
}

function foldersRow({ exists }: HomeFacts, parts: Readonly<Record<string, string>>): Verdict {
	if (!exists) return skipped("not made yet");
	if (process.platform === "win32") return ok("in the private profile folder");
	const loose = Object.entries(parts).filter(([, path]) => isLoose(path));
	if (loose.length === 0) return ok("private");
	const names = loose.map(([name]) => name).join(", ");
	return failed(`others may look into ${names}`, `Repair it with: chmod 700 ${loose.map(([, path]) => path).join(" ")}`);
}

function isLoose(path: string): boolean {
	try {
		return (statSync(path).mode & 0o077) !== 0;
	} catch {
		// What is not there yet is made with the right mode.
		return false;
	}
}

function gigabytes(bytes: number): string {
	return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A row of the doctor. */
export function row(id: string, label: string, verdict: Verdict): CheckRow {
	return { id, label, ...verdict };
}
