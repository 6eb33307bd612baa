import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";

/**
 * Folder of the user's `onnxruntime-node`, or null when there is none: the one that `KINETRA_ONNXRUNTIME` names (a full path; then no other is looked
 * for), else the one beside the program, as Node finds packages. The working folder is not asked: what lies there is data, not program. Nothing is
 * downloaded and nothing is loaded.
 */
export function findOnnxRuntime(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
	const named = env.KINETRA_ONNXRUNTIME;
	if (named !== undefined && named !== "") return isAbsolute(named) ? folderOf(join(resolve(named), "package.json"), import.meta.url) : null;
	return folderOf("onnxruntime-node/package.json", import.meta.url);
}

/** How to get it, for errors. */
export const INSTALL_HINT =
	"Install it beside Kinetra (npm install --global onnxruntime-node), or set KINETRA_ONNXRUNTIME to the full path of its folder; or export a plain network (docs/WRITING_AGENTS.md).";

function folderOf(request: string, from: string): string | null {
	try {
		return dirname(createRequire(from).resolve(request));
	} catch {
		return null;
	}
}
