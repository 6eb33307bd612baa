import { cleanText } from "./clean-text.ts";

/** What the system's error codes mean to the person in front of the screen. */
const MEANINGS: Readonly<Record<string, string>> = {
	ENOSPC: "the disk is full",
	EDQUOT: "the disk quota is used up",
	EFBIG: "the file has reached the largest size allowed",
	EROFS: "the file system is read-only",
	EACCES: "permission denied",
	EPERM: "not permitted",
	EIO: "the disk reported an error",
	ENOENT: "no such file or folder",
	ENOTDIR: "a part of the path is a file, not a folder",
	EISDIR: "it is a folder, not a file",
	EEXIST: "it exists already",
	EMFILE: "too many files are open",
	ENFILE: "too many files are open on this machine",
	ELOOP: "too many symbolic links",
	ENAMETOOLONG: "the name is too long",
};

/** An error in words, with the system's code where there is one: `the disk is full (ENOSPC)`. Safe to print: cleaned and short. */
export function reasonOf(error: unknown): string {
	const code = codeOf(error);
	const meaning = code === null ? undefined : MEANINGS[code];
	if (meaning !== undefined) return `${meaning} (${code})`;
	return cleanText(error instanceof Error ? error.message : String(error), 300);
}

/** The system's error code (`ENOENT`), or null when it is not a system error. */
export function codeOf(error: unknown): string | null {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
