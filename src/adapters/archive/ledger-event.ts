import type { Mode, Venue } from "../../engine/config.ts";
import type { Binding } from "../../engine/stages/binding.ts";
import type { Gate } from "../../engine/stages/gates.ts";

/** The account that a session traded on, or a certificate was earned on. Nothing secret: no login. */
export type AccountRef = { readonly hash: string; readonly server: string; readonly currency: string; readonly marginMode: "netting" | "hedging" };

/** A certificate as the ledger knows it: the whole of it but the binding itself, which stands in a line of its own. */
export type CertificateFacts = {
	readonly format: 1;
	readonly id: string;
	readonly gate: Gate;
	readonly venue: Venue;
	/** Which machine issued it. */
	readonly machine: string;
	readonly bindingHash: string;
	/** Trades at the checkpoint that was passed: every checkpoint gives one certificate at most. */
	readonly checkpoint: number;
	/** The first and the last session of the evidence, with the heads of their journals, and how many count. */
	readonly sessions: { readonly first: string; readonly firstHead: string; readonly last: string; readonly lastHead: string; readonly counted: number };
	/** The numbers that passed, by name; null where one does not exist. */
	readonly metrics: Readonly<Record<string, number | null>>;
	/** The demo account that it was earned on; null for virtual. */
	readonly account: AccountRef | null;
	/** ISO 8601 UTC. */
	readonly issued: string;
	readonly expires: string;
};

/** Everything that the ledger holds; one line each. `session` is a session's id, `binding` a binding's hash. */
export type LedgerEvent =
	/** The first line: which program and machine began the ledger. */
	| { readonly kind: "opened"; readonly data: { readonly format: 1; readonly version: string; readonly machine: string } }
	/** A binding, before the first session of it. */
	| { readonly kind: "binding"; readonly data: { readonly hash: string; readonly binding: Binding } }
	/** Before a session's first event, so that one that never ends is known as well. */
	| {
			readonly kind: "begun";
			readonly data: {
				readonly session: string;
				readonly mode: Mode;
				/** Where its quotes and its broker come from; null: neither is a bridge. */
				readonly venue: Venue | null;
				readonly binding: string;
				readonly configHash: string;
				readonly runKey: string;
				/** Which market it trades: the same market time proves something once. */
				readonly market: string;
				readonly account: AccountRef | null;
				/** The certificate that opened its stage; null in virtual and for a rehearsal. */
				readonly certificate: string | null;
				/** Why it can never count, known before it began, or null. */
				readonly never: string | null;
			};
	  }
	/** The journal's last hash and number of lines after the seal. */
	| {
			readonly kind: "ended";
			readonly data: {
				readonly session: string;
				readonly head: string;
				readonly lines: number;
				readonly reason: string;
				/** Market time traded, broker ms; null when trading never began. */
				readonly period: { readonly from: number; readonly to: number } | null;
			};
	  }
	| { readonly kind: "certificate"; readonly data: CertificateFacts }
	/** Live trading is permitted on this account, by this certificate, for so long. */
	| { readonly kind: "permit"; readonly data: { readonly certificate: string; readonly account: string; readonly expires: string } }
	/** A live session on probation came to a clean end. */
	| { readonly kind: "probation"; readonly data: { readonly session: string; readonly binding: string; readonly venue: Venue; readonly number: number } }
	/** A demo session failed: certificates that cover its binding are void, and virtual evidence begins anew. */
	| { readonly kind: "demoted"; readonly data: { readonly session: string; readonly binding: string; readonly venue: Venue; readonly why: string } }
	| { readonly kind: "void"; readonly data: { readonly certificate: string; readonly why: string } }
	/** The end of the file was cut in the middle of a line (a crash, a full disk) and that piece was taken away. */
	| { readonly kind: "recovered"; readonly data: { readonly bytes: number } };

export type LedgerKind = LedgerEvent["kind"];

type Field = "text" | "text?" | "count" | "object" | "object?";

/** What each kind must hold: a line with a right hash may still come from somewhere else. */
const SHAPES: Readonly<Record<LedgerKind, Readonly<Record<string, Field>>>> = {
	opened: { format: "count", version: "text", machine: "text" },
	binding: { hash: "text", binding: "object" },
	begun: {
		session: "text",
		mode: "text",
		venue: "text?",
		binding: "text",
		configHash: "text",
		runKey: "text",
		market: "text",
		account: "object?",
		certificate: "text?",
		never: "text?",
	},
	ended: { session: "text", head: "text", lines: "count", reason: "text", period: "object?" },
	certificate: {
		format: "count",
		id: "text",
		gate: "text",
		venue: "text",
		machine: "text",
		bindingHash: "text",
		checkpoint: "count",
		sessions: "object",
		metrics: "object",
		account: "object?",
		issued: "text",
		expires: "text",
	},
	permit: { certificate: "text", account: "text", expires: "text" },
	probation: { session: "text", binding: "text", venue: "text", number: "count" },
	demoted: { session: "text", binding: "text", venue: "text", why: "text" },
	void: { certificate: "text", why: "text" },
	recovered: { bytes: "count" },
};

/** The event that a line claims to be, or what is wrong with it: an unknown kind, a field that is missing, of another type, or not of ours. */
export function readEvent(kind: string, data: unknown): LedgerEvent | string {
	if (!Object.hasOwn(SHAPES, kind)) return `kind "${kind}" is unknown`;
	if (typeof data !== "object" || data === null || Array.isArray(data)) return "data is no object";
	const shape = SHAPES[kind as LedgerKind];
	const fields = data as Readonly<Record<string, unknown>>;
	const wrong = Object.keys(shape).find((name) => !holds(fields[name], shape[name] as Field));
	if (wrong !== undefined) return `${kind}.${wrong} is missing or not what it must be`;
	const foreign = Object.keys(fields).find((name) => !Object.hasOwn(shape, name));
	return foreign === undefined ? ({ kind, data } as unknown as LedgerEvent) : `${kind}.${foreign} is unknown`;
}

function holds(value: unknown, field: Field): boolean {
	switch (field) {
		case "text":
			return typeof value === "string";
		case "text?":
			return value === null || typeof value === "string";
		case "count":
			return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
		case "object":
			return typeof value === "object" && value !== null && !Array.isArray(value);
		case "object?":
			return value === null || holds(value, "object");
	}
}
