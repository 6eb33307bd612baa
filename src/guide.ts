import { readFileSync } from "node:fs";

/** The user's guide (docs/LIVE_TESTING_GUIDE.md). The build script puts it into the program; unbundled runs (tests, tsx) read the file. */
export const GUIDE: string =
	typeof __KINETRA_GUIDE__ === "string" ? __KINETRA_GUIDE__ : readFileSync(new URL("../docs/LIVE_TESTING_GUIDE.md", import.meta.url), "utf8");

declare const __KINETRA_GUIDE__: string | undefined;
