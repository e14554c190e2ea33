/**
 * Runs a server under test: `node servers/run.mjs NAME POLICY` prints the port that it listens on.
 *
 * It ends when its input does.
 */

const [name, text] = process.argv.slice(2);
const policy = JSON.parse(text);
process.stdin.on("end", () => process.exit()).resume();

if (name === "workerd") {
  const { run } = await import("./workerd.mjs");
  console.log((await run(policy)).port);
} else {
  const { serve } = await import(`./${name}.mjs`);
  const server = await serve(policy);
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  console.log(server.address().port);
}
