import { hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dataFailure, Failure } from "../../adapters/failure.ts";
import { reasonOf } from "../../adapters/reason.ts";

/** First word of the file: its kind and format. */
const MAGIC = "kinetra-training-1";
/** A replay memory and several networks fit many times over. */
const BYTES_MAX = 2_000_000_000;
const HEAD_BYTES_MAX = 64_000_000;

/**
 * Writes plain data (JSON values and Float32Arrays anywhere among them) to a file: whole or not at all. The file is a line of kind, hash and length, the
 * values as JSON in which an array is named by its place, and the arrays' numbers as they are. Throws a `Failure` (exit 3) when it cannot be written.
 */
export function writeState(path: string, state: unknown): void {
	const arrays: Float32Array[] = [];
	const head = JSON.stringify(state, (_key, value: unknown) => {
		if (!(value instanceof Float32Array)) return value;
		arrays.push(value);
		return { float32: arrays.length - 1, length: value.length };
	});
	const body = Buffer.concat([Buffer.from(head), ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))]);
	const line = `${MAGIC} ${hash("sha256", body, "hex")} ${Buffer.byteLength(head)}\n`;
	const temporary = `${path}.new`;
	try {
		const fd = openSync(temporary, "w", 0o600);
		try {
			for (const part of [Buffer.from(line), body]) for (let at = 0; at < part.length; ) at += writeSync(fd, part, at);
			fsyncSync(fd);
		} finally {
			closeSync(fd);
		}
		renameSync(temporary, path);
	} catch (error) {
		rmSync(temporary, { force: true });
		throw dataFailure(`The checkpoint ${path} cannot be written: ${reasonOf(error)}. Free some space, or make the folder writable, and go on with --resume.`);
	}
}

/** Reads what `writeState` wrote. Throws a `Failure` (exit 3) when it is not there, damaged or of another version. */
export function readState(path: string): unknown {
	try {
		if (statSync(path).size > BYTES_MAX) throw damaged(path, "it is too large");
		const bytes = readFileSync(path);
		const lineEnd = bytes.subarray(0, 200).indexOf(10);
		const [magic, sha256, headBytes] = bytes.toString("latin1", 0, Math.max(0, lineEnd)).split(" ");
		if (magic !== MAGIC) throw damaged(path, "it is none of this version");
		const body = bytes.subarray(lineEnd + 1);
		if (hash("sha256", body, "hex") !== sha256) throw damaged(path, "its bytes are not those that were written");
		return parseState(body, Number(headBytes));
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw dataFailure(`The checkpoint ${path} cannot be read: ${reasonOf(error)}. Start anew without --resume, with another --out.`);
	}
}

function parseState(body: Buffer, headBytes: number): unknown {
	if (!(headBytes <= HEAD_BYTES_MAX)) throw new Error("its head is too long");
	// Arrays must begin at a multiple of four bytes, which the body need not do.
	const numbers = Uint8Array.from(body.subarray(headBytes));
	let at = 0;
	return JSON.parse(body.toString("utf8", 0, headBytes), (_key, value: unknown) => {
		if (typeof value !== "object" || value === null || !("float32" in value) || !("length" in value)) return value;
		const array = new Float32Array(numbers.buffer, at, Number(value.length));
		at += array.byteLength;
		return array.slice();
	});
}

function damaged(path: string, why: string): Failure {
	return dataFailure(`The checkpoint ${path} cannot be used: ${why}. Start anew without --resume, with another --out.`);
}
