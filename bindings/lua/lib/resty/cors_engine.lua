--- CORS as browsers decide it, for nginx with Lua and for OpenResty.
--
--     init_by_lua_block {
--       cors = require "resty.cors_engine"
--       policy = cors.load "/etc/nginx/cors.toml"
--     }
--     location /api/ {
--       rewrite_by_lua_block { policy:rewrite() }
--       header_filter_by_lua_block { policy:header_filter() }
--       proxy_pass http://backend;
--     }
--
-- `rewrite` answers preflights; `header_filter` puts the policy's headers on every response, whatever its status.

local c = require "resty.cors_engine.c"
local ffi = require "ffi"

local lib, str, text = c.lib, c.str, c.text
local ffi_string = ffi.string

local cors = { version = ffi_string(lib.cors_engine_version()) }

--- Static texts of the library, by their numbers.
local REASONS, NAMES = {}, {}

local KINDS = { [0] = "not-cors", "actual", "preflight" }
local FINDING_KINDS = { "risky", "dead", "capped", "shadowed", "redundant" }
local RESPOND = 1
local SET, REMOVE, VARY, APPEND = 1, 2, 3, 4

--- Request headers beside which a policy reads nothing.
local READ = { "origin", "access-control-request-method", "access-control-request-headers" }

local Policy = {}
Policy.__index = Policy

--- A mistake or a finding as a table of its texts.
local function described(struct)
  local told = {
    code = ffi_string(struct.code),
    key = ffi_string(struct.key),
    value = ffi_string(struct.value),
    advice = ffi_string(struct.message),
  }
  if struct.line > 0 then
    told.line, told.column = tonumber(struct.line), tonumber(struct.column)
  end
  return told
end

local function sentence(mistake)
  local place = mistake.line and (mistake.line .. ":" .. mistake.column .. ": ") or ""
  local key = mistake.key ~= "" and (mistake.key .. ": ") or ""
  local value = mistake.value ~= "" and ('"' .. mistake.value .. '": ') or ""
  return place .. key .. value .. mistake.advice .. " [" .. mistake.code .. "]"
end

--- Everything that is wrong with a policy: in words, and one by one.
local function mistakes_of(builder, err)
  local mistakes, sentences = {}, {}
  for n = 0, tonumber(lib.cors_builder_mistakes(builder)) - 1 do
    local mistake = c.new "cors_error"
    if lib.cors_builder_mistake(builder, n, mistake) == 0 then
      mistakes[#mistakes + 1] = described(mistake)
    end
  end
  if #mistakes == 0 then
    mistakes[1] = described(err)
  end
  for place, mistake in ipairs(mistakes) do
    sentences[place] = sentence(mistake)
  end
  return table.concat(sentences, "\n"), mistakes
end

local function new_builder()
  local out = ffi.new "cors_builder *[1]"
  local status = lib.cors_builder_new(out)
  if status ~= 0 then
    error("no policy can be built: " .. c.status_name(status))
  end
  return ffi.gc(out[0], lib.cors_builder_free)
end

--- Builds what `fill` says to a new builder. The policy; or nil, what is wrong in words, and the mistakes one by one.
local function build(fill)
  local builder, err = new_builder(), c.new "cors_error"
  if fill(builder, err) ~= 0 then
    return nil, mistakes_of(builder, err)
  end
  local out = ffi.new "const cors_policy *[1]"
  if lib.cors_builder_build(builder, out, err) ~= 0 then
    return nil, mistakes_of(builder, err)
  end
  return setmetatable({
    _policy = ffi.gc(out[0], lib.cors_policy_unref),
    _request = c.new "cors_request",
    _decision = c.new "cors_decision",
    _value = ffi.new "cors_str",
    _written = ffi.new "size_t[1]",
  }, Policy)
end

--- A policy with these keys, which are those of policy documents: `cors.new { origins = { "https://app.example" } }`.
function cors.new(keys)
  return build(function(builder, err)
    for key, value in pairs(keys) do
      if type(value) == "table" then
        for _, element in ipairs(value) do
          local status = lib.cors_builder_add(builder, str(key), str(tostring(element)), err)
          if status ~= 0 then
            return status
          end
        end
      else
        local status = lib.cors_builder_set(builder, str(key), str(tostring(value)), err)
        if status ~= 0 then
          return status
        end
      end
    end
    return 0
  end)
end

--- The policy of a document in TOML; `environment` chooses one of its `env` tables.
function cors.from_toml(document, environment)
  return build(function(builder, err)
    return lib.cors_builder_read_toml(builder, str(document), str(environment), err)
  end)
end

--- The policy of a document in JSON; `environment` chooses one of its `env` tables.
function cors.from_json(document, environment)
  return build(function(builder, err)
    return lib.cors_builder_read_json(builder, str(document), str(environment), err)
  end)
end

--- The policy in a file, or an error that says everything that is wrong with it.
function cors.load(path, environment)
  local read = path:match "%.toml$" and cors.from_toml or path:match "%.json$" and cors.from_json
  if not read then
    error(path .. ": a policy file is called .toml or .json", 2)
  end
  local file = assert(io.open(path, "rb"))
  local document = file:read "*a"
  file:close()
  local policy, words = read(document, environment)
  if not policy then
    error(path .. ": " .. words:gsub("\n", "\n" .. path .. ": "), 0)
  end
  return policy
end

--- Whether browsers may send credentials and let script read the answers.
function Policy:allows_credentials()
  return lib.cors_policy_allows_credentials(self._policy)
end

--- What is valid and still worth a second look.
function Policy:audit()
  local findings = {}
  for n = 0, tonumber(lib.cors_policy_findings(self._policy)) - 1 do
    local finding = c.new "cors_finding"
    if lib.cors_policy_finding(self._policy, n, finding) == 0 then
      local told = described(finding)
      told.kind = FINDING_KINDS[finding.kind]
      findings[#findings + 1] = told
    end
  end
  return findings
end

local function take(request, name, value)
  if value == true then
    value = "" -- a header without a value
  end
  if type(value) == "table" then
    for _, line in ipairs(value) do
      take(request, name, line)
    end
  elseif value ~= nil then
    lib.cors_request_header(request, str(name), str(value))
  end
end

--- Decides into the policy's own structs, which the next decision reuses: Lua in nginx does one thing at a time.
local function decide(self, method, headers)
  local request, decision = self._request, self._decision
  self._held = { method, headers } -- the request points into these strings
  lib.cors_request_init(request, str(method))
  for place = 1, #READ do
    local name = READ[place]
    take(request, name, headers[name])
  end
  lib.cors_decide(self._policy, request, decision)
  return decision
end

local function reason_of(decision)
  local number = decision.reason
  REASONS[number] = REASONS[number] or ffi_string(lib.cors_reason_code(number))
  return REASONS[number]
end

local function name_of(op)
  local number = op.header
  NAMES[number] = NAMES[number] or text(op.name)
  return NAMES[number]
end

--- The value of an operation of the last decision.
local function value_of(self, op)
  if lib.cors_op_value(op, self._request, self._value) ~= 0 then
    return nil
  end
  return text(self._value)
end

--- The answer to a request with this method and these headers: a table of lower-case names to values, several
-- lines as a table. It has `kind`, `status` (nil to pass the request on), `allowed`, `reason`, `headers` (a table
-- of names to values) and `vary`.
function Policy:answer(method, headers)
  local decision = decide(self, method, headers)
  local answer = {
    kind = KINDS[decision.kind],
    status = decision.action == RESPOND and decision.status or nil,
    allowed = decision.allowed == 1,
    reason = reason_of(decision),
    headers = {},
    vary = {},
  }
  for place = 0, decision.op_count - 1 do
    local op = decision.ops[place]
    local name, value = name_of(op), value_of(self, op)
    if op.action == SET then
      answer.headers[name] = { value }
    elseif op.action == APPEND then
      table.insert(answer.headers[name], value)
    elseif op.action == VARY then
      for element in value:gmatch "[^, ]+" do
        table.insert(answer.vary, element)
      end
    end
  end
  return answer
end

local function joined(value)
  return type(value) == "table" and table.concat(value, ", ") or value
end

--- A Vary value with `add` in it.
local function merged(self, have, add)
  local capacity = #(have or "") + #add + 2
  local buffer = ffi.new("char[?]", capacity)
  if lib.cors_vary_merge(str(have), str(add), buffer, capacity, self._written) ~= 0 then
    return have
  end
  return ffi_string(buffer, self._written[0])
end

--- Puts the last decision on the response's headers, a table as `ngx.header` is.
local function put_on(self, decision, response)
  for place = 0, decision.op_count - 1 do
    local op = decision.ops[place]
    local action, name = op.action, name_of(op)
    if action == REMOVE then
      response[name] = nil
    elseif action == VARY then
      response[name] = merged(self, joined(response[name]), value_of(self, op))
    elseif action == SET then
      response[name] = value_of(self, op)
    elseif action == APPEND then
      local lines = response[name]
      if type(lines) ~= "table" then
        lines = { lines }
      end
      lines[#lines + 1] = value_of(self, op)
      response[name] = lines
    end
  end
end

--- The method of the request as the client sent it: an error page is made by a GET of nginx's own.
local function client_method()
  return ngx.var.request and ngx.var.request:match "^(%S+) " or ngx.req.get_method()
end

--- For `rewrite_by_lua`: answers a preflight, and passes everything else on.
function Policy:rewrite()
  local decision = decide(self, client_method(), ngx.req.get_headers(0))
  if decision.action ~= RESPOND then
    return
  end
  ngx.status = decision.status
  if decision.status ~= 204 then
    ngx.header["Content-Length"] = 0
  end
  ngx.send_headers()
  return ngx.exit(ngx.HTTP_OK)
end

--- For `header_filter_by_lua`: puts the policy's headers on the response, whatever its status and wherever it was
-- made: by the application, an upstream, or nginx itself.
function Policy:header_filter()
  put_on(self, decide(self, client_method(), ngx.req.get_headers(0)), ngx.header)
end

return cors
