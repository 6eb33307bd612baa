import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildProgram, newHome, ROOT, runProgram } from "../helpers/cli.ts";

it("prints what README.md shows; `...` stands for left out lines", async () => {
	const readme = readFileSync(join(ROOT, "README.md"), "utf8");
	const [, command = "", shown = ""] = /^```\n\$ kinetra (.*)\n([\s\S]*?)^```/m.exec(readme) ?? [];
	expect(command).toContain("run");
	const { code, stdout, stderr } = await runProgram(process.execPath, [buildProgram(), ...command.split(" ")], newHome());
	expect(code).toBe(5);
	// On a terminal both are seen; the breaker's line is progress.
	const [progress = "", ...summary] = shown.split("\n");
	expect(stderr + stdout).toContain(progress);
	let rest = stdout;
	for (const part of summary.join("\n").split(/^ *\.\.\.$/m)) {
		expect(rest).toContain(part.trim());
		rest = rest.slice(rest.indexOf(part.trim()) + part.trim().length);
	}
	expect(rest.trim(), "the example ends with the last line").toBe("");
});
