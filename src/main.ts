#!/usr/bin/env node
import { isMainThread } from "node:worker_threads";
import { VERSION } from "./version.ts";

// The version is asked for by scripts and by the impatient: answered before anything else is loaded.
const argv = process.argv.slice(2);
if (!isMainThread) {
	// The same file is the entry of the program's threads, bundled or not.
	const { runThread } = await import("./thread/worker.ts");
	await runThread();
} else if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
	// A full disk or a closed pipe behind stdout.
	process.stdout.on("error", () => {
		process.exitCode = 3;
	});
	process.stdout.write(`${VERSION}\n`);
} else {
	const { runCommandLine } = await import("./command-line.ts");
	await runCommandLine(argv, new URL(import.meta.url));
}
