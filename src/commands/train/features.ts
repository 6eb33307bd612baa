import { type PolicyAction, type PolicySizing, UNJUDGED_FEATURES } from "../../engine/agents/policy/manifest.ts";
import { fieldIndex, OBSERVATION } from "../../engine/market/observation.ts";

/** Fields whose size depends on symbol or timeframe: a policy that reads them fits nothing else. */
const SCALED: readonly string[] = ["velocity", "kineticEnergy"];

/** What Kinetra's own policies read, in order: the observation without the fields that depend on symbol or timeframe. */
export const FEATURES: readonly string[] = OBSERVATION.map((field) => field.name).filter((name) => !SCALED.includes(name));
/** Where each feature stands in the observation. */
export const FEATURE_PLACES: readonly number[] = FEATURES.map(fieldIndex);
/** Whether a feature outside its range in training means hold. */
export const IS_JUDGED: readonly boolean[] = FEATURES.map((name) => !UNJUDGED_FEATURES.includes(name));
/** First of the features that tell of the own position; they are the last ones. */
export const POSITION_FEATURES_FROM = FEATURES.indexOf("positionSide");

/** What the outputs of Kinetra's own policies mean, in order. */
export const ACTIONS: readonly PolicyAction[] = ["hold", "buy", "sell", "close"];

/** How their decisions become orders: all of the planned risk, a stop three average true ranges away, no target (the policy closes itself). */
export const SIZING: PolicySizing = { riskShare: 1, stopAtr: 3, targetAtr: null };

/** Closed bars before the first decision: the 50-bar mean is whole and the ranks have something to rank. */
export const WARMUP_BARS = 100;
