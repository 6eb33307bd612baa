"""Writes a policy folder for Kinetra out of a PyTorch network or a stable-baselines3 model (docs/WRITING_AGENTS.md).

    from export_policy import export_policy, logits_of_ppo, scaler_of
    export_policy("my-policy", logits_of_ppo(model), observations, name="my-policy", line="what it does, in one sentence",
                  features=["velocityAtr", "momentum", "positionSide"], output={"kind": "action-logits", "actions": ["hold", "buy", "sell", "close"]},
                  scaler=scaler_of(vec_normalize))

`observations`: the raw ones that the policy saw in training (a few thousand rows, before any scaling), columns in the order of `features`.
Needs torch 2.5 or newer and onnx; nothing here is needed to run the policy.
"""

import json
import math
import pathlib

LEVELS = (0, 0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999, 1)
# The agent's own position and the time of day are not judged: what is unusual there says nothing about the market.
NOT_JUDGED = ("hourSin", "hourCos", "positionSide", "positionR", "positionMfeR", "positionAgeBars")


def export_policy(folder, network, observations, **about):
    """Writes policy.onnx and manifest.json. `network` takes scaled observations (rows x features) and gives logits, Q-values or exposures."""
    import torch

    rows = [[float(value) for value in row] for row in observations]
    network = network.eval().cpu().float()

    def answer(scaled):
        with torch.no_grad():
            return network(torch.tensor([scaled], dtype=torch.float32))[0].tolist()

    manifest = manifest_of(rows, answer, **about)
    place = pathlib.Path(folder)
    place.mkdir(parents=True)
    example = torch.zeros(1, len(rows[0]), dtype=torch.float32)
    # dynamo=False writes one file; the newer exporter puts the weights into a second one unless it gets external_data=False.
    torch.onnx.export(network, (example,), str(place / "policy.onnx"), input_names=["observation"], output_names=["output"], opset_version=17, dynamo=False)
    (place / "manifest.json").write_text(json.dumps(manifest, indent="\t", allow_nan=False) + "\n", encoding="utf-8")


def manifest_of(rows, answer, *, name, line, features, output, scaler=None, sizing=None, warmup_bars=100, timeframe=None, symbols=None, algorithm="pytorch", cases=16):
    """The manifest as a dictionary. `answer`: scaled observation -> outputs, both lists of numbers."""
    scaler = scaler or {"mean": [0.0] * len(features), "scale": [1.0] * len(features), "clip": 1e6}
    step = max(1, len(rows) // cases)
    columns = [sorted(row[index] for row in rows) for index in range(len(features))]
    return {
        "format": 1,
        "name": name,
        "line": line,
        "timeframe": timeframe,
        "symbols": symbols,
        "warmupBars": warmup_bars,
        "output": output,
        "observation": {"version": "obs-1", "features": list(features)},
        "scaler": scaler,
        "distribution": [None if feature in NOT_JUDGED else [quantile(column, level) for level in LEVELS] for feature, column in zip(features, columns)],
        "sizing": sizing or {"riskShare": 1, "stopAtr": 2.5, "targetAtr": 4},
        "provenance": {
            "algorithm": algorithm,
            "command": None,
            "seed": None,
            "steps": None,
            "trainedWith": "export_policy.py",
            "trainedOn": None,
            "data": [],
            "verdict": None,
            "outOfSample": [],
        },
        "golden": [{"observation": row, "output": answer(scaled(row, scaler))} for row in rows[::step][:cases]],
    }


def scaled(row, scaler):
    clip = scaler["clip"]
    return [min(clip, max(-clip, (value - mean) / scale)) for value, mean, scale in zip(row, scaler["mean"], scaler["scale"])]


def quantile(ordered, level):
    place = level * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low) if ordered[high] != ordered[low] else ordered[low]


def scaler_of(vec_normalize):
    """The scaler that a stable-baselines3 VecNormalize applies."""
    rms = vec_normalize.obs_rms
    scale = [math.sqrt(float(variance) + float(vec_normalize.epsilon)) for variance in rms.var]
    return {"mean": [float(mean) for mean in rms.mean], "scale": scale, "clip": float(vec_normalize.clip_obs)}


def logits_of_ppo(model):
    """The actor of a stable-baselines3 PPO or A2C with MlpPolicy: logits of discrete actions, or the mean of a Box(1) (output kind "continuous")."""
    import torch

    class Actor(torch.nn.Module):
        def __init__(self, policy):
            super().__init__()
            self.body = policy.mlp_extractor.policy_net
            self.head = policy.action_net

        def forward(self, observation):
            return self.head(self.body(observation))

    return Actor(model.policy)


def q_values_of_dqn(model):
    """The Q-network of a stable-baselines3 DQN with MlpPolicy."""
    return model.policy.q_net.q_net
