import { describe, expect, it } from "vitest";
import { bridgeProved, clientProof, newNonce } from "../../../../src/adapters/mt5/link/proof.ts";
import { Secret } from "../../../../src/adapters/secret.ts";

// The worked example of docs/BRIDGE_PROTOCOL.md, made by the Python bridge.
const TOKEN = new Secret("0123456789abcdef".repeat(4));
const BRIDGE_NONCE = "14c060a81ab27d74a63a81ae223114323176daa916c65b5bfd6cc392861e7028";
const CLIENT_NONCE = "n".repeat(32);
const SESSION = "20e5c93c8bd7b67d";
const PROOF = "d22f54de5463232c514aba2b30db3b62f0d9ff5db3ac8743cbf8fc5f82b95510";

describe("the proofs of the handshake", () => {
	it("prove the token to the bridge as in the protocol's example", () => {
		expect(clientProof(TOKEN, BRIDGE_NONCE, CLIENT_NONCE, "control")).toBe("5f8aae84ce9a4b35069fc62fcaeb89b8e7eb80f5800e1284d904ee0fa78eee44");
	});

	it("accept the bridge of the protocol's example", () => {
		expect(bridgeProved(TOKEN, BRIDGE_NONCE, CLIENT_NONCE, SESSION, PROOF)).toBe(true);
	});

	it.each([
		["one digit differs", `${PROOF.slice(0, -1)}1`],
		["nothing", ""],
		["shorter", PROOF.slice(0, 63)],
		["longer", `${PROOF}0`],
		["as long in characters, longer in bytes", `${PROOF.slice(0, 63)}é`],
		["upper case", PROOF.toUpperCase()],
		["our own proof sent back", clientProof(TOKEN, BRIDGE_NONCE, CLIENT_NONCE, "control")],
	])("refuse, without throwing: %s", (_name, given) => {
		expect(bridgeProved(TOKEN, BRIDGE_NONCE, CLIENT_NONCE, SESSION, given)).toBe(false);
	});

	it("refuse a proof for another session, nonce or token", () => {
		expect(bridgeProved(TOKEN, BRIDGE_NONCE, CLIENT_NONCE, "20e5c93c8bd7b67e", PROOF)).toBe(false);
		expect(bridgeProved(TOKEN, BRIDGE_NONCE, "m".repeat(32), SESSION, PROOF)).toBe(false);
		expect(bridgeProved(new Secret("f".repeat(64)), BRIDGE_NONCE, CLIENT_NONCE, SESSION, PROOF)).toBe(false);
	});

	it("never use a nonce twice", () => {
		const nonces = new Set(Array.from({ length: 1000 }, newNonce));
		expect(nonces.size).toBe(1000);
		for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{64}$/);
	});
});
