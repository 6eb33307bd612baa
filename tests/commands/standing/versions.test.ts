import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { VERSIONS } from "../../../src/commands/standing/versions.ts";

it("binds evidence to the protocol that the bridge speaks", () => {
	const codes = readFileSync(new URL("../../../src/adapters/mt5/bridge/kinetra_bridge/codes.py", import.meta.url), "utf8");
	const newest = /^PROTOCOL_MAX\s*=\s*(\d+)/m.exec(codes)?.[1];
	expect(VERSIONS.bridgeProtocol).toBe(Number(newest));
});
