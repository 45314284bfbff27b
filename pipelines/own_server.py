"""The former place of `pipelines.stack.own_server`, for Compose files that still name it."""

if __name__ == "__main__":
    raise SystemExit("pipelines.own_server has moved: run `python -m pipelines.stack.own_server`")
