// Imported first by scripts that write down which version they ran: from the sources the program does not know its own (src/version.ts).
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string };
Object.assign(globalThis, { __KINETRA_VERSION__: version });
