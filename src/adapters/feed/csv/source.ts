import { createHash, type Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { dataFailure } from "../../failure.ts";
import { detectEncoding, ENCODING_BYTES, narrow, type TextEncoding } from "./encoding.ts";

/** Largest plain file that is read, bytes: about 300 M ticks; hashing it takes a minute. */
const FILE_BYTES_MAX = 16 * 2 ** 30;
/** Largest gz file, packed and unpacked, bytes: it is unpacked in memory (4 M bars, 5 M ticks); bigger ones are read unpacked. */
const GZ_BYTES_MAX = 256 * 2 ** 20;
const BLOCK_BYTES = 2 ** 20;

/**
 * A file as plain text bytes: unpacked, without byte order mark, UTF-16 narrowed to bytes (what is not ASCII becomes 0xFF, which no number
 * contains). `read` appends to `target` from `offset` and returns how many bytes it wrote, 0 at the end; it throws `Failure` when the disk does.
 */
export type TextSource = {
	/** Bytes of the file as stored. */
	readonly storedBytes: number;
	/** Bytes of text, as far as known: for a gz file unpacked. */
	readonly textBytes: number;
	read(target: Uint8Array, offset: number): number;
	/** SHA-256 of the file as stored, hex. Reads what has not been read yet. */
	sha256(): string;
	/** What changed about the file since it was opened, or null. */
	changed(): string | null;
	/** May be called more than once. */
	close(): void;
};

/** Opens a file for reading, or throws a `Failure` (exit 3) that says what is wrong with it and what to do. */
export function openSource(file: string): TextSource {
	const stat = orFail(file, () => statSync(file));
	// Looked at before it is opened: opening a pipe would wait for its writer.
	if (stat.isDirectory()) throw dataFailure(`${file}: is a folder. Name the CSV file inside it.`);
	if (!stat.isFile()) throw dataFailure(`${file}: is not a regular file (a pipe or device). Save the data to a file first.`);
	if (stat.size === 0) throw dataFailure(`${file}: is empty. Export the bars or ticks from MT5 again.`);
	if (stat.size > FILE_BYTES_MAX) {
		throw dataFailure(`${file}: is ${gigabytes(stat.size)}, more than the ${gigabytes(FILE_BYTES_MAX)} that are read. Split it by date.`);
	}
	const descriptor = orFail(file, () => openSync(file, "r"));
	try {
		return sourceOf(file, descriptor, stat.size, stat.mtimeMs);
	} catch (cause) {
		closeSync(descriptor);
		throw cause;
	}
}

function sourceOf(file: string, descriptor: number, storedBytes: number, modifiedMs: number): TextSource {
	const head = new Uint8Array(Math.min(storedBytes, 4096));
	orFail(file, () => readSync(descriptor, head, 0, head.length, 0));
	const packed = head[0] === 0x1f && head[1] === 0x8b;
	const hash = createHash("sha256");
	const stored = packed ? unpacked(file, descriptor, storedBytes, hash) : fileBytes(file, descriptor, storedBytes, hash);
	const encoding = detectEncoding(file, packed ? stored.head() : head);
	const read = decoded(stored, encoding);
	let isClosed = false;
	return {
		storedBytes,
		textBytes: stored.length,
		read,
		sha256: () => stored.digest(),
		changed() {
			const now = fstatSync(descriptor);
			return now.size === storedBytes && now.mtimeMs === modifiedMs ? null : "the file was changed while it was read";
		},
		close() {
			if (!isClosed) closeSync(descriptor);
			isClosed = true;
		},
	};
}

/** The bytes of a file after unpacking, before decoding. */
type Bytes = {
	readonly length: number;
	head(): Uint8Array;
	read(target: Uint8Array, offset: number, length: number): number;
	digest(): string;
};

/** A plain file, read in blocks and hashed as it passes. */
function fileBytes(file: string, descriptor: number, storedBytes: number, hash: Hash): Bytes {
	let position = 0;
	let hashedUpTo = 0;
	let digest: string | null = null;
	const read = (target: Uint8Array, offset: number, length: number): number => {
		const count = orFail(file, () => readSync(descriptor, target, offset, length, position));
		const isNew = position + count - hashedUpTo;
		if (isNew > 0 && digest === null) {
			hash.update(target.subarray(offset + count - isNew, offset + count));
			hashedUpTo += isNew;
		}
		position += count;
		return count;
	};
	return {
		length: storedBytes,
		head: () => new Uint8Array(0),
		read,
		digest() {
			if (digest !== null) return digest;
			const block = new Uint8Array(BLOCK_BYTES);
			const back = position;
			position = hashedUpTo;
			while (read(block, 0, block.length) > 0);
			position = back;
			digest = hash.digest("hex");
			return digest;
		},
	};
}

/** A gz file, unpacked in memory: Node has no synchronous unpacking in pieces. */
function unpacked(file: string, descriptor: number, storedBytes: number, hash: Hash): Bytes {
	const tooBig = `${file}: is a gz file of more than ${GZ_BYTES_MAX / 2 ** 20} MiB, packed or unpacked. Unpack it first (gunzip), the plain file is read in pieces.`;
	if (storedBytes > GZ_BYTES_MAX) throw dataFailure(tooBig);
	const stored = new Uint8Array(storedBytes);
	for (let at = 0, count = 1; count > 0; at += count) count = orFail(file, () => readSync(descriptor, stored, at, storedBytes - at, at));
	const digest = hash.update(stored).digest("hex");
	let text: Uint8Array;
	try {
		text = gunzipSync(stored, { maxOutputLength: GZ_BYTES_MAX, chunkSize: BLOCK_BYTES });
	} catch (cause) {
		const code = codeOf(cause);
		if (code === "ERR_BUFFER_TOO_LARGE") throw dataFailure(tooBig);
		const trouble = code === "Z_BUF_ERROR" ? "the gz file ends too early (an unfinished copy or download?)" : "the gz file is damaged";
		throw dataFailure(`${file}: ${trouble}. Copy or export it again.`);
	}
	if (text.length === 0) throw dataFailure(`${file}: is empty once unpacked. Export the bars or ticks from MT5 again.`);
	let position = 0;
	return {
		length: text.length,
		head: () => text.subarray(0, 4096),
		read(target, offset, length) {
			const piece = text.subarray(position, position + length);
			target.set(piece, offset);
			position += piece.length;
			return piece.length;
		},
		digest: () => digest,
	};
}

/** Takes off the byte order mark and narrows UTF-16 to bytes. */
function decoded(bytes: Bytes, encoding: TextEncoding): TextSource["read"] {
	// Read rather than skipped: reading feeds the hash.
	bytes.read(new Uint8Array(4), 0, encoding.markBytes);
	if (ENCODING_BYTES[encoding.name] === 1) return (target, offset) => bytes.read(target, offset, target.length - offset);
	const pairs = new Uint8Array(BLOCK_BYTES);
	return (target, offset) => {
		let count = 0;
		const room = Math.min(pairs.length, (target.length - offset) * 2);
		// A short read may cut a pair in two; reading goes on until it is whole or the file ends.
		while (count === 0 || count % 2 === 1) {
			const more = bytes.read(pairs, count, room - count);
			if (more === 0) break;
			count += more;
		}
		return narrow(pairs, count, encoding.name, target, offset);
	};
}

/** What the system refuses, said as a `Failure`. */
function orFail<T>(file: string, act: () => T): T {
	try {
		return act();
	} catch (cause) {
		const code = codeOf(cause);
		if (code === "ENOENT" || code === "ENOTDIR") throw dataFailure(`${file}: there is no such file. Check the path after --file.`);
		if (code === "EACCES" || code === "EPERM") throw dataFailure(`${file}: may not be read by this user. Change its permissions or copy it.`);
		throw dataFailure(`${file}: cannot be read (${code}). Check the path and the disk.`);
	}
}

function codeOf(cause: unknown): string {
	return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}

function gigabytes(bytes: number): string {
	return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
