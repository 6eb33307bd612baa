// Every check, in the order in which they fail fastest; `npm test` runs this. Stops at the first that fails and shows what it said.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => `${root}node_modules/.bin/${name}`;

const checks = [
	["types", bin("tsc"), ["-p", ".", "--noEmit"]],
	["types of the pure engine", bin("tsc"), ["-p", "src/engine"]],
	["lint and format", bin("biome"), ["check", "--error-on-warnings"]],
	["unused code", bin("knip"), []],
	["build", process.execPath, ["scripts/build.mjs"]],
	["tests", bin("vitest"), ["run", ...process.argv.slice(2)]],
];

for (const [name, program, args] of checks) {
	const started = Date.now();
	const shown = name === "tests";
	const result = spawnSync(program, args, { cwd: root, stdio: shown ? "inherit" : "pipe", encoding: "utf8", shell: process.platform === "win32" });
	const seconds = ((Date.now() - started) / 1000).toFixed(1);
	if (result.status !== 0) {
		if (!shown) process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
		process.stderr.write(`\n${name}: FAILED after ${seconds} s${result.error === undefined ? "" : ` (${result.error.message})`}\n`);
		process.exit(1);
	}
	process.stdout.write(`${name}: ok (${seconds} s)\n`);
}
