/** What the servers under test answer, where their framework has no routes of its own. */

/** The answer to a request with this method, path and `Cookie`. */
export function routed(method, path, cookie = "") {
  switch (`${method} ${path}`) {
    case "GET /items":
      return { status: 200, headers: {}, body: "items" };
    case "PUT /items":
      return { status: 200, headers: {}, body: "stored" };
    case "GET /login":
      return { status: 200, headers: { "Set-Cookie": "session=alice; Path=/" }, body: "" };
    case "GET /me":
      return { status: 200, headers: {}, body: cookie };
    case "GET /own":
      return { status: 200, headers: OWN, body: "own" };
    case "GET /broken":
      return { status: 500, headers: {}, body: "broken" };
    default:
      return { status: 404, headers: {}, body: "" };
  }
}

/** What an application says of CORS that has a policy in front of it, and should not. */
export const OWN = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Max-Age": "9",
  Vary: "Accept-Encoding",
  "X-Own": "1",
};
