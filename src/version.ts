/** Version of this build: the build script puts package.json's there; unbundled runs (tests, tsx) say so. */
export const VERSION: string = typeof __KINETRA_VERSION__ === "string" ? __KINETRA_VERSION__ : "0.0.0-unbuilt";

declare const __KINETRA_VERSION__: string | undefined;
