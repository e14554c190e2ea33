--- The C library: what of include/cors_engine.h this package uses, and where the library is found.
--
-- The declarations are the header's; tests/layout holds them against it.

local ffi = require "ffi"

ffi.cdef [[
typedef int32_t cors_status;
typedef struct { const char *ptr; size_t len; } cors_str;
typedef struct {
  uint32_t struct_size; cors_status status;
  uint32_t line, column, index, more;
  uint16_t reason, reserved0;
  char code[40]; char key[64]; char value[128]; char message[384];
} cors_error;
typedef struct {
  uint32_t struct_size, kind, line, column, index, reserved0;
  char code[40]; char key[64]; char value[128]; char related[128]; char message[256];
} cors_finding;
typedef struct {
  uint32_t struct_size;
  uint16_t origin_lines, request_method_lines;
  uint32_t request_headers_lines, cookie_lines;
  cors_str method, origin, request_method, fetch_mode;
  cors_str request_headers[32];
} cors_request;
typedef struct {
  uint8_t action, flags; uint16_t line; uint32_t header;
  cors_str name, value;
} cors_op;
typedef struct {
  uint32_t struct_size;
  uint8_t kind, action, allowed, reserved0;
  uint16_t reason, status;
  uint32_t op_count;
  cors_op ops[32];
} cors_decision;
typedef struct { cors_str name, value; } cors_header;
typedef struct {
  uint32_t struct_size;
  uint8_t engine, mode, credentials, redirect, cache, body, initiator, upload_listener;
  uint8_t referrer_policy, embedder_policy, http_version, reserved0;
  cors_str origin, url, method, blob_type, network_partition_key;
  const cors_header *headers; size_t header_count;
} cors_fetch_init;
typedef struct {
  uint32_t struct_size;
  uint8_t exchange, includes_credentials; uint16_t reserved0;
  cors_str method, url, origin, request_method, request_headers;
  size_t header_count;
} cors_outgoing;
typedef struct {
  uint32_t struct_size;
  uint8_t allowed, response_type, redirected, timing_allowed;
  uint16_t status, reason;
  uint8_t exchange, redirect_count; uint16_t refused_status;
  uint32_t exposed_count, console_count, reserved0;
  cors_str url, detail;
} cors_verdict;
typedef struct cors_builder cors_builder;
typedef struct cors_policy cors_policy;
typedef struct cors_fetch cors_fetch;
typedef struct cors_preflight_cache cors_preflight_cache;

uint32_t cors_engine_abi(void);
const char *cors_engine_version(void);
const char *cors_status_name(cors_status status);

cors_status cors_builder_new(cors_builder **out);
void cors_builder_free(cors_builder *builder);
cors_status cors_builder_add(cors_builder *builder, cors_str key, cors_str value, cors_error *error);
cors_status cors_builder_set(cors_builder *builder, cors_str key, cors_str value, cors_error *error);
cors_status cors_builder_read_toml(cors_builder *builder, cors_str text, cors_str environment, cors_error *error);
cors_status cors_builder_read_json(cors_builder *builder, cors_str text, cors_str environment, cors_error *error);
cors_status cors_builder_build(cors_builder *builder, const cors_policy **out, cors_error *error);
size_t cors_builder_mistakes(const cors_builder *builder);
cors_status cors_builder_mistake(const cors_builder *builder, size_t n, cors_error *out);

void cors_policy_unref(const cors_policy *policy);
bool cors_policy_allows_credentials(const cors_policy *policy);
size_t cors_policy_findings(const cors_policy *policy);
cors_status cors_policy_finding(const cors_policy *policy, size_t n, cors_finding *out);

void cors_request_init(cors_request *request, cors_str method);
bool cors_request_header(cors_request *request, cors_str name, cors_str value);
void cors_decide(const cors_policy *policy, const cors_request *request, cors_decision *out);
cors_status cors_op_value(const cors_op *op, const cors_request *request, cors_str *out);
cors_status cors_vary_merge(cors_str have, cors_str add, char *buffer, size_t capacity, size_t *written);
const char *cors_reason_code(uint16_t reason);
const char *cors_reason_text(uint16_t reason);

cors_status cors_preflight_cache_new(cors_preflight_cache **out);
void cors_preflight_cache_free(cors_preflight_cache *cache);
cors_status cors_fetch_new(const cors_fetch_init *init, cors_fetch **out, cors_error *error);
void cors_fetch_free(cors_fetch *fetch);
int32_t cors_fetch_start(cors_fetch *fetch, cors_preflight_cache *cache, uint64_t now_ms, cors_outgoing *out);
int32_t cors_fetch_receive(cors_fetch *fetch, uint16_t status, const cors_header *headers, size_t header_count,
                           cors_preflight_cache *cache, uint64_t now_ms, cors_outgoing *out);
int32_t cors_fetch_fail(cors_fetch *fetch, cors_preflight_cache *cache);
cors_status cors_fetch_header(const cors_fetch *fetch, size_t n, cors_header *out);
cors_status cors_fetch_verdict(const cors_fetch *fetch, cors_verdict *out);
cors_status cors_fetch_exposed(const cors_fetch *fetch, size_t n, cors_str *out);
cors_status cors_fetch_console(const cors_fetch *fetch, size_t n, cors_str *out);
]]

local ABI = 1

--- The library beside Lua's other C modules, else where the system keeps its libraries.
local function load()
  local found = package.searchpath("libcors_engine", package.cpath)
  if found then
    return ffi.load(found)
  end
  local is_there, lib = pcall(ffi.load, "libcors_engine.so." .. ABI)
  if not is_there then
    error("libcors_engine.so is neither in lua_package_cpath nor among the system's libraries: " .. lib, 0)
  end
  return lib
end

local lib = load()
if lib.cors_engine_abi() ~= ABI then
  error("this module wants interface " .. ABI .. " of libcors_engine, not " .. lib.cors_engine_abi(), 0)
end

local C = { lib = lib }

local str_type = ffi.typeof "cors_str"
local ABSENT = str_type(nil, 0)

--- A Lua string as the library takes it; nil is absent. It lasts as long as the Lua string does.
function C.str(text)
  if text == nil then
    return ABSENT
  end
  return str_type(text, #text)
end

--- A string of the library as a Lua string; absent is nil.
function C.text(str)
  if str.ptr == nil then
    return nil
  end
  return ffi.string(str.ptr, str.len)
end

--- A struct that knows its size.
function C.new(type_name)
  local struct = ffi.new(type_name)
  struct.struct_size = ffi.sizeof(type_name)
  return struct
end

--- A status as its name.
function C.status_name(status)
  return ffi.string(lib.cors_status_name(status))
end

return C
