--- A fetch as a browser makes it: what it sends, and whether script may read what comes back.
--
--     local fetch = require "resty.cors_engine.fetch"
--     local browsing = fetch.new { origin = "https://app.example", url = "https://api.example/items" }
--     local outgoing = browsing:start()
--     outgoing = browsing:receive(200, { { "access-control-allow-origin", "*" } }) -- nil: it is over
--     local verdict = browsing:verdict()

local c = require "resty.cors_engine.c"
local ffi = require "ffi"

local lib, str, text = c.lib, c.str, c.text

local fetch = {}

local function numbers(...)
  local numbered = {}
  for place, word in ipairs { ... } do
    numbered[word] = place - 1
  end
  return numbered
end

--- The words of fetch(), in the order of the header's numbers.
local WORDS = {
  engine = numbers("spec", "chromium", "gecko", "webkit"),
  mode = numbers("cors", "no-cors", "same-origin", "navigate"),
  credentials = numbers("same-origin", "omit", "include"),
  redirect = numbers("follow", "error", "manual"),
  cache = numbers("default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"),
  body = numbers("none", "text", "bytes", "url-search-params", "form-data", "blob", "stream"),
  initiator = numbers("fetch", "xml-http-request"),
  http_version = numbers("2", "1"),
}

local EXCHANGES = { [0] = nil, "preflight", "actual" }
local RESPONSE_TYPES = { [0] = "error", "basic", "cors", "opaque", "opaqueredirect" }
local SEND = 1

local Fetch = {}
Fetch.__index = Fetch

--- Header lines, pairs of name and value, as the library takes them.
local function header_lines(lines)
  local count = #lines
  local headers = ffi.new("cors_header[?]", math.max(count, 1))
  for place, line in ipairs(lines) do
    headers[place - 1].name = str(line[1])
    headers[place - 1].value = str(line[2])
  end
  return headers, count
end

--- A preflight cache, to be shared by the fetches of one browser.
function fetch.cache()
  local out = ffi.new "cors_preflight_cache *[1]"
  local status = lib.cors_preflight_cache_new(out)
  if status ~= 0 then
    error("no preflight cache can be made: " .. c.status_name(status))
  end
  return ffi.gc(out[0], lib.cors_preflight_cache_free)
end

--- A fetch with these options, the words of `fetch()`: `origin`, `url`, `method`, `mode`, `credentials`, `redirect`,
-- `cache`, `headers` (pairs of name and value), `body` (its kind) and `engine`. nil, a reason and what is wrong where
-- `fetch()` itself throws. `preflight_cache` is one of `fetch.cache()`.
function fetch.new(options)
  local init = c.new "cors_fetch_init"
  for option, words in pairs(WORDS) do
    local word = options[option]
    if word ~= nil then
      if not words[word] then
        error("there is no " .. option .. " " .. tostring(word), 2)
      end
      init[option] = words[word]
    end
  end
  for _, option in ipairs { "origin", "url", "method", "blob_type" } do
    init[option] = str(options[option])
  end
  init.upload_listener = options.upload_listener and 1 or 0
  local headers, count = header_lines(options.headers or {})
  init.headers, init.header_count = headers, count
  local out, err = ffi.new "cors_fetch *[1]", c.new "cors_error"
  if lib.cors_fetch_new(init, out, err) ~= 0 then
    return nil, ffi.string(err.code), ffi.string(err.message)
  end
  return setmetatable({
    _fetch = ffi.gc(out[0], lib.cors_fetch_free),
    _cache = options.preflight_cache,
    _outgoing = c.new "cors_outgoing",
  }, Fetch)
end

--- What a step asks to be sent; nil when the fetch is over.
local function outgoing_of(self, step)
  if step < 0 then
    error(c.status_name(step), 3)
  end
  if step ~= SEND then
    return nil
  end
  local outgoing, headers, header = self._outgoing, {}, ffi.new "cors_header"
  for n = 0, tonumber(outgoing.header_count) - 1 do
    if lib.cors_fetch_header(self._fetch, n, header) == 0 then
      headers[n + 1] = { text(header.name), text(header.value) }
    end
  end
  return {
    exchange = EXCHANGES[outgoing.exchange],
    method = text(outgoing.method),
    url = text(outgoing.url),
    origin = text(outgoing.origin),
    request_method = text(outgoing.request_method),
    request_headers = text(outgoing.request_headers),
    includes_credentials = outgoing.includes_credentials == 1,
    headers = headers,
  }
end

--- Begins. `now_ms` is the time, for the preflight cache.
function Fetch:start(now_ms)
  return outgoing_of(self, lib.cors_fetch_start(self._fetch, self._cache, now_ms or 0, self._outgoing))
end

--- Takes the response to what was sent: its status and header lines, pairs of name and value.
function Fetch:receive(status, lines, now_ms)
  local headers, count = header_lines(lines)
  local step = lib.cors_fetch_receive(self._fetch, status, headers, count, self._cache, now_ms or 0, self._outgoing)
  return outgoing_of(self, step)
end

--- Says that no response came.
function Fetch:fail()
  return outgoing_of(self, lib.cors_fetch_fail(self._fetch, self._cache))
end

local function strings(count, get)
  local list, out = {}, ffi.new "cors_str"
  for n = 0, tonumber(count) - 1 do
    if get(n, out) == 0 then
      list[n + 1] = text(out)
    end
  end
  return list
end

--- How the fetch ended: `allowed`, `type`, `status`, `exposed` names; or `reason`, `words`, `detail` and `console`.
function Fetch:verdict()
  local verdict = c.new "cors_verdict"
  local status = lib.cors_fetch_verdict(self._fetch, verdict)
  if status ~= 0 then
    error(c.status_name(status), 2)
  end
  local allowed = verdict.allowed == 1
  return {
    allowed = allowed,
    type = RESPONSE_TYPES[verdict.response_type],
    status = verdict.status,
    url = text(verdict.url),
    reason = not allowed and ffi.string(lib.cors_reason_code(verdict.reason)) or nil,
    words = not allowed and ffi.string(lib.cors_reason_text(verdict.reason)) or nil,
    detail = not allowed and text(verdict.detail) or nil,
    exposed = strings(verdict.exposed_count, function(n, out)
      return lib.cors_fetch_exposed(self._fetch, n, out)
    end),
    console = strings(verdict.console_count, function(n, out)
      return lib.cors_fetch_console(self._fetch, n, out)
    end),
  }
end

return fetch
