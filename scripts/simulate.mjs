// Seeded faults on whole sessions and on the MT5 broker alone, as many as asked for: npm run sim -- [seeds of each]. `npm test` lives through a few.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const seeds = process.argv[2] ?? "5000";
if (!/^[1-9]\d{0,7}$/.test(seeds)) {
	process.stderr.write(`"${seeds}" is no number of seeds. Give a whole number: npm run sim -- 5000\n`);
	process.exit(2);
}
const root = fileURLToPath(new URL("..", import.meta.url));
const env = { ...process.env, KINETRA_SIM_SEEDS: seeds, KINETRA_SIM_SESSIONS: seeds };
const files = ["tests/simulation.test.ts", "tests/adapters/mt5/broker/simulation.test.ts"];
const { status } = spawnSync(`${root}node_modules/.bin/vitest`, ["run", ...files], { cwd: root, env, stdio: "inherit", shell: process.platform === "win32" });
process.exit(status ?? 1);
