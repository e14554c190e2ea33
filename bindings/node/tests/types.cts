/** Compiled, not run: the types by `require`. */

import engine = require("cors-engine");
import server = require("cors-engine/http");

export const allow = server.cors(new engine.Policy({ origins: ["*"] }));
