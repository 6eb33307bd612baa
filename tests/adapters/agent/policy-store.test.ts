import { appendFileSync, chmodSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LoadedPolicy, readPolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { keepPolicy, storedPolicy } from "../../../src/adapters/agent/policy-store.ts";
import { EXIT, Failure } from "../../../src/adapters/failure.ts";
import { type Home, homeAt, prepareHome } from "../../../src/adapters/home.ts";
import { temporaryFolder, writeTiny, writeTinyTriad } from "../../helpers/policy.ts";

let place: ReturnType<typeof temporaryFolder>;
let home: Home;
let loaded: LoadedPolicy;

beforeEach(() => {
	place = temporaryFolder();
	home = homeAt({ KINETRA_HOME: join(place.folder, "home") });
	loaded = readPolicyFolder(writeTiny(place.folder));
});
afterEach(() => place.remove());

const kept = (): string => join(home.root, "policies", loaded.policy.sha256);

function messageOf(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		expect(error.exitCode).toBe(EXIT.data);
		return error.message;
	}
	throw new Error("nothing was thrown");
}

describe("the store of policies", () => {
	it("keeps a policy as it was loaded, whatever has become of its folder, for the owner alone", () => {
		rmSync(loaded.folder, { recursive: true });
		keepPolicy(home, loaded);
		keepPolicy(home, loaded);
		expect(storedPolicy(home, loaded.policy.sha256)).toEqual(loaded.policy);
		expect(readdirSync(join(home.root, "policies"))).toEqual([loaded.policy.sha256]);
		if (process.platform === "win32") return;
		expect((statSync(kept()).mode & 0o777).toString(8)).toBe("700");
		for (const name of loaded.files.keys()) expect((statSync(join(kept(), name)).mode & 0o777).toString(8)).toBe("600");
	});

	it("keeps a triad", () => {
		const triad = readPolicyFolder(writeTinyTriad(place.folder));
		keepPolicy(home, triad);
		expect(storedPolicy(home, triad.policy.sha256)).toEqual(triad.policy);
	});

	it("says what is missing, and takes it back", () => {
		const { sha256 } = loaded.policy;
		const message = messageOf(() => storedPolicy(home, sha256));
		expect(message).toContain(`${kept()} is missing. Copy the policy's folder there, the one with SHA-256 ${sha256}.`);
		mkdirSync(join(home.root, "policies"), { recursive: true, mode: 0o700 });
		cpSync(loaded.folder, kept(), { recursive: true });
		expect(storedPolicy(home, sha256)).toEqual(loaded.policy);
	});

	it("never gives what was changed, nor starts a session with it", () => {
		keepPolicy(home, loaded);
		appendFileSync(join(kept(), "manifest.json"), " ");
		const expected = /copy of a policy was changed: the SHA-256 of .* is [0-9a-f]{64}\. Remove the copy/;
		expect(messageOf(() => storedPolicy(home, loaded.policy.sha256))).toMatch(expected);
		expect(messageOf(() => keepPolicy(home, loaded))).toMatch(expected);
	});

	it("refuses another policy's folder, a link, and a hash that is none", () => {
		mkdirSync(join(home.root, "policies"), { recursive: true, mode: 0o700 });
		cpSync(writeTiny(place.folder, { name: "other" }, "other"), kept(), { recursive: true });
		expect(messageOf(() => storedPolicy(home, loaded.policy.sha256))).toMatch(/was changed/);
		rmSync(kept(), { recursive: true });
		symlinkSync(loaded.folder, kept());
		expect(messageOf(() => storedPolicy(home, loaded.policy.sha256))).toMatch(/cannot be used\. .*is a symbolic link/);
		expect(messageOf(() => storedPolicy(home, "../sessions"))).toMatch(/"\.\.\/sessions" is no SHA-256/);
	});

	it.skipIf(process.platform === "win32")("keeps none where others could put one, and none behind a link", () => {
		const shelf = join(home.root, "policies");
		prepareHome(home);
		mkdirSync(shelf);
		chmodSync(shelf, 0o777);
		expect(messageOf(() => keepPolicy(home, loaded))).toMatch(/Others may look into/);
		rmSync(shelf, { recursive: true });
		mkdirSync(join(place.folder, "elsewhere"), { mode: 0o700 });
		symlinkSync(join(place.folder, "elsewhere"), shelf);
		expect(messageOf(() => keepPolicy(home, loaded))).toMatch(/is not a folder/);
		expect(readdirSync(join(place.folder, "elsewhere"))).toEqual([]);
	});

	it("says why it cannot keep one", () => {
		mkdirSync(home.root, { recursive: true, mode: 0o700 });
		writeFileSync(join(home.root, "policies"), "in the way");
		expect(messageOf(() => keepPolicy(home, loaded))).toMatch(/^The policy cannot be kept in .*: a part of the path is a file/);
	});
});
