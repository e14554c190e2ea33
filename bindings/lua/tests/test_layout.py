"""The declarations of the Lua package are those of the C header: the same structs and the same functions."""

from __future__ import annotations

import http.client
import re
import subprocess
from urllib.parse import urlsplit

from conftest import REPOSITORY
from nginx import PREFIX, running

DECLARATIONS = re.search(
    r"ffi\.cdef \[\[(.*?)\]\]", (PREFIX / "share/lua/5.1/resty/cors_engine/c.lua").read_text(), re.S
).group(1)


def fields():
    """Structs by name, with the names of their fields."""
    structs = {}
    for body, name in re.findall(r"typedef struct \{(.*?)\} (\w+);", DECLARATIONS, re.S):
        declared = [part for statement in body.split(";") for part in statement.split(",")]
        names = [re.search(r"(\w+)(\[\d+\])?\s*$", part) for part in declared if part.strip()]
        structs[name] = [found.group(1) for found in names]
    return structs


def compiled(tmp_path, source):
    (tmp_path / "layout.c").write_text(source)
    command = ["gcc", "-Wall", "-Werror", "-I", REPOSITORY / "include", tmp_path / "layout.c", "-c", "-o"]
    return subprocess.run([*command, tmp_path / "layout.o"], stderr=subprocess.PIPE, stdout=subprocess.PIPE)


def test_structs_are_laid_out_as_in_c(tmp_path):
    structs = fields()
    assert len(structs) >= 10
    script = "local ffi = require 'ffi' require 'resty.cors_engine.c' "
    asked = []
    for name, names in structs.items():
        script += f"ngx.say(ffi.sizeof('{name}')) "
        asked.append(f"sizeof({name})")
        for field in names:
            script += f"ngx.say(ffi.offsetof('{name}', '{field}')) "
            asked.append(f"offsetof({name}, {field})")
    with running("", f"location = / {{ content_by_lua_block {{ {script} }} }}") as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.request("GET", "/")
        numbers = connection.getresponse().read().decode().split()
        connection.close()
    assert len(numbers) == len(asked)
    checks = "\n".join(f'_Static_assert({what} == {number}, "{what}");' for what, number in zip(asked, numbers))
    ran = compiled(tmp_path, f'#include "cors_engine.h"\n#include <stddef.h>\n{checks}\n')
    assert ran.returncode == 0, ran.stderr.decode()


def test_functions_are_declared_as_in_c(tmp_path):
    functions = re.sub(r"typedef struct (\{.*?\} )?[\w ]+;|typedef int32_t cors_status;", "", DECLARATIONS, flags=re.S)
    assert functions.count("(") > 30
    ran = compiled(tmp_path, f'#include "cors_engine.h"\n{functions}\n')
    assert ran.returncode == 0, ran.stderr.decode()
    ran = compiled(tmp_path, '#include "cors_engine.h"\nuint64_t cors_engine_abi(void);\n')
    assert ran.returncode != 0, "a declaration that differs would not be noticed"
