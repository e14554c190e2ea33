"""A real nginx with the module on a loopback port, and the wire to it."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "tests/load"))
from wire import Connection, Response, answers, ask, free_port, preflight, request_bytes  # noqa: E402, F401

MODULE = os.environ.get("CORS_NGINX_MODULE") or str(
    HERE.parents[2] / "target/nginx/ngx_http_cors_engine_module.so"
)
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
# A folder for valgrind's reports: nginx runs under it if this is set.
VALGRIND = os.environ.get("CORS_NGINX_VALGRIND")

PREAMBLE = """
load_module @MODULE@;
@USER@
worker_processes @WORKERS@;
pid @FOLDER@/nginx.pid;
error_log @FOLDER@/error.log @LEVEL@;
events { worker_connections 512; }
"""
TEMPORARY = """
    client_body_temp_path @FOLDER@/body;
    proxy_temp_path @FOLDER@/proxy;
    fastcgi_temp_path @FOLDER@/fastcgi;
    uwsgi_temp_path @FOLDER@/uwsgi;
    scgi_temp_path @FOLDER@/scgi;
"""


class Nginx:
    """One nginx with a folder of its own. `http` is what stands in http { }; @NAME@ is filled in."""

    def __init__(self, http, names=None, files=None, workers=1, error_level="info"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cors-nginx-"))
        self.names = {
            "MODULE": MODULE,
            "USER": f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else "",
            "WORKERS": str(workers),
            "LEVEL": error_level,
            "FOLDER": str(self.folder),
            "PORT": str(free_port()),
        } | (names or {})
        self.process = None
        for name, text in (files or {}).items():
            self.write(name, text)
        self.configure(http)

    @property
    def port(self):
        return int(self.names["PORT"])

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def configure(self, http):
        text = PREAMBLE + "http {" + TEMPORARY + http + "\n}\n"
        self.write("nginx.conf", re.sub("@([A-Z0-9_]+)@", lambda name: self.names[name[1]], text))

    def command(self, *arguments):
        return [NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), *arguments]

    def check(self):
        """What `nginx -t` says: whether the configuration is good, and its messages."""
        outcome = subprocess.run(self.command("-t"), capture_output=True, text=True, timeout=60)
        return outcome.returncode == 0, outcome.stderr

    def start(self, command=None):
        """Starts it, by another command than the usual if there is one."""
        self.process = subprocess.Popen(command or self.usual_command(), stderr=subprocess.PIPE, text=True)
        self.wait(self.answers, "start")
        if command is None:
            # By then it has opened every port as well; that one answers does not say so.
            self.wait(lambda: len(self.workers()) >= int(self.names["WORKERS"]), "start its workers")
        return self

    def usual_command(self):
        command = self.command("-g", "daemon off;")
        if VALGRIND:
            command = [
                "valgrind", "--quiet", "--trace-children=yes", "--leak-check=full", "--show-leak-kinds=definite",
                "--errors-for-leak-kinds=definite", "--num-callers=30", "--gen-suppressions=all",
                f"--suppressions={HERE / 'nginx.supp'}", f"--log-file={VALGRIND}/%p.log", *command,
            ]
        return command

    def wait(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None:
                raise RuntimeError(f"nginx ended at {what}: {self.process.stderr.read()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not {what}: {self.log()}")
            time.sleep(0.02)

    def answers(self, port=None):
        return answers(port or self.port)

    def workers(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in pathlib.Path(path).read_text().split()]

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def log(self, name="error.log"):
        """The lines of a log so far. The last one may be half written, and is left for the next time."""
        path = self.folder / name
        text = path.read_text(errors="replace") if path.exists() else ""
        return text[: text.rfind("\n") + 1]

    def end(self):
        """Ends it when it has answered everybody. Asked once, it can miss the question."""
        for _ in range(15):
            if self.process.poll() is not None:
                return
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                pass
        self.process.terminate()
        self.process.wait(30)

    def stop(self):
        if self.process:
            self.end()
            self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
