"""A package index of our own with tiny packages, for tests that really fetch: files, or an HTTP server."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from gradphoto.portrait.weights import Archive


def add_wheel(index: Path, project: str, version: str, members: Mapping[str, bytes]) -> Archive:
    """Puts a wheel for `manylinux_2_28_x86_64`, CPython 3.11 into the index."""
    info = f"{project}-{version}.dist-info"
    tag = "cp311-cp311-manylinux_2_28_x86_64"
    content = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
        f"{info}/RECORD": b"",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as wheel:
        for name, data in content.items():
            wheel.writestr(name, data)
    platform = "manylinux_2_28_x86_64"
    return _put(index, project, version, f"{project}-{version}-{tag}.whl", platform, file.getvalue())


def add_sdist(index: Path, project: str, version: str, members: Mapping[str, bytes]) -> Archive:
    """Puts a source archive into the index; member names are relative to its top folder."""
    content = {
        "setup.py": b"raise SystemExit('nobody may run this')",
        **members,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n".encode(),
    }
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as sdist:
        for name, data in content.items():
            entry = tarfile.TarInfo(f"{project}-{version}/{name}")
            entry.size = len(data)
            sdist.addfile(entry, io.BytesIO(data))
    return _put(index, project, version, f"{project}-{version}.tar.gz", "sdist", file.getvalue())


def _put(index: Path, project: str, version: str, file: str, platform: str, content: bytes) -> Archive:
    folder = index / project
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(content)
    (folder / "index.html").write_text(f'<!DOCTYPE html><a href="{file}">{file}</a>', encoding="utf-8")
    return Archive(project, version, platform, hashlib.sha256(content).hexdigest(), len(content))


class Served:
    """An index behind HTTP. `archives` lists those asked for; after `stall_after` bytes they stop coming."""

    def __init__(self, index: Path, stall_after: int | None) -> None:
        self.archives: list[str] = []
        self.stalled = threading.Event()
        served = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: object, **kwargs: object) -> None:
                super().__init__(*args, directory=str(index), **kwargs)  # type: ignore[arg-type]

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

            def do_GET(self) -> None:
                if not self.path.endswith((".whl", ".gz")):
                    super().do_GET()
                    return
                served.archives.append(self.path)
                content = (index / self.path.lstrip("/")).read_bytes()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[:stall_after])
                if stall_after is not None:
                    self.wfile.flush()
                    served.stalled.set()
                    time.sleep(60)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def served(index: Path, stall_after: int | None = None) -> Iterator[Served]:
    """Serves `index` on a free port of this machine."""
    service = Served(index, stall_after)
    thread = threading.Thread(target=service.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.server.shutdown()
        service.server.server_close()
        thread.join()
