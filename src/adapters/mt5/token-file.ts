import { cleanText } from "../clean-text.ts";
import { dataFailure } from "../failure.ts";
import { readPrivateFile } from "../home.ts";
import { Secret } from "../secret.ts";

/** The bridge's own rules (auth.py): fewest characters of a token; what it reads of the file. All of it printable, so both ends see the same bytes. */
const TOKEN = /^[\x21-\x7e]{32,4096}$/;

/**
 * The token that cockpit and bridge share: the text of the file without white space at its ends. Throws a `Failure` (exit 3) that names the file
 * and what to do when it is missing, may be read by others (S-19), is no ordinary file, or holds no token; never shows what is in it.
 */
export function readToken(path: string): Secret {
	const shown = cleanText(path, 300);
	const text = readPrivateFile(path);
	if (text === null) {
		throw dataFailure(
			`There is no bridge token at ${shown}. For a bridge on this machine: kinetra bridge --token. For one on another machine copy its token file there over a safe way (scp), mode 0600.`,
		);
	}
	const token = text.trim();
	if (!TOKEN.test(token)) {
		throw dataFailure(
			`The bridge token in ${shown} is not one: it must be 32 to 4096 printable characters without spaces. Delete the file and run: kinetra bridge --token`,
		);
	}
	return new Secret(token);
}
