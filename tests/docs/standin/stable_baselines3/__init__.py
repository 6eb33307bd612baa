"""Stands in for stable-baselines3 in tests: a model that follows the momentum, with the interface that the example uses."""


class PPO:
    @classmethod
    def load(cls, path, device="auto"):
        with open(path) as file:
            if file.read().strip() != "stand-in model":
                raise ValueError("not a model")
        print("Wrapping the env in a DummyVecEnv.")
        return cls()

    def predict(self, observation, deterministic=False):
        _, momentum, _, _, _, side, _ = [float(value) for value in observation]
        if side != 0:
            return (3 if side * momentum < 0 else 0), None
        return (1 if momentum > 0.1 else 2 if momentum < -0.1 else 0), None
