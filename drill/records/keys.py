"""Keys: one of the station, made on first use, and one for each supervisor who signs. Ed25519, kept as PEM files.

A station's signature in a run's footer shows that nobody edited the file later, and which station wrote it. It does
not show who sat there, nor that the clock was right.
"""

import contextlib
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from drill.engine.runfile import signed_bytes
from drill.errors import DrillError
from drill.records.home import drill_home

STATION: Final = "station.key"
KEYS: Final = "keys"
TRUSTED: Final = "trusted.txt"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")
PUBLIC: Final = re.compile(r"[0-9a-f]{64}")
PUBLIC_SUFFIX: Final = ".pub"
UNKNOWN: Final = "unknown station"
_PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can sign. `public` is its public half as 64 hexadecimal digits."""

    public: str
    _secret: Ed25519PrivateKey

    def sign(self, data: bytes) -> tuple[str, str]:
        """Return the public key and the signature, in hexadecimal digits."""
        return self.public, self._secret.sign(data).hex()


def signature_fits(public: object, data: bytes, signature: object) -> bool:
    """Say whether a signature is one of this key over this data; anything that is no key or signature is not."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(public)))
        key.verify(bytes.fromhex(str(signature)), data)
    except (ValueError, InvalidSignature):
        return False
    return True


def station_key(home: Path | None = None) -> Key:
    """Return this station's key, made on first use (`station.key`, mode 0600).

    Raises DrillError where there is none and none can be written, or where others can read it: then a run is unsigned.
    """
    path = (home or drill_home()) / STATION
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # two drills may begin at once: the first key stays
            return _write(path, b"")
    return _read(path, None)


def new_key(name: str, passphrase: str = "", home: Path | None = None) -> tuple[Key, Path]:
    """Make a supervisor's key under `home`/keys and return it with its file; an existing one is never replaced.

    Raises DrillError for a name that cannot be a file's, a key that exists, or a folder that cannot be written.
    """
    path = _path(name, home)
    try:
        made = _write(path, passphrase.encode())
        path.with_suffix(PUBLIC_SUFFIX).write_text(made.public + "\n", encoding="ascii")  # known without the passphrase
        return made, path
    except FileExistsError:
        message = f"there is a key for '{name}' already: {path}; take another name, or move that file away"
        raise DrillError(message) from None


def open_key(name: str, passphrase: str = "", home: Path | None = None) -> Key:
    """Return a supervisor's key. Raises DrillError where there is none, or the passphrase does not fit."""
    path = _path(name, home)
    if not path.exists():
        message = f"there is no key for '{name}' under {path.parent}: make one with 'drill key new --as {name}'"
        raise DrillError(message)
    return _read(path, passphrase.encode() or None)


def is_locked(name: str, home: Path | None = None) -> bool:
    """Say whether a supervisor's key asks for a passphrase."""
    try:
        return b"ENCRYPTED" in _path(name, home).read_bytes()
    except OSError:
        return False


def key_names(home: Path | None = None) -> dict[str, str]:
    """Return the supervisors who have a key here: public key -> name."""
    known = {}
    try:
        for path in sorted(((home or drill_home()) / KEYS).iterdir()):
            if path.suffix == PUBLIC_SUFFIX and PUBLIC.fullmatch(text := path.read_text(encoding="ascii", errors="replace").strip()):
                known[text] = path.stem
    except (OSError, DrillError):
        pass
    return known


def trusted_keys(home: Path | None = None) -> dict[str, str]:
    """Return the supervisor's trusted list: public key -> name. Raises DrillError naming a line that is none."""
    path = (home or drill_home()) / TRUSTED
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        message = f"the trusted list {path} cannot be read ({error}): mend it, or move it away"
        raise DrillError(message) from error
    keys = {}
    for number, line in enumerate(text.splitlines(), start=1):
        public, _, name = line.strip().partition(" ")
        if not public or public.startswith("#"):
            continue
        if not PUBLIC.fullmatch(public) or not name.strip():
            message = f"{path}:{number}: found '{line[:80]}'; a line is a public key (64 digits), a space and a name"
            raise DrillError(message)
        keys[public] = name.strip()
    return keys


def trust(public: str, name: str, home: Path | None = None) -> Path:
    """Write a key into the trusted list. Raises DrillError for what is no key or name, or a list that cannot be written."""
    folder = home or drill_home()
    if not PUBLIC.fullmatch(public):
        message = f"'{public[:80]}' is no public key: it has 64 hexadecimal digits, as 'drill key list' shows it there"
        raise DrillError(message)
    _check_name(name)
    known = trusted_keys(home)
    if public in known:
        message = f"this key is trusted already, as '{known[public]}': edit {folder / TRUSTED} to change that"
        raise DrillError(message)
    path = folder / TRUSTED
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{public} {name}\n")
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror})"
        raise DrillError(message) from error
    return path


def who_is(public: str, trusted: Mapping[str, str], own: str = "") -> str:
    """Return a key in words: this station, a trusted name, or unknown, each with the beginning of the key."""
    short = f"({public[:8]})"
    if public in trusted:
        return f"{trusted[public]} {short}"
    return f"this station {short}" if own and public == own else f"{UNKNOWN} {short}"


def station_state(footer: Mapping[str, Any] | None, trusted: Mapping[str, str], own: str) -> tuple[str, str]:
    """Return what a run's footer says of its station: "ok", "unknown", "unsigned" or "wrong", and the same in words."""
    if footer is None:
        return "unsigned", "none: a station signs in a run's footer, and none could be read here"
    if footer.get("signature") is None:
        return "unsigned", "none: nobody can tell which station wrote this file, nor whether somebody has changed it since"
    key = str(footer.get("key"))
    if not signature_fits(key, signed_bytes(footer), footer["signature"]):
        return "wrong", "WRONG: it does not fit this file"
    return "ok" if key in trusted or key == own else "unknown", f"fits: {who_is(key, trusted, own)}"


def own_public(home: Path | None = None) -> str:
    """Return this station's public key, "" if it has none yet; nothing is made."""
    try:
        path = (home or drill_home()) / STATION
        return _read(path, None).public if path.exists() else ""
    except DrillError:
        return ""


def _path(name: str, home: Path | None) -> Path:
    _check_name(name)
    return (home or drill_home()) / KEYS / f"{name}.key"


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or name != name.strip(" ."):
        message = f"'{name[:80]}' cannot be a name: use up to 40 letters, digits, spaces, dots, - and _, beginning with a letter or digit"
        raise DrillError(message)


def _write(path: Path, passphrase: bytes) -> Key:
    """Make a key and its file, which nobody else can read from its first moment on; FileExistsError if there is one."""
    secret = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    pem = secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        try:
            os.write(handle, pem)
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(part, path)  # whole or not at all, and never over another
        except FileExistsError:
            raise
        except (OSError, AttributeError, NotImplementedError):  # a file system without links
            if path.exists():
                raise FileExistsError(str(path)) from None
            part.rename(path)
    except FileExistsError:
        raise
    except OSError as error:
        message = f"no key can be written to {path} ({error.strerror})"
        raise DrillError(message) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return Key(_public(secret), secret)


def _read(path: Path, passphrase: bytes | None) -> Key:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            message = f"{path} can be read by others: chmod 600 {path}"
            raise DrillError(message)
        secret = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    except OSError as error:
        message = f"the key {path} cannot be read ({error.strerror})"
        raise DrillError(message) from error
    except (TypeError, ValueError, UnsupportedAlgorithm):
        message = f"{path} is no key, or its passphrase is another one"
        raise DrillError(message) from None
    if not isinstance(secret, Ed25519PrivateKey):
        message = f"{path} is a key of another kind: Drill signs with Ed25519"
        raise DrillError(message)
    return Key(_public(secret), secret)


def _public(secret: Ed25519PrivateKey) -> str:
    return secret.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()
