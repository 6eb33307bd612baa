import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { cleanText } from "../../clean-text.ts";
import { usageFailure } from "../../failure.ts";

/**
 * The absolute path of the program that a command names: a path as it is, a plain name by the first folder of PATH that has it. Folders of PATH that are
 * not absolute are skipped, so that it does not depend on where Kinetra is started. Throws a usage `Failure`.
 */
export function findProgram(word: string, env: NodeJS.ProcessEnv, folder: string): string {
	const endings = process.platform === "win32" ? ["", ...(env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";")] : [""];
	const isPath = word.includes("/") || (process.platform === "win32" && word.includes("\\"));
	const places = isPath ? [resolve(folder, word)] : (env.PATH ?? "").split(delimiter).flatMap((place) => (isAbsolute(place) ? [join(place, word)] : []));
	for (const place of places) for (const ending of endings) if (canRun(place + ending)) return place + ending;
	const shown = cleanText(word, 200);
	throw usageFailure(
		isPath
			? `--agent process: ${shown} is no program that can be run. Check the path, and that the file may be executed.`
			: `--agent process: no program ${shown} is on the PATH. Install it, or name it by its path.`,
	);
}

function canRun(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(realpathSync(path)).isFile();
	} catch {
		return false;
	}
}
