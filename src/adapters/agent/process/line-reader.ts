import type { ProgramLimits } from "./limits.ts";

/** Cuts bytes into lines of UTF-8, bounded in length and amount. */
export type LineReader = {
	take(bytes: Buffer): void;
	/** The amount is counted anew. */
	allow(): void;
};

/** Lines go to `onLine` without their end; empty ones are skipped. After a fault, told once, nothing is read any more. */
export function createLineReader(
	{ lineBytesMax, outputBytesMax }: Pick<ProgramLimits, "lineBytesMax" | "outputBytesMax">,
	onLine: (line: string) => void,
	onFault: (what: string) => void,
): LineReader {
	let parts: Buffer[] = [];
	let length = 0;
	let total = 0;
	let isBroken = false;

	function fail(what: string): void {
		isBroken = true;
		parts = [];
		onFault(what);
	}
	function add(part: Buffer): void {
		length += part.length;
		if (length > lineBytesMax) fail(`wrote a line of more than ${lineBytesMax} bytes to stdout`);
		else parts.push(part);
	}
	function close(): void {
		const line = Buffer.concat(parts).toString("utf8").trim();
		parts = [];
		length = 0;
		if (line !== "") onLine(line);
	}
	return {
		allow() {
			total = 0;
		},
		take(bytes) {
			if (isBroken) return;
			total += bytes.length;
			if (total > outputBytesMax) return fail(`wrote more than ${outputBytesMax} bytes to stdout without being asked`);
			let from = 0;
			for (let end = bytes.indexOf(10, from); end >= 0 && !isBroken; end = bytes.indexOf(10, from)) {
				add(bytes.subarray(from, end));
				if (!isBroken) close();
				from = end + 1;
			}
			if (!isBroken && from < bytes.length) add(bytes.subarray(from));
		},
	};
}
