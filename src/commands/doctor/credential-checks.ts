import { existsSync } from "node:fs";
import { type AskedBridge, type BridgeSettings, bridgeAddress, bridgeSettings, isBridgeKnown } from "../../adapters/bridge-settings.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { readDotEnv } from "../../adapters/dot-env.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { CheckRow } from "../../print/check-row.ts";
import { attention, failed, ok, type Verdict } from "../connection/verdict.ts";
import { row } from "./machine-checks.ts";

/** The way to the bridge as far as it can be judged from here; `settings` null = it cannot be used. */
export type Credentials = { readonly rows: readonly CheckRow[]; readonly settings: BridgeSettings | null; readonly everSetUp: boolean };

/** The `.env` of the folder, the address and the token: a row each. The token is read to see that it can be, and goes nowhere. */
export function credentialRows(home: Home, env: Record<string, string | undefined>, folder: string, asked: AskedBridge): Credentials {
	const dotEnv = row("dot-env", ".env", dotEnvRow(folder));
	let settings: BridgeSettings;
	try {
		settings = bridgeSettings(home, env, asked);
	} catch (error) {
		const why = failed("cannot be used", messageOf(error));
		return { rows: [dotEnv, row("bridge-address", "bridge address", why)], settings: null, everSetUp: true };
	}
	const everSetUp = isBridgeKnown(home, settings);
	const address = row("bridge-address", "bridge address", ok(`${cleanText(settings.url)} (${FROM[settings.from]})`));
	return { rows: [dotEnv, address, row("token", "bridge token", tokenRow(settings, everSetUp))], settings, everSetUp };
}

const FROM: Readonly<Record<BridgeSettings["from"], string>> = {
	option: "from --bridge",
	environment: "from KINETRA_BRIDGE",
	remembered: "as kept last",
	default: "the usual one",
};

function dotEnvRow(folder: string): Verdict {
	const found = readDotEnv(folder);
	if (found.state === "refused") return failed("not used", found.message);
	return ok(found.state === "absent" ? "none with anything for Kinetra" : "used, only you can read it");
}

function tokenRow(settings: BridgeSettings, everSetUp: boolean): Verdict {
	const path = settings.tokenPath === null ? "given in KINETRA_TOKEN" : cleanText(settings.tokenPath, 300);
	try {
		bridgeAddress(settings);
		return ok(path);
	} catch (error) {
		const isMissing = settings.tokenPath !== null && !existsSync(settings.tokenPath);
		return isMissing && !everSetUp
			? attention("none yet", "Virtual trading needs none. For MetaTrader 5: kinetra bridge --token")
			: failed(path, messageOf(error));
	}
}

function messageOf(error: unknown): string {
	return error instanceof Failure ? error.message : reasonOf(error);
}
