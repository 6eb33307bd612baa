import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type LoadedPolicy, readPolicyFolder } from "../../../src/adapters/agent/policy-folder.ts";
import { keepPolicy, storedPolicy } from "../../../src/adapters/agent/policy-store.ts";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { temporaryFolder, writeTiny } from "../../helpers/policy.ts";

/** What another session does right before ours gives its copy the name. */
const { hooks } = vi.hoisted(() => ({ hooks: { naming: (_to: string): void => {} } }));

vi.mock("node:fs", async (original) => {
	const fs = await original<typeof import("node:fs")>();
	return {
		...fs,
		renameSync: (from: string, to: string) => {
			hooks.naming(to);
			fs.renameSync(from, to);
		},
	};
});

let place: ReturnType<typeof temporaryFolder>;
let home: Home;
let loaded: LoadedPolicy;

beforeEach(() => {
	place = temporaryFolder();
	home = homeAt({ KINETRA_HOME: join(place.folder, "home") });
	loaded = readPolicyFolder(writeTiny(place.folder));
});
afterEach(() => {
	hooks.naming = () => {};
	place.remove();
});

describe("two sessions that keep the same policy at once", () => {
	/** The other session is faster: its copy, perhaps changed, has the name already. */
	function otherIsFaster(change: (folder: string) => void): void {
		hooks.naming = (to) => {
			if (!to.endsWith(loaded.policy.sha256)) return;
			cpSync(loaded.folder, to, { recursive: true });
			change(to);
		};
	}

	it("have one copy, whole, and nothing else", () => {
		otherIsFaster(() => {});
		keepPolicy(home, loaded);
		expect(readdirSync(join(home.root, "policies"))).toEqual([loaded.policy.sha256]);
		expect(storedPolicy(home, loaded.policy.sha256)).toEqual(loaded.policy);
	});

	it("do not begin with a copy that is another policy's, or half of one", () => {
		otherIsFaster((folder) => writeFileSync(join(folder, "manifest.json"), "{}"));
		expect(() => keepPolicy(home, loaded)).toThrow(/Kinetra's copy of a policy was changed/);
		expect(readdirSync(join(home.root, "policies"))).toEqual([loaded.policy.sha256]);
	});
});
