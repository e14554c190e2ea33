// The examples: the seven cases of the error guide.

const page = "https://app.example";

const request = (method, path, ...headers) =>
  [`${method} https://api.example/v1${path} HTTP/1.1`, `Origin: ${page}`, ...headers].join("\n");

const response = (status, ...headers) => [`HTTP/1.1 ${status}`, ...headers].join("\n");

const preflight = (method, ...headers) =>
  request(
    "OPTIONS",
    "/items/7",
    `Access-Control-Request-Method: ${method}`,
    ...(headers.length ? [`Access-Control-Request-Headers: ${headers.join(",")}`] : []),
  );

const example = (name, credentials, ...exchanges) => ({
  name,
  case: { origin: "", credentials, url: "", method: "", exchanges },
});

export const examples = [
  example("A simple GET that is allowed", "same-origin", {
    request: request("GET", "/items"),
    response: response("200 OK", "Content-Type: application/json", `Access-Control-Allow-Origin: ${page}`, "Vary: Origin"),
  }),
  example("Access-Control-Allow-Origin is missing", "same-origin", {
    request: request("GET", "/items"),
    response: response("200 OK", "Content-Type: application/json"),
  }),
  example(
    "The method is not allowed",
    "same-origin",
    {
      request: preflight("PUT"),
      response: response("204 No Content", `Access-Control-Allow-Origin: ${page}`, "Access-Control-Allow-Methods: GET, POST", "Vary: Origin"),
    },
    {
      request: request("PUT", "/items/7"),
      response: response("200 OK", `Access-Control-Allow-Origin: ${page}`, "Vary: Origin"),
    },
  ),
  example(
    "A header is not allowed",
    "same-origin",
    {
      request: preflight("POST", "content-type", "x-request-id"),
      response: response("204 No Content", `Access-Control-Allow-Origin: ${page}`, "Access-Control-Allow-Headers: content-type", "Vary: Origin"),
    },
    {
      request: request("POST", "/items/7", "Content-Type: application/json", "X-Request-Id: 41"),
      response: response("200 OK", `Access-Control-Allow-Origin: ${page}`, "Vary: Origin"),
    },
  ),
  example("A wildcard, but credentials are sent", "include", {
    request: request("GET", "/account", "Cookie: session=9f2c"),
    response: response("200 OK", "Content-Type: application/json", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"),
  }),
  example("A request with credentials that is allowed", "include", {
    request: request("GET", "/account", "Cookie: session=9f2c"),
    response: response("200 OK", "Content-Type: application/json", `Access-Control-Allow-Origin: ${page}`, "Access-Control-Allow-Credentials: true", "Vary: Origin"),
  }),
  example("An error status that script can still read", "same-origin", {
    request: request("GET", "/items/404"),
    response: response("404 Not Found", "Content-Type: application/json", `Access-Control-Allow-Origin: ${page}`, "Vary: Origin"),
  }),
];
