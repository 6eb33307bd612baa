import { expect, it } from "vitest";
import { readEnvelope } from "../../../../src/adapters/mt5/wire/envelope.ts";
import { authOk, error, hello } from "../../../../src/adapters/mt5/wire/handshake-schemas.ts";
import type { BridgeMessages } from "../../../../src/adapters/mt5/wire/messages.ts";
import { isPush, readPush } from "../../../../src/adapters/mt5/wire/pushes.ts";
import { readReply, replyType } from "../../../../src/adapters/mt5/wire/replies.ts";
import { fork, uniform } from "../../../../src/engine/random.ts";
import { SHOWS_HOSTILE } from "../../../helpers/hostile.ts";
import { WIRE_BODIES } from "../../../helpers/wire-frames.ts";

// Goal G-04: whatever a bridge, or what stands in its place, may send: the decoder never throws, lets through no number that is not finite and no
// text that is not clean, and changes nothing outside itself. KINETRA_FUZZ_FRAMES for more; KINETRA_FUZZ_SEED to see one run again.

const FRAMES = Number(process.env.KINETRA_FUZZ_FRAMES ?? 200_000);
const SEED = Number(process.env.KINETRA_FUZZ_SEED ?? 20_261_123);

const REQUESTS: readonly (keyof BridgeMessages)[] = [
	...(["ping", "snapshot", "account", "terminal", "status", "symbol_spec", "bars", "history", "calc", "sub", "unsub", "fence", "lease"] as const),
	...(["order", "order_query", "kill", "kill_release", "live_unlock", "replay"] as const),
];
const WELCOME = {
	...{ protocol: 1, session: "20e5c93c8bd7b67d", role: "control", read_only: false, limits: { a: 1 }, lease_max_ms: 5000, proof: "d2", boot_id: "b" },
	...{ journal_id: "j", eseq: 0, fence_epoch: 1, server_time_offset_s: null, live_lock: "closed", package: "", sandbox: true },
};
const GREETING = { protocol_min: 1, protocol_max: 1, bridge: "b", version: "1", nonce: "n".repeat(32), boot_id: "b", journal_id: "j" };
const SEEDS = Object.entries({ ...WIRE_BODIES, auth_ok: WELCOME, hello: GREETING }).map(([t, d]) => JSON.stringify({ v: 1, t, seq: 5, ts: 1, re: "q1", d }));
const PIECES = [
	...["null", "true", "[]", "{}", '""', "0", "-1", "1e999", "-1e999", "NaN", "Infinity", "9007199254740993", "1.5", '"\\u001b[2J"', '"\\u202e"', '"\\ud800"'],
	...[
		'"__proto__":{"polluted":1},',
		'"constructor":{"prototype":{"polluted":1}},',
		'"toString":1,',
		"[[[[[[[[[[",
		'{"a":{"a":{"a":{"a":',
		"\u0000",
		"\ufeff",
		"\\",
		'"',
		",",
	],
];

it(`reads ${FRAMES} mutated frames without a throw, a number that is not finite, a text that is not clean or a changed prototype (seed ${SEED})`, {
	timeout: 600_000,
}, () => {
	const random = fork(SEED, "frames");
	const below = (n: number): number => Math.floor(uniform(random) * n);
	const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
	const properties = Object.getOwnPropertyNames(Object.prototype).join();
	let readable = 0;
	let bodies = 0;
	for (let n = 0; n < FRAMES; n++) {
		let text = pick(SEEDS);
		for (let changes = 1 + below(3); changes > 0; changes--) text = mutate(text);
		let told: unknown;
		try {
			told = decode(text);
		} catch (trouble) {
			throw new Error(`threw on ${JSON.stringify(text)}`, { cause: trouble });
		}
		if (told === undefined) continue;
		readable++;
		for (const body of told as unknown[]) {
			if (body === null || body === undefined) continue;
			bodies++;
			const bad = badIn(body);
			if (bad !== null) expect.fail(`${bad} from ${JSON.stringify(text)}`);
		}
		if (({} as Record<string, unknown>).polluted !== undefined) expect.fail(`a prototype was changed by ${JSON.stringify(text)}`);
	}
	expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(properties);
	// Mutations that break everything would test nothing but JSON.parse.
	expect(readable).toBeGreaterThan(FRAMES / 10);
	expect(bodies).toBeGreaterThan(FRAMES / 20);
	for (const seed of SEEDS) expect(decode(seed)).toBeDefined();

	function mutate(text: string): string {
		const at = below(text.length + 1);
		const kind = below(7);
		if (kind === 0) return text.slice(0, at) + text.slice(at + 1 + below(8));
		if (kind === 1) return text.slice(0, at) + String.fromCharCode(below(0x250)) + text.slice(at + below(2));
		if (kind === 2) return text.slice(0, at) + pick(PIECES) + text.slice(at);
		if (kind === 3) return text.slice(0, at) + text.slice(at, at + below(40)) + text.slice(at);
		if (kind === 4) return text.replace(/"t":"[a-z_]*"/, `"t":"${pick(Object.keys(WIRE_BODIES))}"`);
		// In place of a whole value, so that the frame stays readable and the fault reaches the bodies.
		const values = [...text.matchAll(/(?<=[:[,])(?:-?\d[\d.e]*|"(?:[^"\\]|\\.)*"|true|false|null)(?=[,\]}])/g)];
		const value = values.length === 0 ? undefined : pick(values);
		return value === undefined ? text : text.slice(0, value.index) + pick(PIECES.slice(0, 16)) + text.slice(value.index + value[0].length);
	}
});

/** Everything that any reader of ours makes of the frame; undefined when it is no envelope. */
function decode(text: string): unknown[] | undefined {
	const frame = readEnvelope(text);
	if ("unreadable" in frame) return undefined;
	const { t, d } = frame;
	return [
		isPush(t) ? readPush(t, d) : null,
		...REQUESTS.filter((request) => replyType(request) === t).map((request) => readReply(request, d)),
		...(t === "error" ? [error.safeParse(d).data] : []),
		...(t === "hello" ? [hello.safeParse(d).data] : []),
		...(t === "auth_ok" ? [authOk.safeParse(d).data] : []),
	];
}

function badIn(value: unknown): string | null {
	if (typeof value === "number") return Number.isFinite(value) ? null : `the number ${value}`;
	if (typeof value === "string") return SHOWS_HOSTILE.test(value) ? `the text ${JSON.stringify(value)}` : null;
	if (typeof value !== "object" || value === null) return null;
	for (const name of Object.keys(value)) {
		const bad = name === "__proto__" ? "a prototype" : (badIn(name) ?? badIn((value as Record<string, unknown>)[name]));
		if (bad !== null) return bad;
	}
	return null;
}
