import { join } from "node:path";
import { EXIT, Failure } from "../../adapters/failure.ts";
import { type Home, makePrivateFolder } from "../../adapters/home.ts";
import { tryLock } from "../../adapters/lock.ts";
import { reasonOf } from "../../adapters/reason.ts";

/**
 * One engine an account (control C44): takes the account's lock in this home and returns what gives it back. The bridge keeps a second `control` session from
 * elsewhere away by itself. Throws a `Failure`: exit 4 when another engine has it, exit 3 when it cannot be made.
 */
export function lockAccount(home: Home, accountHash: string, loginTail: string): () => void {
	const folder = join(home.root, "accounts");
	try {
		makePrivateFolder(folder);
		const lock = tryLock(join(folder, `${accountHash}.lock`));
		if (lock.held) return lock.release;
		throw new Failure(
			EXIT.refused,
			`Account ••${loginTail} is traded by another session of Kinetra already (process ${lock.owner?.pid ?? "unknown"}). One engine an account (control C44): end that one first.`,
		);
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw new Failure(EXIT.data, `The lock of the account cannot be made in ${folder}: ${reasonOf(error)}.`);
	}
}
