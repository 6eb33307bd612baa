import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { accountHashOf, loginTailOf, tradeModeOf, venueOf } from "../../../src/adapters/mt5/account.ts";

describe("the identity of an account", () => {
	it("is a hash over login and server that shows neither", () => {
		expect(accountHashOf("70001234", "Broker-Demo")).toBe(createHash("sha256").update("70001234\nBroker-Demo").digest("hex"));
		expect(accountHashOf("7000123", "4Broker")).not.toBe(accountHashOf("70001234", "Broker"));
		expect(loginTailOf("70001234")).toBe("1234");
	});

	it.each([
		[0, "demo"],
		[1, "contest"],
		[2, "real"],
		[3, null],
		[-1, null],
		[0.5, null],
	])("trade mode %s is %s", (trade_mode, mode) => {
		expect(tradeModeOf({ trade_mode })).toBe(mode);
	});

	it.each([
		[true, "5.0.45", "sandbox"],
		[false, "MetaTrader5 5.0.45-SANDBOX", "sandbox"],
		[false, "MetaTrader5 5.0.45", "mt5"],
	])("sandbox %s with package %j is %s", (sandbox, name, venue) => {
		expect(venueOf({ sandbox, package: name })).toBe(venue);
	});
});
