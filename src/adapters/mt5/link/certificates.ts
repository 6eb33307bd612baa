import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { cleanText } from "../../clean-text.ts";
import { dataFailure } from "../../failure.ts";
import { reasonOf } from "../../reason.ts";

const MAX_BYTES = 1_048_576;

/**
 * PEM text of the certificates that may vouch for a bridge behind `wss://`: those given, else the file that KINETRA_BRIDGE_CA names, else null (the
 * machine's authorities). The bridge's own certificate in that file is a pin (S-12). Throws a `Failure` (exit 3).
 */
export function certificatesFor(url: string, given: string | undefined, env: Readonly<Record<string, string | undefined>>): string | null {
	if (!url.startsWith("wss:")) return null;
	if (given !== undefined) return given;
	const path = env.KINETRA_BRIDGE_CA;
	return path === undefined || path.trim() === "" ? null : readCertificates(path);
}

function readCertificates(path: string): string {
	const shown = `KINETRA_BRIDGE_CA: ${cleanText(path, 300)}`;
	let fd: number;
	try {
		fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	} catch (error) {
		throw dataFailure(`${shown} cannot be read: ${reasonOf(error)}. Name the PEM file with the bridge's certificate.`);
	}
	try {
		const found = fstatSync(fd);
		if (!found.isFile() || found.size > MAX_BYTES)
			throw dataFailure(`${shown} is no ordinary file of at most 1 MiB. Name the PEM file with the bridge's certificate.`);
		const text = readFileSync(fd, "latin1");
		if (!text.includes("-----BEGIN CERTIFICATE-----")) throw dataFailure(`${shown} holds no certificate. It must be PEM: -----BEGIN CERTIFICATE----- ...`);
		return text;
	} finally {
		closeSync(fd);
	}
}
