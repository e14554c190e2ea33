"""Nanoseconds a decision in Lua inside nginx, at 1 and at 10,000 origins: `PREFIX=/usr/local python3 bench.py`.

`policy:answer` decides and makes a Lua table of the decision. The least of ten turns.
"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from nginx import running

SCRIPT = """
local cors = require "resty.cors_engine"
local rounds = 10000
local function least(call)
  local best = math.huge
  for _ = 1, 10 do
    local start = os.clock()
    for _ = 1, rounds do call() end
    best = math.min(best, (os.clock() - start) * 1e9 / rounds)
  end
  return best
end
local kept
for _, count in ipairs { 1, 10000 } do
  local origins = {}
  for number = 1, count do origins[number] = "https://host" .. number .. ".example" end
  local policy = assert(cors.new { origins = origins, credentials = true, methods = { "PUT" } })
  local requests = {
    { "actual, allowed", "GET", { origin = origins[count] } },
    { "actual, denied", "GET", { origin = "https://evil.example" } },
    { "preflight, allowed", "OPTIONS", { origin = origins[count], ["access-control-request-method"] = "PUT" } },
    { "preflight, denied", "OPTIONS", { origin = origins[count], ["access-control-request-method"] = "PATCH" } },
  }
  for _, request in ipairs(requests) do
    local method, headers = request[2], request[3]
    local nanoseconds = least(function() kept = policy:answer(method, headers) end)
    ngx.say(("| %d | %s | %.0f |"):format(count, request[1], nanoseconds))
  end
end
"""

with running("", f"location = / {{ content_by_lua_block {{ {SCRIPT} }} }}") as url:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.status == 200, response.read()
    print("| origins | request | ns |\n| --- | --- | --- |")
    print(response.read().decode(), end="")
