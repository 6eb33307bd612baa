import type { Command } from "commander";
import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";

export type BridgeAction =
	/** The program as text, to a new file or (null) to stdout. */
	| { readonly name: "print"; readonly file: string | null }
	| { readonly name: "token"; readonly showPath: boolean }
	/** `port` 0 = any that is free. */
	| { readonly name: "sandbox"; readonly port: number; readonly seed: number };

/** The options of `kinetra bridge`, as they are typed. */
export const BRIDGE_OPTIONS = ["--print", "--token", "--show-path", "--sandbox", "--port", "--seed"];

/** Adds `kinetra bridge`; `accept` gets what was asked of it. */
export function addBridge(program: Command, accept: (request: { readonly command: "bridge"; readonly action: BridgeAction }) => void): void {
	const bridge = program
		.command("bridge")
		.description("the program beside MetaTrader 5: get it, make its token, or try it on a stand-in terminal")
		.option("--print [file]", "write kinetra_bridge.py to a new file (or to stdout), with the set-up steps for Windows and Wine")
		.option("--token", "make the token file that cockpit and bridge share; one that is there is kept; the token is never shown")
		.option("--show-path", "with --token: print nothing but where the file is")
		.option("--sandbox", "run the bridge on the stand-in terminal: no MetaTrader 5, no money; needs Python 3.9 with websockets 10")
		.option("--port <number>", "with --sandbox: where to listen on 127.0.0.1, 0 = any free port (default: 8765)")
		.option("--seed <number>", "with --sandbox: which made-up world; each is kept on its own (default: 1)")
		.allowExcessArguments(false);
	bridge.action((given: BridgeOptions, command: Command) => {
		const action = bridgeAction(given);
		if (action === null) command.outputHelp();
		else accept({ command: "bridge", action });
	});
}

type BridgeOptions = { print?: string | true; token?: true; showPath?: true; sandbox?: true; port?: string; seed?: string };

/** Null when nothing was asked for. Throws a usage `Failure`. */
function bridgeAction({ print, token, showPath, sandbox, port, seed }: BridgeOptions): BridgeAction | null {
	const asked = [print !== undefined && "--print", token && "--token", sandbox && "--sandbox"].filter((name) => typeof name === "string");
	if (asked.length > 1) throw usageFailure(`${asked.join(" and ")} are different things. Ask for one at a time. See: kinetra help bridge`);
	if (showPath && !token) throw usageFailure("--show-path belongs to --token. Use: kinetra bridge --token --show-path");
	if (!sandbox && (port !== undefined || seed !== undefined))
		throw usageFailure(`${port === undefined ? "--seed" : "--port"} belongs to --sandbox. Use: kinetra bridge --sandbox`);
	if (print === "") throw usageFailure("--print: the file name is empty. Use: kinetra bridge --print kinetra_bridge.py");
	if (print !== undefined) return { name: "print", file: print === true ? null : print };
	if (token) return { name: "token", showPath: showPath === true };
	if (!sandbox) return null;
	return { name: "sandbox", port: wholeNumber("--port", port ?? "8765", 65_535), seed: wholeNumber("--seed", seed ?? "1", 4_294_967_295) };
}

function wholeNumber(option: string, text: string, most: number): number {
	const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
	if (value <= most) return value;
	throw usageFailure(`${option} must be a whole number from 0 to ${most}, not "${cleanText(text, 40)}".`);
}
