import { OBSERVATION_VERSION } from "../../engine/market/observation.ts";
import type { ProgramVersions } from "../../engine/stages/binding.ts";
import { VERSION } from "../../version.ts";

/** The protocol that cockpit and bridge speak (docs/BRIDGE_PROTOCOL.md): with another one, what was proven was proven with another program. */
const BRIDGE_PROTOCOL = 1;

/** What this program is, for bindings. */
export const VERSIONS: ProgramVersions = { engineVersion: VERSION, bridgeProtocol: BRIDGE_PROTOCOL, observationVersion: OBSERVATION_VERSION };
