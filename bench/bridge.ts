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
const EVERY = 20;
const STORM = { perSecond: 10_000, every: 1000 } as const;
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
	let files = 0;
	/** A session of its own for what `measure` does, with orders on every `every`th quote and, if so wanted, a journal. */
	const trade = async <T>(every: number, isJournalled: boolean, measure: (trader: Trader) => Promise<T>): Promise<T> => {
		const trader = await start(opened.url, opened.token, { every, journal: isJournalled ? join(folder, `journal-${++files}`) : null });
		await warmUp(trader, drive);
		const measured = await measure(trader);
		await trader.stop();
		return measured;
	};
	const pace = { perSecond: PER_SECOND, seconds, every: EVERY };
	const ticks = async (): Promise<number[]> => (await drive({ kind: "ticks", ...pace })).latenciesUs;
	const echo = await openEcho(opened.echoUrl);
	await drive({ kind: "echo", ...pace });
	const found = { echo: [] as number[], order: [] as number[], journalled: [] as number[] };
	for (let round = 0; round < rounds; round++) {
		// Interleaved: a busy moment of the machine then slows all of them.
		found.echo.push(...(await drive({ kind: "echo", ...pace })).latenciesUs);
		found.order.push(...(await trade(EVERY, false, ticks)));
		found.journalled.push(...(await trade(EVERY, true, ticks)));
	}
	const storm = await trade(STORM.every, false, (trader) => brave(trader, drive));
	print(found, storm);
	echo.close();
	await server.terminate();
}

/** Until the code is compiled and the broker has reconciled. */
async function warmUp(trader: Trader, drive: (wish: Drive) => Promise<Driven>): Promise<void> {
	const until = performance.now() + READY_MS;
	do await drive({ kind: "ticks", perSecond: PER_SECOND, seconds: 2, every: EVERY });
	while (!trader.isReady() && performance.now() < until);
	if (!trader.isReady()) throw new Error("the broker did not reconcile");
}

async function brave(trader: Trader, drive: (wish: Drive) => Promise<Driven>): Promise<Storm> {
	// Once without measuring: the buffers of sockets and heap find their size.
	await drive({ kind: "ticks", ...STORM, seconds });
	const before = { ...trader.seen, rss: process.memoryUsage.rss() };
	const { sent, latenciesUs } = await drive({ kind: "ticks", ...STORM, seconds });
	const taken = trader.seen.quotes - before.quotes;
	const growthMb = (process.memoryUsage.rss() - before.rss) / MB;
	return { sent, taken, rowsABatch: taken / (trader.seen.batches - before.batches), orders: latenciesUs.length, wanted: sent / STORM.every, growthMb };
}

/** A bare socket that sends every twentieth frame back as it came, and reads nothing. */
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
