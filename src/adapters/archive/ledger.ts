import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../version.ts";
import { cleanText } from "../clean-text.ts";
import { dataFailure, EXIT, Failure } from "../failure.ts";
import { type Home, readPrivateFile } from "../home.ts";
import { waitForLock } from "../lock.ts";
import { reasonOf } from "../reason.ts";
import { type Anchor, readAnchor, writeAnchor } from "./ledger-anchor.ts";
import type { LedgerEvent } from "./ledger-event.ts";
import { decodeLedgerLine, encodeLedgerLine, LEDGER_GENESIS, type LedgerLine } from "./ledger-line.ts";
import { machineId } from "./machine.ts";
import { ensureSigner, type Signer } from "./signing-key.ts";

/** The ledger as it is: every line checked, and whether it can be trusted. */
export type Ledger = {
	/** In order; those before the damage when it is broken. */
	readonly lines: readonly LedgerLine[];
	/** Hash of the last line: to be shown, so that a copy of it is outside of this machine. */
	readonly head: string;
	/** Why nothing can be proven with it, in a sentence with what to do, or null. */
	readonly broken: string | null;
	/** What was found and is no damage, in sentences. */
	readonly notes: readonly string[];
};

/** The lock is held for one small write; a wait longer than this means that something is stuck. */
const LOCK_WAIT_MS = 5_000;
/** How often a ledger that is being written right now is looked at again. */
const READS = 20;

/** Reads and checks the whole ledger. Never throws: what is wrong is in `broken`. A home without one has an empty ledger. */
export function readLedger(home: Home): Ledger {
	try {
		for (let attempt = 1; ; attempt++) {
			const before = readAnchor(home);
			const text = readPrivateFile(pathOf(home)) ?? "";
			if (attempt >= READS || same(before, readAnchor(home))) return check(home, text, before).ledger;
		}
	} catch (error) {
		return brokenLedger([], error instanceof Failure ? error.message : `The ledger cannot be read: ${reasonOf(error)}.`);
	}
}

/**
 * Adds what `make` returns for the ledger as it is, under a lock, and returns the ledger as it is then; on the disk when this returns. Throws a
 * `Failure`: exit 3 when the ledger is broken or cannot be written, exit 4 when another process does not let go of it.
 */
export function appendLedger(home: Home, wallMs: number, make: (ledger: Ledger) => readonly LedgerEvent[]): Ledger {
	const lock = waitForLock(`${pathOf(home)}.lock`, LOCK_WAIT_MS);
	if (!lock.held)
		throw new Failure(EXIT.refused, `Another Kinetra (process ${lock.owner?.pid ?? "unknown"}) holds the ledger ${pathOf(home)}. Try again when it has ended.`);
	try {
		const { ledger, wholeBytes, tornBytes } = check(home, readPrivateFile(pathOf(home)) ?? "", readAnchor(home));
		if (ledger.broken !== null) throw dataFailure(ledger.broken);
		const asked = make(ledger);
		if (asked.length === 0) return ledger;
		const opened: readonly LedgerEvent[] = ledger.lines.length > 0 ? [] : [{ kind: "opened", data: { format: 1, version: VERSION, machine: machineId() } }];
		const recovered: readonly LedgerEvent[] = tornBytes > 0 ? [{ kind: "recovered", data: { bytes: tornBytes } }] : [];
		return write(home, ensureSigner(home), ledger, wholeBytes, { wall: new Date(wallMs).toISOString(), events: [...opened, ...recovered, ...asked] });
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw dataFailure(`The ledger ${pathOf(home)} cannot be written: ${reasonOf(error)}. Free some space, or make the folder writable.`);
	} finally {
		lock.release();
	}
}

type Addition = { readonly wall: string; readonly events: readonly LedgerEvent[] };

/** Announces the new end, adds the lines, confirms the end. Each step is on the disk before the next. */
function write(home: Home, signer: Signer, ledger: Ledger, wholeBytes: number, { wall, events }: Addition): Ledger {
	const lines: LedgerLine[] = [];
	let text = "";
	let head = ledger.head;
	for (const event of events) {
		const made = encodeLedgerLine(event, ledger.lines.length + lines.length + 1, wall, head);
		lines.push(made.line);
		text += `${made.text}\n`;
		head = made.line.hash;
	}
	const next = { n: ledger.lines.length + lines.length, hash: head };
	writeAnchor(home, signer, { n: ledger.lines.length, hash: ledger.head, next });
	const fd = openSync(pathOf(home), ledger.lines.length === 0 && wholeBytes === 0 ? "a" : "r+", 0o600);
	try {
		ftruncateSync(fd, wholeBytes);
		const bytes = Buffer.from(text);
		for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written, bytes.length - written, wholeBytes + written);
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
	writeAnchor(home, signer, { ...next, next: null });
	return { lines: [...ledger.lines, ...lines], head, broken: null, notes: [] };
}

type Checked = { readonly ledger: Ledger; readonly wholeBytes: number; readonly tornBytes: number };

function check(home: Home, text: string, anchor: Anchor | null | string): Checked {
	const pieces = text.split("\n");
	const torn = pieces.pop() ?? "";
	const lines: LedgerLine[] = [];
	let head = LEDGER_GENESIS;
	const damaged = (what: string): Checked => ({ ledger: brokenLedger(lines, sentence(home, what)), wholeBytes: 0, tornBytes: 0 });
	for (const piece of pieces) {
		const line = decodeLedgerLine(piece, lines.length + 1, head);
		if (typeof line === "string") return damaged(`line ${lines.length + 1}: ${line}`);
		lines.push(line);
		head = line.hash;
	}
	const problem = originProblem(lines) ?? anchorProblem(lines, head, anchor);
	if (problem !== null) return damaged(problem);
	const tornBytes = Buffer.byteLength(torn);
	const notes =
		tornBytes === 0
			? []
			: [`The ledger ends in the middle of a line (${tornBytes} bytes), as after a crash; the next entry takes that piece away and says so.`];
	return { ledger: { lines, head, broken: null, notes }, wholeBytes: Buffer.byteLength(text) - tornBytes, tornBytes };
}

/** Control C03 and controls.md 7: what was written on another machine proves nothing here. */
function originProblem([first]: readonly LedgerLine[]): string | null {
	if (first === undefined) return null;
	if (first.kind !== "opened" || first.data.format !== 1) return "its first line is not the one that begins a ledger of this version";
	return first.data.machine === machineId() ? null : "machine: it was begun on another machine, and evidence cannot be carried over";
}

/** The ledger must end where the signed anchor says, or, after a crash, where it announced to end or on the way there. */
function anchorProblem(lines: readonly LedgerLine[], head: string, anchor: Anchor | null | string): string | null {
	if (typeof anchor === "string") return `anchor: ${anchor}`;
	if (anchor === null) return lines.length === 0 ? null : "anchor: ledger.head is missing, so nobody can tell whether lines were cut off";
	const { n, hash, next } = anchor;
	if (lines.length < n) return `it has ${lines.length} lines, the anchor ledger.head says ${n}: lines were cut off, or the file was replaced by an older one`;
	const known = n === 0 ? LEDGER_GENESIS : lines[n - 1]?.hash;
	if (known !== hash) return `line ${n} is not the one that the anchor ledger.head names: the ledger was rewritten`;
	if (lines.length === n) return null;
	if (next === null || lines.length > next.n || (lines.length === next.n && head !== next.hash))
		return `line ${n + 1} was added by somebody else: the anchor ledger.head does not know it`;
	return null;
}

function sentence(home: Home, what: string): string {
	return `The ledger ${pathOf(home)} is broken: ${cleanText(what, 300)}. Nothing can be proven with it. Restore it from a copy together with ledger.head, or move both away: evidence then starts again at virtual.`;
}

function brokenLedger(lines: readonly LedgerLine[], broken: string): Ledger {
	return { lines, head: lines.at(-1)?.hash ?? LEDGER_GENESIS, broken, notes: [] };
}

function same(left: unknown, right: unknown): boolean {
	return JSON.stringify(left) === JSON.stringify(right);
}

function pathOf(home: Home): string {
	return join(home.root, "ledger.jsonl");
}
