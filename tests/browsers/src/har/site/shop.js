// Makes the fetches of the shop one after another, and notes what script could see of each.
// Pauses stand around each note, so that whoever watches the console can tell whose lines it shows.

const PAUSE_MS = 400;
window.outcomes = [];
window.done = false;

async function main() {
  const fetches = await (await fetch("/fetches.json")).json();
  for (const { url, init } of fetches) {
    const outcome = await attempt(url, init);
    await pause();
    outcomes.push(outcome);
    await pause();
  }
  window.done = true;
}

async function attempt(url, init) {
  try {
    const response = await fetch(url, init);
    await response.text();
    return { outcome: "response", type: response.type, status: response.status };
  } catch (error) {
    return { outcome: "network-error", error: String(error) };
  }
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

main();
