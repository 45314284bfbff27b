"""Three sites as their generators make them: stock configuration and theme, own feed and sitemap, the same posts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from benchmarks.generator_environment import hexo_dependencies, node_generators, python_generators

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.site_posts import Post

ZONE = "Asia/Jakarta"


def build_pelican(folder: Path, url: str, posts: Sequence[Post]) -> Path:
    """`pelican-quickstart`, its publishing configuration, and the sitemap plugin; the folder to serve."""
    programs = python_generators()
    site = folder / "pelican"
    words = ("--path", str(site), "--title", "Warta Pelikan", "--author", "Redaksi Pelikan", "--lang", "id")
    # It asks for the four once more, for an address, for pages of ten, the zone, and whether to make a Makefile.
    answers = f"\n\n\n\ny\n{url}\ny\n10\n{ZONE}\nn\n"
    _run([str(programs / "pelican-quickstart"), *words], site.parent, answers=answers)
    with (site / "publishconf.py").open("a", encoding="utf-8") as configuration:
        configuration.write(f'\nSITEURL = "{url}"\nTIMEZONE = "{ZONE}"\nPLUGINS = ["pelican.plugins.sitemap"]\n')
    for post in posts:
        head = {"Title": post.title, "Date": f"{post.published_at:%Y-%m-%d %H:%M}", "Slug": post.slug}
        head |= {"Category": post.section, "Tags": ", ".join(post.tags), "Author": post.author}
        lines = "\n".join(f"{name}: {value}" for name, value in head.items())
        (site / "content" / f"{post.slug}.md").write_text(f"{lines}\n\n{post.markdown}\n", "utf-8")
    _run([str(programs / "pelican"), "content", "-s", "publishconf.py", "-o", "output"], site)
    return site / "output"


def build_nikola(folder: Path, url: str, posts: Sequence[Post]) -> Path:
    """`nikola init`, which brings feed and sitemap of its own; the folder to serve."""
    nikola = str(python_generators() / "nikola")
    site = folder / "nikola"
    _run([nikola, "init", "--quiet", str(site)], folder)
    answers = {"BLOG_TITLE": "Kabar Nikola", "SITE_URL": f"{url}/", "BLOG_AUTHOR": "Redaksi Nikola"}
    answers |= {"DEFAULT_LANG": "id", "TIMEZONE": ZONE, "BLOG_DESCRIPTION": "Kabar dari kampung"}
    conf = site / "conf.py"
    _set(conf, answers, r"^(?:# )?{name} = .*$", "{name} = {value}")
    for post in posts:
        head = {"title": post.title, "slug": post.slug, "date": post.published_at.isoformat(sep=" ")}
        head |= {"tags": ", ".join(post.tags), "category": post.section, "author": post.author}
        lines = "\n".join(f".. {name}: {value}" for name, value in head.items())
        (site / "posts" / f"{post.slug}.md").write_text(f"<!--\n{lines}\n-->\n\n{post.markdown}\n", "utf-8")
    _run([nikola, "build"], site)
    return site / "output"


def build_hexo(folder: Path, url: str, posts: Sequence[Post]) -> Path:
    """What `hexo init` lays down, with the generators for a feed and a sitemap; the folder to serve."""
    modules = node_generators()
    site = folder / "hexo"
    shutil.copytree(modules / "hexo-cli" / "assets", site, ignore=shutil.ignore_patterns("themes"))
    shutil.rmtree(site / "source" / "_posts")
    (site / "source" / "_posts").mkdir()
    (site / "node_modules").symlink_to(modules)
    package = {"name": "site", "private": True, "hexo": {"version": ""}, "dependencies": hexo_dependencies()}
    (site / "package.json").write_text(json.dumps(package), "utf-8")
    answers = {"title": "Kabar Heksa", "author": "Sari Wulandari", "language": "id", "timezone": ZONE, "url": url}
    _set(site / "_config.yml", answers, r"^{name}:.*$", "{name}: {value}")
    for post in posts:
        head = {"title": post.title, "date": f"{post.published_at:%Y-%m-%d %H:%M:%S}", "author": post.author}
        lists = {"tags": list(post.tags), "categories": [post.section]}
        values = {**head, **lists}.items()
        lines = "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values)
        text = f"---\n{lines}\n---\n\n{post.markdown}\n"
        (site / "source" / "_posts" / f"{post.slug}.md").write_text(text, "utf-8")
    _run([str(modules / ".bin" / "hexo"), "generate"], site)
    return site / "public"


BUILDERS = {"pelican": build_pelican, "nikola": build_nikola, "hexo": build_hexo}
"""Key of the publisher -> what makes its site."""


def _set(path: Path, answers: Mapping[str, str], line: str, written: str) -> None:
    """Answer what the generator would have asked for, in its configuration file."""
    text = path.read_text("utf-8")
    for name, value in answers.items():
        new = written.format(name=name, value=json.dumps(value))
        text, count = re.subn(line.format(name=name), lambda _, new=new: new, text, flags=re.MULTILINE)  # type: ignore[misc]
        if not count:
            raise SystemExit(f"{path}: no line for {name}")
    path.write_text(text, "utf-8")


def _run(command: Sequence[str], folder: Path, *, answers: str = "") -> None:
    done = subprocess.run(
        command, cwd=folder, input=answers, text=True, capture_output=True, check=False, env={**os.environ, "TZ": ZONE}
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {(done.stderr or done.stdout)[-1_500:]}")
