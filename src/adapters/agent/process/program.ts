import { statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { findAgent } from "../../../engine/agents/registry.ts";
import { canonicalJson, sha256Hex } from "../../canonical.ts";
import { cleanText } from "../../clean-text.ts";
import { EXIT, Failure, usageFailure } from "../../failure.ts";
import type { AgentProgram } from "../loaded.ts";
import { findProgram } from "./find-program.ts";
import { hashFile, hashInstalled, insideFolder } from "./hash-file.ts";
import { interpreterVersion } from "./interpreter.ts";
import { PROGRAM_MANIFEST, readProgramManifest } from "./manifest.ts";
import { splitCommand } from "./split-command.ts";

/** Programs that are known to decide nothing themselves. */
const INTERPRETERS = /^(pythonw?|pypy|node|deno|bun|ruby|perl|java|julia|R|Rscript|dotnet|lua|luajit|php|uv)[\d.]*(\.exe)?$/i;

/** A file whose bytes decide: its place, and the name it goes by in the hash. */
type Named = { readonly path: string; readonly name: string; readonly sha256: string };

/**
 * Reads what `--agent process:"..."` names: splits the command, finds the program and its files, reads `agent.json` beside the script where there
 * is one, asks the interpreter for its version, and hashes all of it. The agent itself is not started. Rejects with a usage `Failure`.
 */
export async function loadProgram(command: string): Promise<AgentProgram> {
	const words = splitCommand(command);
	const here = process.cwd();
	const [first = "", ...rest] = words;
	const program = findProgram(first, process.env, here);
	const scripts = rest.filter((word) => isFile(resolve(here, word)));
	const [script = null] = scripts;
	if (script === null && rest.includes("-m"))
		throw usageFailure(`--agent process: "${cleanText(command, 200)}" does not say which file decides (-m finds it by itself). Name the script.`);
	const place = script === null ? null : resolve(here, script);
	const manifest = readProgramManifest(place);
	const folder = manifest.sha256 === null || place === null ? here : dirname(place);
	const version = await interpreterVersion(program, folder);
	const files = [
		...scripts.map((name) => fileOf(name, resolve(here, name))),
		...manifest.files.map((name) => fileOf(name, insideFolder(folder, name, name))),
		...(manifest.sha256 === null ? [] : [{ path: join(folder, PROGRAM_MANIFEST), name: PROGRAM_MANIFEST, sha256: manifest.sha256 }]),
	];
	// What only runs a script goes by its version; any other program may be what decides, whatever it says of itself.
	const isInterpreter = version !== null && script !== null && INTERPRETERS.test(basename(program));
	const own = isInterpreter ? null : hashInstalled(program, first);
	const { name, warmupBars, timeframe, symbols, sizing } = manifest;
	const decides = { warmupBars, timeframe, symbols, sizing };
	const identity = { words, files: files.map(({ name, sha256 }) => ({ name, sha256 })), interpreter: version, program: own, ...decides };
	return {
		name: name ?? nameOf(script ?? first),
		command: [program, ...rest.map((word) => (scripts.includes(word) ? resolve(here, word) : word))],
		folder,
		sha256: sha256Hex(canonicalJson(identity)),
		interpreter: version ?? `sha256 ${own}`,
		files: [...files.map(({ path, sha256 }) => ({ path, sha256 })), ...(own === null ? [] : [{ path: program, sha256: own, isInstalled: true }])],
		...decides,
	};
}

/** Throws a `Failure` when a file of the program is not any more what was hashed. */
export function requireUnchanged({ files }: Pick<AgentProgram, "files">): void {
	for (const { path, sha256, isInstalled } of files) {
		if ((isInstalled === true ? hashInstalled(path, path) : hashFile(path, path)) === sha256) continue;
		const shown = cleanText(path, 300);
		throw new Failure(EXIT.data, `--agent process: the file ${shown} has changed since it was read. It would be another agent: start the session again.`);
	}
}

function fileOf(name: string, path: string): Named {
	return { name, path, sha256: hashFile(path, name) };
}

/** A name out of a file's name: small letters, digits and dashes, none of Kinetra's own. */
function nameOf(file: string): string {
	const plain = basename(file)
		.replace(/\.[^.]*$/, "")
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^[^a-z]+|-+$/g, "")
		.slice(0, 24);
	if (plain === "") return "program";
	return findAgent(plain) === null ? plain : `${plain}-program`;
}

function isFile(path: string): boolean {
	try {
		return !statSync(path).isDirectory();
	} catch {
		return false;
	}
}
