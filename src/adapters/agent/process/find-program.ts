import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { cleanText } from "../../clean-text.ts";
import { usageFailure } from "../../failure.ts";

/**
 * The absolute path of the program that a command names: a path as it is, a plain name by the first folder of PATH that has it. Folders of PATH that are
 * not absolute are skipped, so that it does not depend on where Kinetra is started. On Windows only .exe and .com can be started without a shell. Throws
 * a usage `Failure`.
 */
export function findProgram(word: string, env: NodeJS.ProcessEnv, folder: string, platform: NodeJS.Platform = process.platform): string {
	const isWindows = platform === "win32";
	const isPath = word.includes("/") || (isWindows && word.includes("\\"));
	const places = isPath ? [resolve(folder, word)] : pathOf(env).flatMap((place) => (isAbsolute(place) ? [join(place, word)] : []));
	const endings = !isWindows || STARTED_BY_WINDOWS.test(word) ? [""] : [".exe", ".com"];
	for (const place of places) for (const ending of endings) if (canRun(place + ending)) return place + ending;
	const shown = cleanText(word, 200);
	const also = isWindows ? " A .bat or .cmd file cannot be started without a shell: name the .exe that it starts." : "";
	throw usageFailure(
		isPath
			? `--agent process: ${shown} is no program that can be run. Check the path, and that the file may be executed.${also}`
			: `--agent process: no program ${shown} is on the PATH. Install it, or name it by its path.${also}`,
	);
}

const STARTED_BY_WINDOWS = /\.(exe|com)$/i;

/** The folders of PATH, which Windows also writes `Path`; in a thread the environment knows it by one name only. */
function pathOf(env: NodeJS.ProcessEnv): readonly string[] {
	const [, folders = ""] = Object.entries(env).find(([name]) => (process.platform === "win32" ? name.toUpperCase() : name) === "PATH") ?? [];
	return folders.split(delimiter);
}

function canRun(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(realpathSync(path)).isFile();
	} catch {
		return false;
	}
}
