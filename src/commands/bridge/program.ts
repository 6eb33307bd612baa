import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dataFailure } from "../../adapters/failure.ts";
import { reasonOf } from "../../adapters/reason.ts";

/** Where the bridge program and the stand-in terminal are in this installation. */
export type BridgeProgram = {
	/** The text of the one file kinetra_bridge.py. Throws a `Failure` (exit 3) when it cannot be read. */
	text(): Promise<string>;
	/** Arguments of Python that start the bridge: a file, or `-m` and a module. */
	readonly start: readonly string[];
	/** Folders for PYTHONPATH: the stand-in terminal first, so that it hides a real MetaTrader5 package. */
	readonly modules: readonly string[];
};

/** Finds the bridge beside `entry`, the program's own file: built (dist/kinetra.mjs) or in the source tree (src/main.ts). Throws a `Failure` (exit 3). */
export function bridgeProgram(entry: URL): BridgeProgram {
	const at = (path: string): string => fileURLToPath(new URL(path, entry));
	const built = at("bridge/kinetra_bridge.py");
	const program = existsSync(built) ? inBuild(built, at("bridge/sandbox")) : inSources(at("adapters/mt5/bridge"), at("adapters/mt5/sandbox"), entry);
	for (const folder of program.modules) {
		if (!existsSync(folder)) throw dataFailure(`The bridge program is missing from this installation: there is no ${folder}. Install Kinetra again.`);
	}
	return program;
}

function inBuild(file: string, sandbox: string): BridgeProgram {
	const text = async (): Promise<string> => {
		try {
			return readFileSync(file, "utf8");
		} catch (error) {
			throw dataFailure(`The bridge program ${file} cannot be read: ${reasonOf(error)}. Install Kinetra again.`);
		}
	};
	return { text, start: [file], modules: [sandbox] };
}

function inSources(bridge: string, sandbox: string, entry: URL): BridgeProgram {
	// A computed address: the bundler must not take a script of the build into the program.
	const joiner = new URL("../scripts/bridge-file.mjs", entry).href;
	const text = async (): Promise<string> => ((await import(joiner)) as { bridgeFile(): string }).bridgeFile();
	return { text, start: ["-m", "kinetra_bridge"], modules: [sandbox, bridge] };
}
