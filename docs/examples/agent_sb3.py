"""A stable-baselines3 model decides in Kinetra:

    kinetra run --agent process:"python agent_sb3.py my_model.zip"

The model was trained on FEATURES, in this order, and answers with an index into ACTIONS: change both to what yours is. What scaled its
observations in training (VecNormalize) must scale them here too.
"""
import json
import sys

# What libraries print is for people: Kinetra reads the real stdout line by line.
answers, sys.stdout = sys.stdout, sys.stderr

import numpy as np
from stable_baselines3 import PPO

FEATURES = ["velocityAtr", "momentum", "energyBurst", "damping", "closeInRange", "positionSide", "positionR"]
ACTIONS = ["hold", "buy", "sell", "close"]


def say(message):
    print(json.dumps(message), file=answers, flush=True)


def main():
    model = PPO.load(sys.argv[1], device="cpu")
    # The first answer is slow, and a model that was trained on other features says so here: both before the session begins.
    model.predict(np.zeros(len(FEATURES), dtype=np.float32), deterministic=True)
    places = []
    for line in sys.stdin:  # ends when the session does
        message = json.loads(line)
        if message["type"] == "hello":
            fields = message["observation"]["fields"]
            places = [fields.index(name) for name in FEATURES]
            say({"type": "ready", "name": "sb3"})
        elif message["type"] == "decide":
            observation = np.array([message["observation"][place] for place in places], dtype=np.float32)
            action, _ = model.predict(observation, deterministic=True)
            say({"type": "decision", "question": message["question"], "action": ACTIONS[int(action)]})


main()
