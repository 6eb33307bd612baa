import { rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, EXIT, usageFailure } from "../../adapters/failure.ts";
import { codeOf, reasonOf } from "../../adapters/reason.ts";
import type { Terminal } from "../../terminal.ts";

/** How a trader gets from the saved file to a running bridge. */
const STEPS = `Set-up, on the machine where MetaTrader 5 runs:

  1. Python 3.9 or newer, 64 bit, from python.org.
     Windows: in PowerShell or the command prompt.
     Wine: the Windows Python, installed into the same Wine prefix as the terminal; write "wine python" where "python" stands below.
  2. python -m pip install MetaTrader5 websockets
  3. Start MetaTrader 5, log in to your account, and switch Algo Trading on (the button in the toolbar is green).
  4. python kinetra_bridge.py --make-token      once; prints where the token is, the cockpit needs a copy of that file
  5. python kinetra_bridge.py                   listens on 127.0.0.1:8765; it says what is still missing, and what to click

Without MetaTrader 5: kinetra bridge --sandbox`;

/**
 * `kinetra bridge --print [FILE]`: the program to a new file, with the steps on stdout; or without a file to stdout, with the steps on stderr.
 * Throws a `Failure`: exit 2 when the file exists, exit 3 when it cannot be written.
 */
export function printBridge(text: string, file: string | null, terminal: Terminal): number {
	if (file === null) {
		terminal.print(text.trimEnd());
		process.stderr.write(`\n${STEPS}\n`);
		return EXIT.ok;
	}
	const path = resolve(file);
	writeNew(path, text);
	terminal.print(`The bridge program is in ${cleanText(path, 300)}\n\n${STEPS}`);
	return EXIT.ok;
}

function writeNew(path: string, text: string): void {
	const shown = cleanText(path, 300);
	try {
		writeFileSync(path, text, { flag: "wx" });
	} catch (error) {
		if (codeOf(error) === "EEXIST") throw usageFailure(`--print: ${shown} exists already and is not overwritten. Choose another name or move it away.`);
		// A file cut short must not be taken for the program.
		if (codeOf(error) === "ENOSPC" || codeOf(error) === "EIO") rmSync(path, { force: true });
		throw dataFailure(`--print: ${shown} cannot be written: ${reasonOf(error)}. Choose another folder.`);
	}
}
