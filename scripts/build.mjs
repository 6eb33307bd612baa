// Bundles the program into dist/: kinetra.mjs and the chunks it loads when a command needs them. Everything is inside, so the
// package installs without downloads. Uses esbuild's own program file, so install scripts may stay off.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bridgeFile } from "./bridge-file.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Where to build: dist/, or the folder given (the end-to-end tests build their own copy). */
const outdir = resolve(process.argv[2] ?? `${root}dist`);
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
/** The guide that the cockpit shows travels inside the program (src/guide.ts). */
const guide = readFileSync(`${root}docs/LIVE_TESTING_GUIDE.md`, "utf8");

/** tinypool looks for its threads' file beside its own; in the build that is beside kinetra.mjs, one folder above the part that asks. */
const threadEntry = {
	name: "thread-entry",
	setup(build) {
		build.onLoad({ filter: /tinypool[\\/]dist[\\/]index\.js$/ }, ({ path }) => {
			const asked = 'import.meta.url + "/../entry/worker.js"';
			const text = readFileSync(path, "utf8");
			if (text.split(asked).length !== 2) return { errors: [{ text: `tinypool does not ask for its thread by ${asked} any more: change scripts/build.mjs` }] };
			return { contents: text.replace(asked, 'import.meta.url + "/../../pool-thread.mjs"'), loader: "js" };
		});
	},
};

const { metafile, outputFiles } = await build({
	absWorkingDir: root,
	entryPoints: {
		kinetra: "src/main.ts",
		// The threads of a pool: what they are asked for, and what tinypool starts them with.
		"pool-worker": "src/pool/worker.ts",
		"pool-thread": "node_modules/tinypool/dist/entry/worker.js",
	},
	plugins: [threadEntry],
	outdir,
	outExtension: { ".js": ".mjs" },
	chunkNames: "chunks/[name]-[hash]",
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "node",
	target: "node20.12",
	jsx: "automatic",
	alias: { "react-devtools-core": "./scripts/no-devtools.mjs" },
	// React's development build leaks with every commit.
	define: {
		"process.env.NODE_ENV": '"production"',
		"process.env.DEV": '"false"',
		__KINETRA_VERSION__: JSON.stringify(version),
		__KINETRA_GUIDE__: JSON.stringify(guide),
	},
	// Packages written for CommonJS ask for `require`, which a module does not have by itself.
	banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
	metafile: true,
	write: false,
	logLevel: "warning",
}).catch(() => process.exit(1));

// Only a build that succeeded replaces the one before.
rmSync(outdir, { recursive: true, force: true });
for (const file of outputFiles) {
	mkdirSync(dirname(file.path), { recursive: true });
	writeFileSync(file.path, file.contents, { mode: file.path.endsWith("kinetra.mjs") ? 0o755 : 0o644 });
}

// The bridge program, one file to save and run beside the terminal, and the stand-in terminal for trying without one.
const sandbox = "src/adapters/mt5/sandbox/MetaTrader5";
mkdirSync(join(outdir, "bridge", "sandbox", "MetaTrader5"), { recursive: true });
writeFileSync(join(outdir, "bridge", "kinetra_bridge.py"), bridgeFile());
for (const name of readdirSync(`${root}${sandbox}`).filter((file) => file.endsWith(".py"))) {
	copyFileSync(`${root}${sandbox}/${name}`, join(outdir, "bridge", "sandbox", "MetaTrader5", name));
}

// The policies that ship with Kinetra (adapters/agent/built-in-names.ts looks for them beside the program).
if (existsSync(`${root}src/policies`)) cpSync(`${root}src/policies`, join(outdir, "policies"), { recursive: true });

/** The licences of what is bundled travel with it. */
function licences() {
	const folders = new Set();
	for (const input of Object.keys(metafile.inputs)) {
		const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
		if (found !== null) folders.add(found[1]);
	}
	return [...folders].sort().map((folder) => {
		const about = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
		let text = `Licence: ${about.license}`;
		for (const name of ["LICENSE", "license", "LICENSE.md", "license.md", "LICENSE.txt"]) {
			try {
				text = readFileSync(`${root}${folder}/${name}`, "utf8");
				break;
			} catch {
				// The next spelling.
			}
		}
		return `${about.name} ${about.version}\n\n${text.trim()}\n`;
	});
}

writeFileSync(join(outdir, "THIRD-PARTY-LICENSES.txt"), licences().join(`\n${"-".repeat(80)}\n\n`));
