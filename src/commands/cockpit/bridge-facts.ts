import { existsSync } from "node:fs";
import { type BridgeSettings, bridgeAddress, bridgeSettings, isBridgeKnown, lastTest } from "../../adapters/bridge-settings.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { PartState, StatusPart } from "../../ui/state.ts";

/** What is known of the bridge without connecting to it. */
export type BridgeFacts = {
	readonly state: "not set up" | "not tested" | "last test passed" | "last test failed" | "unusable";
	/** Cleaned; null when the settings cannot be used. */
	readonly url: string | null;
	/** End of the last test of this address, ISO 8601 UTC; null = none. */
	readonly testedWall: string | null;
	readonly problem: string | null;
};

/** How the token of the bridge is. It is read to see that it can be, and goes nowhere. */
export type CredentialFacts = {
	readonly state: "none" | "ready" | "missing" | "unusable";
	/** Where it is, cleaned; null when it was given in KINETRA_TOKEN or nothing is known. */
	readonly file: string | null;
	readonly problem: string | null;
};

/** Looks at settings and token. Never throws: what cannot be read is a fact. */
export function bridgeFacts(home: Home, env: Record<string, string | undefined>): { readonly bridge: BridgeFacts; readonly credentials: CredentialFacts } {
	let settings: BridgeSettings;
	try {
		settings = bridgeSettings(home, env);
	} catch (error) {
		const problem = messageOf(error);
		return { bridge: { state: "unusable", url: null, testedWall: null, problem }, credentials: { state: "unusable", file: null, problem } };
	}
	const isKnown = isBridgeKnown(home, settings);
	const test = lastTest(home);
	const mine = test?.url === settings.url ? test : null;
	const tested = mine === null ? "not tested" : mine.ok ? "last test passed" : "last test failed";
	return {
		bridge: {
			state: mine === null && !isKnown ? "not set up" : tested,
			url: cleanText(settings.url),
			testedWall: mine === null ? null : new Date(mine.at).toISOString(),
			problem: null,
		},
		credentials: credentialsOf(settings, isKnown),
	};
}

function credentialsOf(settings: BridgeSettings, isKnown: boolean): CredentialFacts {
	const file = settings.tokenPath === null ? null : cleanText(settings.tokenPath, 300);
	try {
		bridgeAddress(settings);
		return { state: "ready", file, problem: null };
	} catch (error) {
		if (settings.tokenPath !== null && !existsSync(settings.tokenPath)) return { state: isKnown ? "missing" : "none", file, problem: null };
		return { state: "unusable", file, problem: messageOf(error) };
	}
}

/** The bridge in a few words: `ws://127.0.0.1:8765, last test passed 2026-01-31 10:00 UTC`. */
export function bridgeText({ state, url, testedWall, problem }: BridgeFacts): string {
	if (state === "unusable") return `unusable: ${problem ?? ""}`;
	const when = testedWall === null ? "" : ` ${testedWall.slice(0, 16).replace("T", " ")} UTC`;
	return state === "not set up" ? state : `${url}, ${state}${when}`;
}

/** The token in a few words, never the token. */
export function credentialsText({ state, file, problem }: CredentialFacts): string {
	switch (state) {
		case "none":
			return "none, and none needed for virtual trading";
		case "ready":
			return `bridge token ready, ${file ?? "given in KINETRA_TOKEN"}`;
		case "missing":
			return `no bridge token at ${file}`;
		case "unusable":
			return `bridge token unusable: ${problem ?? ""}`;
	}
}

const BRIDGE_STATES: Readonly<Record<BridgeFacts["state"], readonly [state: PartState, text: string, advice: string]>> = {
	"not set up": [
		"absent",
		"MT5 bridge not set up",
		"Virtual trading needs none: it runs on this machine alone. To set one up: Connection & Credentials, or kinetra bridge --token and kinetra bridge --print",
	],
	"not tested": ["attention", "MT5 bridge not tested", "Test it: Live Testing > Test MT5 Connection, or kinetra test-connection"],
	"last test passed": ["ok", "MT5 bridge tested", ""],
	"last test failed": ["attention", "MT5 bridge: test failed", "See what failed: Live Testing > Test MT5 Connection, or kinetra test-connection"],
	unusable: ["attention", "MT5 bridge unusable", ""],
};

/** The row of the bridge. `tested`: it worked when it was tested; whether it does now only a test can tell. */
export function bridgePart(facts: BridgeFacts): StatusPart {
	const [state, text, advice] = BRIDGE_STATES[facts.state];
	return { part: "bridge", state, text, advice: facts.problem ?? (advice === "" ? `${bridgeText(facts)}.` : advice) };
}

/** The row of the credentials. */
export function credentialsPart(facts: CredentialFacts): StatusPart {
	const row = (state: PartState, text: string, advice: string): StatusPart => ({ part: "credentials", state, text, advice });
	switch (facts.state) {
		case "none":
			return row(
				"absent",
				"No credentials needed",
				"Virtual trading uses none. For MetaTrader 5 make the token that cockpit and bridge share: kinetra bridge --token. The broker's password is never asked for.",
			);
		case "ready":
			return row("ok", "Bridge token ready", "");
		case "missing":
			return row(
				"attention",
				"Bridge token missing",
				`There is none at ${facts.file}. Make it with kinetra bridge --token, or copy the bridge's own there, mode 0600.`,
			);
		case "unusable":
			return row("attention", "Bridge token unusable", facts.problem ?? "");
	}
}

function messageOf(error: unknown): string {
	return cleanText(error instanceof Failure ? error.message : reasonOf(error), 600);
}
