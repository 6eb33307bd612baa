/**
 * What a program needs of the environment to run: where things are, how numbers and texts are written, which libraries and devices it uses. Windows writes
 * the same names in any letters (`Path`).
 */
const ALLOWED: readonly RegExp[] = [
	/^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP|DISPLAY|HOSTNAME)$/i,
	/^(LC|XDG|PYTHON|PYENV|VIRTUAL_ENV|CONDA|UV|NODE|NVM|VOLTA|ASDF|MISE|RUBY|JAVA|JULIA|R|DOTNET)(_|$)/i,
	/^PYTHON[A-Z]+$/i,
	/^(LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|CUDA|CUDNN|NVIDIA|ROCR|HIP|HSA|OMP|MKL|OPENBLAS|KMP|NUMEXPR|NUMBA|TORCH|TF|XLA|JAX|KERAS|ONNXRUNTIME|MPLBACKEND)(_|$)/i,
	/^(SYSTEMROOT|WINDIR|SYSTEMDRIVE|COMSPEC|PATHEXT|USERPROFILE|USERNAME|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES|NUMBER_OF_PROCESSORS|PROCESSOR_ARCHITECTURE)$/i,
];
/** Names that say that the value is nobody's business. */
const SECRET = /TOKEN|SECRET|PASS|CREDENTIAL|AUTH|PRIVATE|COOKIE|LICENSE|_PW$|API_?KEY|ACCESS_?KEY|KEY$/i;
/** A proxy or index address can hold a name and password. */
const HAS_LOGIN = /:\/\/[^/\s]*@/;

/**
 * The environment of a program that decides: of ours only what is known to be harmless, so that no password, token or address of a bridge reaches it.
 * Python is told to write each line at once.
 */
export function environmentOfProgram(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const kept = Object.entries(env).filter(
		([name, value = ""]) => ALLOWED.some((pattern) => pattern.test(name)) && !SECRET.test(name) && !HAS_LOGIN.test(value) && !/^KINETRA/i.test(name),
	);
	return { ...Object.fromEntries(kept), PYTHONUNBUFFERED: "1", PYTHONIOENCODING: "utf-8" };
}
