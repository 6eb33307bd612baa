import { delimiter, join } from "node:path";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure } from "../../adapters/failure.ts";
import { type Home, makePrivateFolder, prepareHome, readPrivateFile, requirePrivateFolder, writePrivateFile } from "../../adapters/home.ts";
import { findPython } from "../../adapters/mt5/python.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { BridgeAction } from "../../args/bridge.ts";
import type { Terminal } from "../../terminal.ts";
import { runChild } from "./child.ts";
import type { BridgeProgram } from "./program.ts";
import { ensureToken } from "./token.ts";

/**
 * Starts the bridge as Python itself would (`-m module` or a file), and asks it to end when its input ends: even a cockpit that was ended by
 * force leaves no bridge behind that holds the port.
 */
const LAUNCHER = `import os, runpy, signal, sys, threading
def watch():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
del sys.argv[0]
if sys.argv[0] == "-m":
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
else:
    runpy.run_path(sys.argv[0], run_name="__main__")`;

type SandboxAction = Extract<BridgeAction, { name: "sandbox" }>;

/**
 * `kinetra bridge --sandbox`: the bridge on the stand-in terminal until it is told to end. Each seed is a world of its own, kept in
 * `sandbox/seed-N` of the home: settings, accounts, the bridge's journal. Returns the exit code; throws a `Failure` (exit 3).
 */
export async function runSandbox({ port, seed }: SandboxAction, program: BridgeProgram, home: Home, terminal: Terminal): Promise<number> {
	const { path: token } = ensureToken(home);
	const folder = prepareWorld(home, seed);
	const python = findPython(process.env, folder);
	terminal.print(
		[
			"SANDBOX  This is the bridge on a stand-in terminal: no MetaTrader 5, no broker, no money. Prices and fills are made up.",
			`SANDBOX  Seed ${seed}; settings and accounts are kept in ${cleanText(folder, 300)}`,
			`SANDBOX  The token is in ${cleanText(token, 300)}; Python ${python.version}. End it with Ctrl-C.`,
		].join("\n"),
	);
	const inherited = process.env.PYTHONPATH ?? "";
	const env = {
		...process.env,
		PYTHONPATH: [...program.modules, ...(inherited === "" ? [] : [inherited])].join(delimiter),
		KINETRA_SANDBOX: join(folder, "sandbox.json"),
		PYTHONDONTWRITEBYTECODE: "1",
		PYTHONUNBUFFERED: "1",
	};
	const args = ["-c", LAUNCHER, ...program.start, "--config", join(folder, "bridge.json"), "--token-file", token, "--port", String(port)];
	// In a folder that is ours: Python looks for modules where it is started.
	return runChild("the sandbox bridge", python.program, args, { cwd: folder, env }, terminal);
}

/** The folder of the seed's world; settings that are there are the user's and stay. */
function prepareWorld(home: Home, seed: number): string {
	prepareHome(home);
	const top = join(home.root, "sandbox");
	const folder = join(top, `seed-${seed}`);
	try {
		for (const path of [top, folder, join(folder, "data"), join(folder, "state"), join(folder, "control")]) {
			makePrivateFolder(path);
			requirePrivateFolder(path);
		}
		writeOnce(join(folder, "sandbox.json"), { seed, state: "state", control: "control" });
		writeOnce(join(folder, "bridge.json"), { sandbox: true, data: "data" });
	} catch (error) {
		if (error instanceof Error && error.name === "Failure") throw error;
		throw dataFailure(
			`The sandbox folder ${cleanText(folder, 300)} cannot be used: ${reasonOf(error)}. Repair that, or name another folder with KINETRA_HOME.`,
		);
	}
	return folder;
}

function writeOnce(path: string, settings: object): void {
	if (readPrivateFile(path) === null) writePrivateFile(path, `${JSON.stringify(settings, null, "\t")}\n`);
}
