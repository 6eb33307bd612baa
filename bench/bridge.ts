// From a tick to the order that it leads to, over a socket, beside a bare echo. Run: npx tsx bench/bridge.ts [rounds] [seconds a phase]
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import type { Drive, Driven, Opened } from "./bridge-server.ts";
import type { startTrader, Trader } from "./bridge-trader.ts";
import { figure, table } from "./figures.ts";
import { ROOT } from "./process.ts";

const PER_SECOND = 1000;
const EVERY = 10;
const STORM = { perSecond: 10_000, every: 100 } as const;
const READY_MS = 30_000;
const MB = 1_048_576;

type Storm = {
	readonly sent: number;
	readonly taken: number;
	readonly rowsABatch: number;
	readonly orders: number;
	readonly wanted: number;
	readonly growthMb: number;
};

const rounds = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 10);
const folder = mkdtempSync(join(tmpdir(), "kinetra-bench-"));
try {
	await main();
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
	await bundle();
	const server = new Worker(join(folder, "bridge-server.mjs"));
	const [opened] = (await once(server, "message")) as [Opened];
	const drive = async (wish: Drive): Promise<Driven> => {
		server.postMessage(wish);
		return ((await once(server, "message")) as [Driven])[0];
	};
	const { startTrader: start } = (await import(pathToFileURL(join(folder, "bridge-trader.mjs")).href)) as { startTrader: typeof startTrader };
	const trader = await start(opened.url, opened.token, join(folder, "journal.jsonl"));
	const echo = await openEcho(opened.echoUrl);
	await warmUp(trader, drive);
	const found = { echo: [] as number[], order: [] as number[], journalled: [] as number[] };
	for (let round = 0; round < rounds; round++) {
		// Interleaved: a busy moment of the machine then slows all of them.
		trader.habit.every = Number.POSITIVE_INFINITY;
		found.echo.push(...(await drive({ kind: "echo", perSecond: PER_SECOND, seconds, every: EVERY })).latenciesUs);
		trader.habit.every = EVERY;
		found.order.push(...(await drive({ kind: "ticks", perSecond: PER_SECOND, seconds, every: EVERY })).latenciesUs);
		trader.habit.journal = true;
		found.journalled.push(...(await drive({ kind: "ticks", perSecond: PER_SECOND, seconds, every: EVERY })).latenciesUs);
		trader.habit.journal = false;
	}
	const storm = await brave(trader, drive);
	print(found, storm);
	await trader.stop();
	echo.close();
	await server.terminate();
}

/** Compiled code and a reconciled broker, before anything counts. */
async function warmUp(trader: Trader, drive: (wish: Drive) => Promise<Driven>): Promise<void> {
	const until = performance.now() + READY_MS;
	do await drive({ kind: "ticks", perSecond: PER_SECOND, seconds: 3, every: EVERY });
	while (!trader.isReady() && performance.now() < until);
	if (!trader.isReady()) throw new Error("the broker did not reconcile");
	trader.habit.every = EVERY;
	await drive({ kind: "ticks", perSecond: PER_SECOND, seconds: 3, every: EVERY });
	await drive({ kind: "echo", perSecond: PER_SECOND, seconds: 2, every: EVERY });
}

async function brave(trader: Trader, drive: (wish: Drive) => Promise<Driven>): Promise<Storm> {
	trader.habit.every = STORM.every;
	// Once without measuring: the sockets' and the heap's own buffers find their size.
	await drive({ kind: "ticks", ...STORM, seconds });
	const before = { ...trader.seen, rss: process.memoryUsage.rss() };
	const { sent, latenciesUs } = await drive({ kind: "ticks", ...STORM, seconds });
	const taken = trader.seen.quotes - before.quotes;
	const growthMb = (process.memoryUsage.rss() - before.rss) / MB;
	return { sent, taken, rowsABatch: taken / (trader.seen.batches - before.batches), orders: latenciesUs.length, wanted: sent / STORM.every, growthMb };
}

/** A bare socket that sends every tenth frame back as it came, and reads nothing. */
async function openEcho(url: string): Promise<{ close(): void }> {
	const { WebSocket } = await import("ws");
	const socket = new WebSocket(url, { perMessageDeflate: false });
	let count = 0;
	socket.on("message", (data, isBinary) => {
		if (++count % EVERY === 0) socket.send(data, { binary: isBinary });
	});
	await once(socket, "open");
	return socket;
}

/** As users run it: no loader and no helper calls of a development tool in the measured path. */
async function bundle(): Promise<void> {
	await build({
		absWorkingDir: ROOT,
		entryPoints: ["bench/bridge-server.ts", "bench/bridge-trader.ts"],
		outdir: folder,
		outExtension: { ".js": ".mjs" },
		bundle: true,
		format: "esm",
		platform: "node",
		target: "node20.12",
		define: { __KINETRA_VERSION__: '"bench"' },
		banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
	});
}

function print(found: Readonly<Record<"echo" | "order" | "journalled", number[]>>, storm: Storm): void {
	const ms = (values: number[], share: number): number =>
		(values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN) / 1000;
	const base = ms(found.echo, 0.99);
	const row = (name: string, values: number[]): string[] => [
		name,
		figure(values.length),
		...[0.5, 0.99, 1].map((share) => figure(ms(values, share))),
		figure(ms(values, 0.99) / base),
	];
	const head = [`${figure(PER_SECOND)} ticks a second`, "answers", "p50 ms", "p99 ms", "worst ms", "p99, times the echo's"];
	const names = { echo: "bare echo", order: "tick to order", journalled: "the same, fsynced before it leaves" };
	console.log(table([head, row(names.echo, found.echo), row(names.order, found.order), row(names.journalled, found.journalled)]));
	const told = { ticks: `${figure(storm.taken)} of ${figure(storm.sent)}`, orders: `${figure(storm.orders)} of ${figure(storm.wanted)}` };
	console.log(
		`\nstorm of ${figure(STORM.perSecond)} a second: ticks taken ${told.ticks}, ${figure(storm.rowsABatch)} a batch; orders ${told.orders}; memory grew by ${figure(storm.growthMb)} MB`,
	);
	const percentiles = Object.fromEntries(Object.entries(found).map(([name, values]) => [name, { p50: ms(values, 0.5), p99: ms(values, 0.99) }]));
	console.log(JSON.stringify({ ...percentiles, storm }));
}
