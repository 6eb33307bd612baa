import { readFileSync } from "node:fs";
import { hostname, platform } from "node:os";
import { sha256Hex } from "../canonical.ts";

/** Where Linux keeps the identity that it was given when it was installed. */
const ID_FILES = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

/**
 * Which machine this is: 16 hex digits out of the system's own identity or, where it has none, its name. Nothing of it can be read back. A
 * ledger or certificate that was made on another machine is refused (controls.md 7): what was proven there was proven with another set-up.
 */
export function machineId(readText: (path: string) => string = (path) => readFileSync(path, "utf8")): string {
	for (const path of ID_FILES) {
		const id = tryRead(() => readText(path)).trim();
		if (id !== "") return sha256Hex(`kinetra machine ${id}`).slice(0, 16);
	}
	return sha256Hex(`kinetra machine ${platform()} ${hostname()}`).slice(0, 16);
}

function tryRead(read: () => string): string {
	try {
		return read();
	} catch {
		return "";
	}
}
