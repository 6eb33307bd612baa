// Joins the modules of the bridge program into the one file that a trader saves and runs. Also a program: node scripts/bridge-file.mjs out.py
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../src/adapters/mt5/bridge/kinetra_bridge", import.meta.url));

const HEAD = `#!/usr/bin/env python3
"""Kinetra bridge: runs beside a MetaTrader 5 terminal and lets the Kinetra cockpit trade through it.

    python -m pip install MetaTrader5 websockets
    python kinetra_bridge.py --make-token        (once; copy the token to the cockpit)
    python kinetra_bridge.py

Joined from the modules of src/adapters/mt5/bridge/kinetra_bridge; the protocol is described in docs/BRIDGE_PROTOCOL.md.
"""

from __future__ import annotations
`;

/** One module: its absolute imports, the modules it imports, its text without either. */
function readModule(name) {
	const text = readFileSync(join(FOLDER, `${name}.py`), "utf8").replaceAll("\r\n", "\n");
	const needs = [];
	const imports = [];
	const body = text
		.replace(/^from \.(\w+) import (?:\([^)]*\)|[^\n]*)\n/gm, (_, needed) => {
			needs.push(needed);
			return "";
		})
		.replace(/^(?:import [^\n]+|from [a-zA-Z_][\w.]* import [^\n]+)\n/gm, (line) => {
			if (!line.includes("__future__")) imports.push(line.trim());
			return "";
		});
	const [, purpose = "", code = ""] = /^"""([\s\S]*?)"""\n([\s\S]*)$/.exec(body) ?? [];
	if (purpose === "") throw new Error(`${name}.py must begin with a docstring`);
	return { name, needs, imports, purpose: purpose.trim(), code: code.trim() };
}

/** The modules, each after those that it imports. */
function inOrder(modules) {
	const byName = new Map(modules.map((module) => [module.name, module]));
	const done = new Set();
	const visit = (module, path) => {
		if (path.includes(module.name)) throw new Error(`modules import each other: ${[...path, module.name].join(" -> ")}`);
		if (done.has(module)) return;
		for (const name of module.needs) visit(byName.get(name), [...path, module.name]);
		done.add(module);
	};
	for (const module of modules) visit(module, []);
	return [...done];
}

/** The text of kinetra_bridge.py. Throws when two modules define the same name, which one file cannot hold. */
export function bridgeFile() {
	const names = readdirSync(FOLDER).filter((file) => file.endsWith(".py") && !file.startsWith("__"));
	const modules = inOrder(names.sort().map((file) => readModule(file.slice(0, -3))));
	const owners = new Map();
	for (const module of modules) {
		for (const [, name] of module.code.matchAll(/^(?:async def |def |class )?([A-Za-z_]\w*)(?=\s*[(:=]|\[)/gm)) {
			if (["if", "for", "with", "try", "return", "else"].includes(name)) continue;
			if (owners.has(name) && owners.get(name) !== module.name) throw new Error(`${name} is defined in ${owners.get(name)}.py and ${module.name}.py`);
			owners.set(name, module.name);
		}
	}
	const imports = [...new Set(modules.flatMap((module) => module.imports))];
	const typing = new Set();
	const others = imports.filter((line) => {
		const found = /^from typing import (.+)$/.exec(line);
		for (const name of found?.[1].split(", ") ?? []) typing.add(name);
		return found === null;
	});
	const lines = [...others, `from typing import ${[...typing].sort().join(", ")}`].sort((a, b) => a.localeCompare(b, "en"));
	const parts = modules.map(({ name, purpose, code }) => `# ${"-".repeat(20)} ${name}\n${comment(purpose)}\n\n${code}\n`);
	return `${HEAD}\n${lines.join("\n")}\n\n\n${parts.join("\n\n")}\n\nif __name__ == "__main__":\n    sys.exit(main())\n`;
}

function comment(text) {
	return text
		.split("\n")
		.map((line) => (line.trim() === "" ? "#" : `# ${line}`))
		.join("\n");
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	const out = resolve(process.argv[2] ?? "kinetra_bridge.py");
	mkdirSync(dirname(out), { recursive: true });
	writeFileSync(out, bridgeFile());
}
