import { createHmac } from "node:crypto";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type FakeBridge, startFakeBridge } from "../../helpers/fake-bridge.ts";
import { FAKE_ACCOUNT, FAKE_SNAPSHOT, FAKE_SPEC, FAKE_STATUS, FAKE_TERMINAL } from "../../helpers/fake-bridge-bodies.ts";
import { describeBridge, type SandboxBridge, startSandboxBridge } from "../../helpers/sandbox-bridge.ts";

// The two bridges that other tests run on: what they promise those tests, and that the fake one says the same things as the real one.

type Frame = { readonly t: string; readonly seq: number; readonly re?: string; readonly d: Record<string, unknown> };
type Client = {
	readonly frames: Frame[];
	ask(t: string, d: object): Promise<Frame>;
	/** The first frame that fits, also one that has come already. */
	until(fits: (frame: Frame) => boolean): Promise<Frame>;
	readonly closed: Promise<number>;
};
const leftovers: (() => unknown)[] = [];

afterEach(async () => {
	for (const leave of leftovers.splice(0).reverse()) await leave();
});

/** A client by hand: authenticates and collects frames. */
async function connect(bridge: FakeBridge | SandboxBridge): Promise<Client> {
	const socket = new WebSocket(bridge.url);
	leftovers.push(() => socket.terminate());
	const frames: Frame[] = [];
	let look = (): void => {};
	const closed = new Promise<number>((resolve) => socket.on("close", resolve));
	socket.on("message", (data) => {
		frames.push(JSON.parse(String(data)));
		look();
	});
	const until = async (fits: (frame: Frame) => boolean): Promise<Frame> => {
		for (;;) {
			const found = frames.find(fits);
			if (found !== undefined) return found;
			await new Promise<void>((resolve) => {
				look = resolve;
			});
		}
	};
	let seq = 0;
	const send = (t: string, d: object): string => {
		seq++;
		socket.send(JSON.stringify({ v: 1, t, id: `q${seq}`, seq, ts: Date.now(), d }));
		return `q${seq}`;
	};
	await once(socket, "open");
	const { nonce } = (await until((frame) => frame.t === "hello")).d;
	const mine = "n".repeat(32);
	const proof = createHmac("sha256", bridge.token.reveal()).update(["client", nonce, mine, "control"].join("\n")).digest("hex");
	send("auth", { protocol: 1, client: "test", role: "control", nonce: mine, proof });
	await until((frame) => frame.t === "auth_ok");
	const ask = (t: string, d: object): Promise<Frame> => {
		const id = send(t, d);
		return until((frame) => frame.re === id);
	};
	return { frames, ask, until, closed };
}

describe("the fake bridge", () => {
	it("authenticates, answers, pushes, leaves out frames and cuts the line", async () => {
		const bridge = await startFakeBridge();
		leftovers.push(bridge.stop);
		bridge.answer("bars", (d) => ({ t: "bars", d: { asked: d.count } }));
		const client = await connect(bridge);
		await bridge.connected();
		expect((await client.ask("bars", { count: 3 })).d).toEqual({ asked: 3 });
		expect((await client.ask("nonsense", {})).d).toMatchObject({ code: "BAD_REQUEST" });
		expect(await bridge.frame("bars")).toMatchObject({ d: { count: 3 } });
		bridge.skip(2);
		bridge.push("status", FAKE_STATUS);
		await client.ask("ping", { n: 1 });
		const status = client.frames.findIndex((frame) => frame.t === "status");
		expect((client.frames[status]?.seq ?? 0) - (client.frames[status - 1]?.seq ?? 0)).toBe(3);
		bridge.drop();
		expect(await client.closed).toBe(1006);
		bridge.handshake = "auth";
		const refused = new WebSocket(bridge.url);
		leftovers.push(() => refused.terminate());
		refused.once("message", () => refused.send(JSON.stringify({ v: 1, t: "auth", seq: 1, ts: 0, d: {} })));
		expect((await once(refused, "close"))[0]).toBe(4001);
	});
});

describeBridge("the bridge on the stand-in terminal", { timeout: 120_000 }, () => {
	it.each([false, true])("starts, obeys commands, is killed and comes back on the same port; joined: %s", async (joined) => {
		const bridge = await startSandboxBridge({ joined, world: { clock: { mode: "manual", start_ms: Date.UTC(2025, 2, 4, 12) } } });
		leftovers.push(bridge.stop);
		const [answer] = await bridge.command({ do: "advance", ms: 1000 });
		expect(answer).toMatchObject({ ok: true });
		await expect(bridge.command({ do: "advance", ms: -1 })).rejects.toThrow(/refused/);
		const client = await connect(bridge);
		await bridge.crash();
		expect(await client.closed).toBe(1006);
		await bridge.restart();
		await connect(bridge);
	});

	it("says what the fake one says: every field that the fake bodies have", async () => {
		const bridge = await startSandboxBridge();
		leftovers.push(bridge.stop);
		const client = await connect(bridge);
		await client.until((frame) => frame.t === "terminal" && frame.d.link === "up");
		const spec = await client.ask("symbol_spec", { symbol: "EURUSD" });
		const kinds = (body: object): string[] => Object.entries(body).map(([name, value]) => `${name}: ${value === null ? "null" : typeof value}`);
		const loose = (body: object): string[] => Object.keys(body);
		expect(loose(spec.d).sort()).toEqual(loose(FAKE_SPEC).sort());
		expect(kinds(spec.d.spec as object)).toEqual(expect.arrayContaining(kinds(FAKE_SPEC.spec)));
		expect(kinds((await client.ask("account", {})).d)).toEqual(expect.arrayContaining(kinds(FAKE_ACCOUNT)));
		expect(loose((await client.ask("terminal", {})).d).sort()).toEqual(loose(FAKE_TERMINAL).sort());
		expect(loose((await client.ask("status", {})).d).sort()).toEqual(loose(FAKE_STATUS).sort());
		expect(loose((await client.ask("snapshot", {})).d).sort()).toEqual(loose(FAKE_SNAPSHOT).sort());
	});
});
