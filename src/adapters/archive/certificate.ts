import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Binding } from "../../engine/stages/binding.ts";
import { canonicalJson, sha256Hex } from "../canonical.ts";
import { cleanText } from "../clean-text.ts";
import { Failure } from "../failure.ts";
import { type Home, makePrivateFolder, readPrivateFile, requirePrivateFolder, writePrivateFile } from "../home.ts";
import type { CertificateFacts } from "./ledger-event.ts";
import { machineId } from "./machine.ts";
import { ensureSigner, signerOf } from "./signing-key.ts";

/** A certificate as its file holds it: what the ledger knows of it, the binding itself, and this home's signature over both. */
export type Certificate = CertificateFacts & { readonly binding: Binding };

/** SHA-256 over the canonical form of a binding, 64 hex digits: the same settings have the same one. */
export function bindingHashOf(binding: Binding): string {
	return sha256Hex(canonicalJson(binding));
}

/** Writes and signs a certificate's file, mode 0600. Throws system errors and a `Failure` for a home or key that cannot be used. */
export function writeCertificate(home: Home, certificate: Certificate): void {
	makePrivateFolder(folderOf(home));
	requirePrivateFolder(folderOf(home));
	const mac = ensureSigner(home).sign(canonicalJson(certificate));
	writePrivateFile(pathOf(home, certificate.id), `${canonicalJson({ ...certificate, mac })}\n`);
}

/** Takes back the file of a certificate that the ledger did not get. Throws system errors. */
export function removeCertificate(home: Home, id: string): void {
	rmSync(pathOf(home, id), { force: true });
}

/**
 * The certificate of the ledger's line, checked: its file is there, says field by field what the ledger says, is of this machine and signed by this
 * home. Else a sentence that names the field. Never throws.
 */
export function readCertificate(home: Home, known: CertificateFacts): Certificate | string {
	const path = pathOf(home, known.id);
	try {
		const text = readPrivateFile(path);
		if (text === null) return `its file ${cleanText(path, 300)} is missing`;
		const value: unknown = JSON.parse(text);
		if (typeof value !== "object" || value === null || Array.isArray(value)) return "its file is no object";
		return checked(home, known, value as Readonly<Record<string, unknown>>, text);
	} catch (error) {
		return error instanceof Failure ? error.message : `its file ${cleanText(path, 300)} is damaged (not JSON)`;
	}
}

function checked(home: Home, known: CertificateFacts, value: Readonly<Record<string, unknown>>, text: string): Certificate | string {
	const { mac, ...content } = value;
	const { binding, ...facts } = content;
	for (const name of new Set([...Object.keys(known), ...Object.keys(facts)])) {
		const here = canonicalJson(facts[name]);
		const there = canonicalJson(known[name as keyof CertificateFacts]);
		if (here !== there) return `${cleanText(name, 40)} is ${cleanText(here, 80)} in its file, ${cleanText(there, 80)} in the ledger`;
	}
	const certificate = content as unknown as Certificate;
	if (typeof binding !== "object" || binding === null || bindingHashOf(certificate.binding) !== known.bindingHash)
		return "binding: what it was issued for has been changed in its file";
	if (certificate.machine !== machineId()) return "machine: it was issued on another machine";
	const signer = signerOf(home);
	if (signer === null) return "signature: the key signing.key is missing";
	if (typeof mac !== "string" || !signer.isMine(canonicalJson(content), mac)) return "signature: it is not the one of this home";
	return text === `${canonicalJson(value)}\n` ? certificate : "its file has been rewritten";
}

function folderOf(home: Home): string {
	return join(home.root, "certificates");
}

function pathOf(home: Home, id: string): string {
	return join(folderOf(home), `${id.replace(/[^0-9A-Za-z-]/g, "_").slice(0, 80)}.json`);
}
