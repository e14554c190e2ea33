/** The shared rows about servers as questions to a policy, as the Rust suite reads them. */

/** A row's policy as a policy document. */
export function policyOf(peer) {
  const listed = (names, mirrored) => (names === "mirror" ? mirrored : names);
  const origins = listed(peer.origins, ["*"]);
  const policy = {
    origins: origins.filter((origin) => origin !== "null"),
    null_origin: origins.includes("null"),
    credentials: peer.credentials,
    methods: listed(peer.methods, ["*"]),
    request_headers: listed(peer.request_headers, ["*", "authorization"]),
    expose_headers: peer.expose_headers,
    dangerous_insecure_origins_with_credentials: peer.allow_insecure_origins ?? false,
    dangerous_public_suffix_subdomains: peer.allow_public_suffix_subdomains ?? false,
  };
  if (peer.max_age !== null) policy.max_age = peer.max_age;
  return policy;
}

/**
 * A row as `{policy, request}`; policies that no peer was asked about stand in where a row is about less. `null`
 * where there is nothing to ask.
 */
export function questionOf(row) {
  switch (row.kind) {
    case "decision":
    case "policy": {
      if (row.policy === null) return null;
      const request = row.request ?? { method: "GET", headers: { origin: ["https://a.example"] } };
      return { policy: policyOf(row.policy), request: { method: request.method, headers: request.headers } };
    }
    case "origin-pattern":
    case "origin-risk":
      return { policy: { origins: [row.pattern] }, request: { method: "GET", headers: { origin: [row.pattern] } } };
    case "origin-match": {
      const policy = { origins: row.patterns, null_origin: true, dangerous_public_suffix_subdomains: true };
      return { policy, request: { method: "GET", headers: { origin: [row.origin] } } };
    }
    case "acrh": {
      const headers = {
        origin: ["https://a.example"],
        "access-control-request-method": ["GET"],
        "access-control-request-headers": row.lines,
      };
      const policy = { origins: ["https://a.example"], request_headers: row.allowed };
      return { policy, request: { method: "OPTIONS", headers } };
    }
    default:
      throw new Error(`a kind of row that is not known: ${row.kind}`);
  }
}
