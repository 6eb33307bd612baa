import { spawnSync } from "node:child_process";
import { cleanText } from "../clean-text.ts";
import { dataFailure } from "../failure.ts";
import { reasonOf } from "../reason.ts";

/** A Python that can run the bridge. */
export type Python = {
	/** What to start: a path, or a name that the system finds. */
	readonly program: string;
	/** Such as `3.11.2`. */
	readonly version: string;
};

/** Oldest Python and oldest `websockets` that the bridge runs on. */
const LEAST_MINOR = 9;
const LEAST_WEBSOCKETS = 10;
const PLACES = ["/usr/bin/python3", "python3", "python"];
/** A Python that takes longer to say its version hangs (ms). */
const PATIENCE_MS = 20_000;

const PROBE = `import json, sys
try:
    from websockets.version import version
except Exception:
    version = None
print("kinetra:" + json.dumps([list(sys.version_info[:3]), version]))`;

/**
 * The first Python 3.9 or newer that can import websockets 10 or newer: the one named by `KINETRA_PYTHON` and no other, or else the first of
 * `places`. It is asked in `folder` (which must hold nothing that Python could import by mistake). Throws a `Failure` (exit 3) that says what
 * was wrong with each and what to install.
 */
export function findPython(env: NodeJS.ProcessEnv, folder: string, places: readonly string[] = PLACES): Python {
	const asked = env.KINETRA_PYTHON?.trim() ?? "";
	const reasons: string[] = [];
	for (const program of asked === "" ? places : [asked]) {
		const found = ask(program, env, folder);
		if (typeof found !== "string") return found;
		reasons.push(`${asked === "" ? "" : "KINETRA_PYTHON: "}${cleanText(program, 200)}: ${found}`);
	}
	throw dataFailure(
		[
			`No Python 3.${LEAST_MINOR} or newer with the package websockets ${LEAST_WEBSOCKETS} or newer was found:`,
			...reasons.map((reason) => `  ${reason}`),
			"Install it (Debian, Ubuntu: apt install python3-websockets; elsewhere: python3 -m pip install websockets), or name another Python with KINETRA_PYTHON=/path/of/python3.",
		].join("\n"),
	);
}

/** The Python behind `program`, or in words why it cannot be used. */
function ask(program: string, env: NodeJS.ProcessEnv, folder: string): Python | string {
	const { error, stdout, status } = spawnSync(program, ["-c", PROBE], {
		cwd: folder,
		env: { ...env, PYTHONDONTWRITEBYTECODE: "1" },
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
		timeout: PATIENCE_MS,
		killSignal: "SIGKILL",
		windowsHide: true,
	});
	if (error !== undefined) return reasonOf(error);
	const told = /^kinetra:\[\[(\d+), (\d+), (\d+)\], (?:null|"([^"]*)")\]\s*$/m.exec(stdout);
	if (told === null) return `is no Python 3 that runs (exit ${status})`;
	const [, major, minor, patch, websockets] = told;
	const version = `${major}.${minor}.${patch}`;
	if (Number(major) !== 3 || Number(minor) < LEAST_MINOR) return `is Python ${version}, 3.${LEAST_MINOR} or newer is needed`;
	if (websockets === undefined) return `Python ${version} has no package websockets`;
	if (!(Number.parseInt(websockets, 10) >= LEAST_WEBSOCKETS))
		return `Python ${version} has websockets ${cleanText(websockets, 40)}, ${LEAST_WEBSOCKETS} or newer is needed`;
	return { program, version };
}
