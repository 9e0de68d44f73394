"""PPO of Stable-Baselines3 on a page of MiniWoB++, eight real browsers at once.

    pip install 'cuagym[sb3,miniwob]'
    python examples/ppo_sb3.py --task miniwob/click-test --steps 20000

The model and TensorBoard's logs go below --out; a run that was cut off goes on where it was with
the same command.
"""

import argparse
from pathlib import Path

import gymnasium as gym
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import CheckpointCallback

import cuagym  # noqa: F401 - registers the ids
from cuagym.wrappers import sb3, vector

PAGE = (0, 106, 160, 210)  # where the page lies on the screen: left, top, width, height in pixels

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("--task", default="miniwob/click-test", help="an id of `cuagym list`")
parser.add_argument("--steps", type=int, default=20_000, help="env steps in all")
parser.add_argument("--num-envs", type=int, default=8, help="desktops at once")
parser.add_argument("--seed", type=int, default=0, help="of network, tasks and actions")
parser.add_argument("--out", type=Path, default=Path("runs"), help="folder for models and logs")
args = parser.parse_args()

envs = gym.make_vec(
    "CUA-Browser-v0",
    num_envs=args.num_envs,
    task=args.task,
    max_steps=5,
    size=(640, 480),
    autoreset_mode="SameStep",
    copy=False,
)
envs = vector.ClickGrid(envs, columns=8, rows=10, region=PAGE)
envs = vector.TimeCost(vector.Screen(envs, size=(80, 105), crop=PAGE), 0.02)

folder = args.out / f"{args.task.replace('/', '-')}-sb3-{args.seed}"
saved = sorted(folder.glob("ppo_*_steps.zip"), key=lambda path: int(path.stem.split("_")[1]))
given = {"n_steps": 64, "batch_size": 128, "ent_coef": 0.01, "learning_rate": 5e-4, "gamma": 0.9}
pool = sb3.DesktopVecEnv(envs)
pool.seed(args.seed)
if saved:
    model = PPO.load(saved[-1], pool)
else:
    log = str(folder)
    model = PPO("CnnPolicy", pool, seed=args.seed, tensorboard_log=log, verbose=1, **given)
left = args.steps - model.num_timesteps
every = CheckpointCallback(max(1, 2_000 // args.num_envs), str(folder), name_prefix="ppo")
if left > 0:
    model.learn(left, callback=every, progress_bar=False, reset_num_timesteps=not saved)
    model.save(folder / f"ppo_{model.num_timesteps}_steps")
envs.close()
