--- Answers the questions of test_conformance.py, one JSON object a line, through the package's own door.

local cjson = require "cjson"
local cors = require "resty.cors_engine"
local fetch = require "resty.cors_engine.fetch"



local conformance = {}

--- A text of a scenario as bytes: the character U+00NN stands for the byte NN. nil if it has others.
local function to_bytes(utf8)
  local is_bytes = true
  local bytes = utf8:gsub("[\194-\244][\128-\191]*", function(character)
    local lead, rest = character:byte(1, 2)
    is_bytes = is_bytes and lead <= 195
    return is_bytes and string.char((lead - 192) * 64 + rest - 128) or nil
  end)
  return is_bytes and bytes or nil
end

--- Bytes as a text of a scenario.
local function from_bytes(bytes)
  return bytes and bytes:gsub("[\128-\255]", function(byte)
    local number = byte:byte()
    return string.char(192 + math.floor(number / 64), 128 + number % 64)
  end) or nil
end

--- Header lines as bytes; a character above U+00FF cannot come from a server and is sent as UTF-8.
local function lines_of(headers)
  local lines = {}
  for place, line in ipairs(headers or {}) do
    lines[place] = { to_bytes(line[1]) or line[1], to_bytes(line[2]) or line[2] }
  end
  return lines
end

--- Whether script can pass these at all: strings whose characters are bytes.
local function are_byte_strings(request)
  local are = to_bytes(request.method or "GET") ~= nil
  for _, line in ipairs(request.headers or {}) do
    are = are and to_bytes(line[1]) ~= nil and to_bytes(line[2]) ~= nil
  end
  return are
end

local function present(value)
  return value ~= cjson.null and value or nil
end

--- A server row's answer, in the shape of `cors answer`.
function conformance.answer(question)
  local policy, _, mistakes = cors.from_json(question.policy)
  if not policy then
    local codes = {}
    for place, mistake in ipairs(mistakes) do
      codes[place] = { mistake.key, mistake.code, mistake.advice }
    end
    return { errors = codes }
  end
  local answer = policy:answer(question.method, question.headers)
  return {
    kind = answer.kind,
    allowed = answer.allowed,
    reason = answer.reason,
    status = answer.status or cjson.null,
    headers = answer.headers,
    vary = answer.vary,
  }
end

local BODIES = {
  text = "text",
  bytes_len = "bytes",
  stream = "stream",
  form = "form-data",
  urlencoded = "url-search-params",
  blob_type = "blob",
}

--- One step of a scenario; `server` maps the URLs that go over the wire to what they answer.
local function step_of(engine, step, preflight_cache, now_ms)
  local request = step.request
  if not are_byte_strings(request) then
    return { wire = {}, outcome = "invalid-request", reason = "not-a-byte-string" }
  end
  local options = {
    engine = engine,
    origin = request.origin,
    url = request.url,
    method = request.method and to_bytes(request.method),
    mode = present(request.mode),
    credentials = present(request.credentials),
    redirect = present(request.redirect),
    cache = present(request.cache),
    headers = lines_of(request.headers),
    http_version = "1",
    preflight_cache = preflight_cache,
  }
  if present(request.body) then
    local kind, value = next(request.body)
    options.body = BODIES[kind]
    options.blob_type = kind == "blob_type" and value or nil
  end
  if present(request.upload_listener) then
    options.initiator, options.upload_listener = "xml-http-request", true
  end
  local browsing, reason = fetch.new(options)
  if not browsing then
    return { wire = {}, outcome = "invalid-request", reason = reason }
  end
  local wire = {}
  local outgoing = browsing:start(now_ms)
  while outgoing do
    local is_preflight = outgoing.exchange == "preflight"
    local url = outgoing.url:gsub("^(%a+://)[^/?#]*@", "%1") -- no server is told the user name
    wire[#wire + 1] = {
      kind = outgoing.exchange,
      method = from_bytes(outgoing.method),
      url = url,
      origin = outgoing.origin or cjson.null,
      acrm = is_preflight and (from_bytes(outgoing.request_method) or cjson.null) or nil,
      acrh = is_preflight and (from_bytes(outgoing.request_headers) or cjson.null) or nil,
    }
    local answers = step.server[url]
    local answer = answers and answers[outgoing.exchange]
    if answer then
      outgoing = browsing:receive(answer.status, lines_of(answer.headers), now_ms)
    else
      outgoing = browsing:receive(404, {}, now_ms)
    end
  end
  local verdict = browsing:verdict()
  if verdict.allowed then
    return {
      wire = wire,
      outcome = "response",
      type = verdict.type,
      status = verdict.status,
      exposed = verdict.exposed,
    }
  end
  return {
    wire = wire,
    outcome = "network-error",
    reason = verdict.reason,
    console = #verdict.console > 0 and verdict.console or nil,
  }
end

--- A scenario's verdicts, in the shape of `cors replay`.
function conformance.replay(question)
  local preflight_cache, now_ms, steps = fetch.cache(), 0, {}
  for place, step in ipairs(question.scenario.steps) do
    now_ms = now_ms + math.max(0, (step.advance_s or 0) * 1000)
    steps[place] = step_of(question.engine, step, preflight_cache, now_ms)
  end
  return { name = question.scenario.name, steps = steps }
end

--- For `content_by_lua`: answers every line of the body.
function conformance.serve(door)
  ngx.req.read_body()
  for line in ngx.req.get_body_data():gmatch "[^\n]+" do
    local is_answered, answer = pcall(conformance[door], cjson.decode(line))
    ngx.say(cjson.encode(is_answered and answer or { failed = tostring(answer) }))
  end
end

return conformance
