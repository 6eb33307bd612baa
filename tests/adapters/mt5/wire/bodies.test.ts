import { describe, expect, it } from "vitest";
import { readEnvelope, writeFrame } from "../../../../src/adapters/mt5/wire/envelope.ts";
import { error } from "../../../../src/adapters/mt5/wire/handshake-schemas.ts";
import { plain, plainTable } from "../../../../src/adapters/mt5/wire/json.ts";
import type { BridgeMessages } from "../../../../src/adapters/mt5/wire/messages.ts";
import { isPush, readPush } from "../../../../src/adapters/mt5/wire/pushes.ts";
import { readReply, replyType } from "../../../../src/adapters/mt5/wire/replies.ts";
import { readDeal, readOrder, readPosition } from "../../../../src/adapters/mt5/wire/trade-schemas.ts";
import { HOSTILE, SHOWS_HOSTILE } from "../../../helpers/hostile.ts";
import { WIRE_BODIES, WIRE_DEAL, WIRE_ORDER, WIRE_POSITION, WIRE_RESULT, WIRE_TICKS } from "../../../helpers/wire-frames.ts";

const PUSHES = ["account", "terminal", "status", "symbol_spec", "snapshot", "ticks", "event", "order_ack", "order_result", "kill_result"] as const;
const REQUESTS: readonly (keyof BridgeMessages)[] = [
	...(["ping", "snapshot", "account", "terminal", "status", "symbol_spec", "bars", "history", "calc", "sub", "unsub", "fence", "lease"] as const),
	...(["order", "order_query", "kill", "kill_release", "live_unlock", "replay"] as const),
];

/** The body with one place in it replaced: `positions.0.volume`. */
function changed(body: object, path: string, value: unknown): object {
	const copy = structuredClone(body) as Record<string, unknown>;
	const names = path.split(".");
	let at: Record<string, unknown> = copy;
	for (const name of names.slice(0, -1)) at = at[name] as Record<string, unknown>;
	if (value === undefined) delete at[names.at(-1) ?? ""];
	else at[names.at(-1) ?? ""] = value;
	return copy;
}

describe("the envelope", () => {
	it("is read, and written as the protocol says", () => {
		const text = writeFrame("order", 7, 1_795_380_507_700, "q7", { cid: "x" });
		expect(text).toBe('{"v":1,"t":"order","id":"q7","seq":7,"ts":1795380507700,"d":{"cid":"x"}}');
		expect(writeFrame("ping", 1, 2, null, {})).toBe('{"v":1,"t":"ping","seq":1,"ts":2,"d":{}}');
		expect(readEnvelope('{"v":1,"t":"pong","seq":3,"ts":5,"sid":"s","re":"q1","d":{"n":1}}')).toEqual({ t: "pong", seq: 3, re: "q1", d: { n: 1 } });
		expect(readEnvelope('{"v":1,"t":"event","seq":3,"ts":5,"re":null,"d":{}}')).toEqual({ t: "event", seq: 3, re: null, d: {} });
	});

	it.each([
		["nothing", ""],
		["no object", "[]"],
		["null", "null"],
		["text", '"x"'],
		["broken", '{"v":1'],
		["NaN", '{"v":1,"t":"a","seq":NaN,"ts":1,"d":{}}'],
		["version as text", '{"v":"1","t":"a","seq":1,"ts":1,"d":{}}'],
		["no type", '{"v":1,"seq":1,"ts":1,"d":{}}'],
		["a type in capitals", '{"v":1,"t":"Event","seq":1,"ts":1,"d":{}}'],
		["a type too long", `{"v":1,"t":"${"a".repeat(33)}","seq":1,"ts":1,"d":{}}`],
		["sequence 0", '{"v":1,"t":"a","seq":0,"ts":1,"d":{}}'],
		["half a sequence number", '{"v":1,"t":"a","seq":1.5,"ts":1,"d":{}}'],
		["a sequence number beyond 2^53", '{"v":1,"t":"a","seq":9007199254740993,"ts":1,"d":{}}'],
		["a time that overflows", '{"v":1,"t":"a","seq":1,"ts":1e999,"d":{}}'],
		["an id with a space", '{"v":1,"t":"a","seq":1,"ts":1,"re":"q 1","d":{}}'],
		["no body", '{"v":1,"t":"a","seq":1,"ts":1}'],
		["a list for a body", '{"v":1,"t":"a","seq":1,"ts":1,"d":[]}'],
		["fields in the prototype", '{"__proto__":{"v":1,"t":"a","seq":1,"ts":1,"d":{}}}'],
	])("is unreadable: %s", (_name, text) => {
		expect(readEnvelope(text)).toHaveProperty("unreadable");
	});
});

describe("bodies", () => {
	it.each(PUSHES)("are read whole: %s", (t) => {
		expect(isPush(t)).toBe(true);
		expect(readPush(t, WIRE_BODIES[t] ?? {})).not.toBeNull();
	});

	it.each(REQUESTS)("of answers are read whole: %s", (request) => {
		const body = WIRE_BODIES[replyType(request)];
		expect(body).toBeDefined();
		expect(readReply(request, body ?? {})).not.toBeNull();
	});

	it("drop fields that are not known, whatever they are called", () => {
		const body = JSON.parse(`{"eseq":1,"kind":"x","at_ms":1,"before":null,"after":null,"cause_cid":null,"__proto__":{"isAdmin":true},"extra":1}`);
		expect(readPush("event", body)).toEqual({ t: "event", d: { eseq: 1, kind: "x", at_ms: 1, before: null, after: null, cause_cid: null } });
		expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
	});

	it.each([
		["account", "equity", Number.POSITIVE_INFINITY],
		["account", "equity", null],
		["account", "equity", "10000"],
		["account", "login", 90_000_001],
		["account", "login", "9000\u00300001x"],
		["account", "leverage", 1.5],
		["account", "balance", undefined],
		["snapshot", "positions.0.volume", Number.NaN],
		["snapshot", "positions.0.owner", "mine"],
		["snapshot", "positions.0.ticket", 50_000_001],
		["snapshot", "positions.0.ticket", "1e9"],
		["snapshot", "positions.0.ticket", "-1"],
		["snapshot", "deals.0.time_msc", 2 ** 53],
		["snapshot", "positions", Array.from({ length: 5001 }, () => WIRE_POSITION)],
		["snapshot", "eseq", -1],
		["order_result", "state", "done"],
		["order_result", "cid", "with space"],
		["order_result", "cid", "x".repeat(65)],
		["order_result", "volume", "0.1"],
		["kill_result", "items.0.result", "maybe"],
		["status", "kills", { all: { mode: "flatten" } }],
		["status", "kills", ["all"]],
		["status", "kills", null],
		["status", "kills", "all"],
		["status", "live_lock", "ajar"],
		["event", "eseq", 0],
		["ticks", "cols.bid", [1, 2]],
		["ticks", "cols.ask", [Number.POSITIVE_INFINITY]],
		["ticks", "cols.ask", [null]],
		["ticks", "cols.ask", ["1.1"]],
		["ticks", "cols.t", [1.5]],
		["ticks", "cols.t", { length: 1, 0: 5 }],
		["ticks", "cols.flags", undefined],
		["ticks", "cols", null],
		["ticks", "gap", 0],
		["ticks", "sseq", 1.5],
		["ticks", "offset_s", "7200"],
		["ticks", "symbol", 5],
		["symbol_spec", "tick.bid", Number.NaN],
		["symbol_spec", "hash", ""],
	] as const)("are refused: %s with %s = %j", (t, path, value) => {
		expect(readPush(t, changed(WIRE_BODIES[t] ?? {}, path, value))).toBeNull();
	});

	it("do not take an account that is not known for an empty one", () => {
		const stale = { ...WIRE_BODIES.snapshot, fresh: false, account: null, positions: null, orders: null, deals: null };
		expect(readPush("snapshot", stale)).toMatchObject({ d: { fresh: false, account: null, positions: null, orders: null, deals: null } });
	});

	it("of a result say null for what the bridge left out, and for a ticket of 0", () => {
		const read = readReply("order", { cid: "c", state: "rejected", sent_ms: null, deal: "0", order: "0" });
		expect(read).toEqual({
			...{ cid: "c", state: "rejected", symbol: null, name: null, sent_ms: null, code: null, class: null, message: null, retryable: false, retcode: null },
			...{ deal: null, order: null, position: null, volume: null, price: null, bid: null, ask: null, comment: null, attempts: null, latency_ms: null },
			...{ duplicate: false, already_done: false, pending_confirmation: false, needs_human: false, late: false, by: null },
		});
		expect(readReply("order", WIRE_RESULT)).toMatchObject({ deal: "70000001", order: "50000001", position: "50000001", latency_ms: 31.9 });
	});

	it("of a status list latched kills by scope", () => {
		expect(readReply("status", WIRE_BODIES.status ?? {})).toMatchObject({ kills: [{ scope: "all", mode: "flatten", reason: "by hand", at_ms: 1 }] });
	});

	it("of a query that knows nothing have no result, one that cannot be read is no answer", () => {
		expect(readReply("order_query", { known: false, cid: "c" })).toEqual({ known: false, result: null });
		expect(readReply("order_query", { known: true, cid: "c", state: "odd" })).toBeNull();
	});

	it("of events are read as deals, positions and orders only when they are whole", () => {
		expect(readDeal(plain(WIRE_DEAL))).toMatchObject({ ticket: "70000001", cid: WIRE_DEAL.cid });
		expect(readPosition(plain(WIRE_POSITION))).toMatchObject({ identifier: "50000001" });
		expect(readOrder(plain(WIRE_ORDER))).toMatchObject({ ticket: "50000002", volume_current: 0.1 });
		for (const read of [readDeal, readPosition, readOrder]) {
			for (const value of [null, undefined, "x", 5, [], {}, { identifier: "5", from_deals: true }]) expect(read(value)).toBeNull();
		}
	});

	it.each(HOSTILE)("are clean where the broker may write: $name", ({ text }) => {
		const account = changed(WIRE_BODIES.account ?? {}, "company", text);
		const told = [
			readPush("account", account),
			readPush("snapshot", changed(WIRE_BODIES.snapshot ?? {}, "positions.0.comment", text)),
			readPush("order_result", changed(WIRE_RESULT, "comment", text)),
			readPush("event", changed(WIRE_BODIES.event ?? {}, "after.comment", text)),
			readPush("terminal", changed(WIRE_BODIES.terminal ?? {}, "trouble", text)),
			readPush("symbol_spec", changed(WIRE_BODIES.symbol_spec ?? {}, "spec.description", text)),
			readPush("kill_result", changed(WIRE_BODIES.kill_result ?? {}, "items.0.message", text)),
			readPush("status", changed(WIRE_BODIES.status ?? {}, "kills.all.reason", text)),
			readPush("ticks", changed(WIRE_TICKS, "name", text)),
			error.parse({ ...WIRE_BODIES.error, message: text, details: { [text]: text } }),
		];
		expect(told).not.toContain(null);
		for (const item of told) for (const found of textsIn(item)) expect(found).not.toMatch(SHOWS_HOSTILE);
	});

	it("cut what is long and deep", () => {
		let deep: unknown = "end";
		for (let n = 0; n < 5000; n++) deep = { deep };
		expect(JSON.stringify(plain(deep))).toBe(`${'{"deep":'.repeat(8)}null${"}".repeat(8)}`);
		expect((plain("x".repeat(100_000)) as string).length).toBeLessThanOrEqual(500);
		expect(plain(Array.from({ length: 5000 }, () => 1))).toHaveLength(1000);
		expect(plainTable([1])).toEqual({});
		expect(Object.getPrototypeOf(plainTable({ a: 1 }))).toBeNull();
		expect(Object.keys(plainTable(JSON.parse('{"__proto__":{"x":1},"constructor":1,"prototype":2,"a":3}')))).toEqual(["a"]);
	});
});

function textsIn(value: unknown): string[] {
	if (typeof value === "string") return [value];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([name, item]) => [name, ...textsIn(item)]);
}
