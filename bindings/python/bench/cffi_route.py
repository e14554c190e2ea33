"""The other way to bind the engine, timed: cffi in API mode over the C interface, against this package, on one decision
with its headers put on an ASGI response.

    make -C ../.. && pip install cffi setuptools && python bench/cffi_route.py

The cffi route looks at the request's headers and edits the response's in Python, as it would have to, and calls C for
what CORS is about.
"""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

from compare import ORIGIN, cases, fastest, origins

from cors_engine import Policy

REPOSITORY = Path(__file__).resolve().parents[3]

DECLARATIONS = """
typedef struct { const char *ptr; size_t len; } cors_str;
typedef struct { ...; } cors_request;
typedef struct { uint8_t action; cors_str name; ...; } cors_op;
typedef struct { uint32_t struct_size; uint8_t action; uint16_t status; uint32_t op_count; cors_op ops[...]; ...; } cors_decision;
typedef struct cors_policy cors_policy;
int32_t policy_from_json(cors_str text, const cors_policy **out);
void cors_policy_unref(const cors_policy *policy);
void cors_request_init(cors_request *request, cors_str method);
bool cors_request_header(cors_request *request, cors_str name, cors_str value);
void cors_decide(const cors_policy *policy, const cors_request *request, cors_decision *out);
int32_t cors_op_value(const cors_op *op, const cors_request *request, cors_str *out);
"""

SOURCE = """
#include "cors_engine.h"
static int32_t policy_from_json(cors_str text, const cors_policy **out) {
    return cors_policy_from_json(text, CORS_STR_ABSENT, out, NULL);
}
"""

READ = {b"origin", b"access-control-request-method", b"access-control-request-headers"}
SET, REMOVE, VARY = 1, 2, 3


def compiled(folder: str) -> Any:
    from cffi import FFI

    builder = FFI()
    builder.cdef(DECLARATIONS)
    libraries = str(REPOSITORY / "target" / "capi")
    builder.set_source(
        "cffi_route_native",
        SOURCE,
        include_dirs=[str(REPOSITORY / "include")],
        library_dirs=[libraries],
        libraries=["cors_engine"],
        extra_link_args=[f"-Wl,-rpath,{folder}"],
    )
    (Path(folder) / "libcors_engine.so.1").symlink_to(Path(libraries) / "libcors_engine.so")
    spec = importlib.util.spec_from_file_location("cffi_route_native", builder.compile(tmpdir=folder))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class CffiPolicy:
    """What a binding by cffi does for a request and its response."""

    def __init__(self, native: Any, document: bytes) -> None:
        self.ffi, self.lib = native.ffi, native.lib
        out = self.ffi.new("const cors_policy **")
        text = self.ffi.from_buffer(document)
        assert self.lib.policy_from_json((text, len(document)), out) == 0
        self.policy = self.ffi.gc(out[0], self.lib.cors_policy_unref)
        self.decision = self.ffi.new("cors_decision *")
        self.decision.struct_size = self.ffi.sizeof("cors_decision")
        self.request, self.value = self.ffi.new("cors_request *"), self.ffi.new("cors_str *")

    def decide(self, scope: Dict[str, Any], response: List[Tuple[bytes, bytes]]) -> List[Tuple[bytes, bytes]]:
        ffi, lib, request, decision = self.ffi, self.lib, self.request, self.decision
        held = [ffi.from_buffer(scope["method"].encode())]
        lib.cors_request_init(request, (held[0], len(held[0])))
        for name, value in scope["headers"]:
            if name in READ:
                kept = ffi.from_buffer(name), ffi.from_buffer(value)
                held.append(kept)
                lib.cors_request_header(request, (kept[0], len(name)), (kept[1], len(value)))
        lib.cors_decide(self.policy, request, decision)
        removed, added = set(), []
        for place in range(decision.op_count):
            op = decision.ops[place]
            name = ffi.buffer(op.name.ptr, op.name.len)[:]
            if op.action == REMOVE or op.action == SET:
                removed.add(name)
            if op.action != REMOVE:
                lib.cors_op_value(ffi.addressof(op), request, self.value)
                added.append((name, ffi.buffer(self.value.ptr, self.value.len)[:]))
        return [line for line in response if line[0].lower() not in removed] + added


def main() -> None:
    response = [(b"content-type", b"text/plain"), (b"content-length", b"2")]
    with tempfile.TemporaryDirectory() as folder:
        native = compiled(folder)
        print("| origins | request | cffi, us | this package, us |")
        print("| --- | --- | --- | --- |")
        for count in (1, 10_000):
            listed = '", "'.join(origins(count))
            document = f'{{"origins": ["{listed}"], "credentials": true, "methods": ["PUT"]}}'
            by_cffi, policy = CffiPolicy(native, document.encode()), Policy.from_json(document)
            for case, (method, headers) in cases(count).items():
                scope = {"method": method, "headers": [(name.encode(), value.encode()) for name, value in headers]}
                calls: Dict[str, Callable[[], Any]] = {
                    "cffi": lambda: by_cffi.decide(scope, response),
                    "package": lambda: policy.answer_asgi(scope).apply(response),
                }
                answers = [sorted(line for line in call() if line[0] != b"vary") for call in calls.values()]
                assert answers[0] == answers[1], (ORIGIN, answers)
                figures = fastest(calls, 100, 0.001)
                print(f"| {count:,} | {case} | {figures['cffi']:.1f} | {figures['package']:.1f} |")


if __name__ == "__main__":
    main()
