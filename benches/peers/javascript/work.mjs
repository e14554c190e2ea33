// The work that every peer is given, as benches/peers/src/work.rs has it, and how it is timed.

export const quick = process.argv.includes('--quick');

export const origin = (tenant) => `https://tenant${String(tenant).padStart(5, '0')}.example.com`;
export const origins = (count) => Array.from({ length: count }, (_, tenant) => origin(tenant));

export const policy = {
  methods: ['GET', 'POST', 'PUT', 'DELETE'],
  requestHeaders: ['authorization', 'content-type', 'x-requested-with'],
  exposedHeaders: ['x-request-id', 'x-total-count'],
  maxAge: 600,
};

const ordinary = {
  host: 'api.example.com',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  accept: '*/*',
  'accept-language': 'en-US,en;q=0.5',
  'accept-encoding': 'gzip, deflate, br, zstd',
  referer: 'https://tenant00000.example.com/',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-site',
};

const refused = 'https://tenant99999.example.net';
const both = [1, 10_000];
const actual = (origin) => ({ method: 'GET', headers: { ...ordinary, origin } });
const preflight = (origin, names = 'authorization,content-type') => ({
  method: 'OPTIONS',
  headers: {
    ...ordinary,
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': names,
  },
});
const long = (bytes) => [
  ['names', Array.from({ length: bytes / 8 }, (_, place) => `x${String(place).padStart(6, '0')},`).join('')],
  ['one name', 'content-type,'.repeat(bytes / 'content-type,'.length)],
  ['commas', ','.repeat(bytes)],
];
const hostile = (size, bytes) =>
  long(bytes).map(([what, names]) => [`${size} of ${what}`, [1], () => preflight(origin(0), names)]);

// Each: a name, the numbers of listed origins, and the request at one of these.
export const works = [
  ['actual, allowed', both, (count) => actual(origin(count - 1))],
  ['actual, refused', both, () => actual(refused)],
  ['preflight, allowed', both, (count) => preflight(origin(count - 1))],
  ['preflight, refused', both, () => preflight(refused)],
  ...hostile('64 KiB', 64 << 10),
  ...hostile('1 MiB', 1 << 20),
];

// The median of some rounds, each of about five milliseconds, in nanoseconds a turn. A turn that waits is awaited.
export async function median(turn) {
  const rounds = quick ? 5 : 41;
  const round = async (turns) => {
    const started = process.hrtime.bigint();
    for (let done = 0; done < turns; done += 1) {
      const waits = turn();
      if (waits) await waits;
    }
    return Number(process.hrtime.bigint() - started) / turns;
  };
  await round(20);
  let turns = 1;
  while ((await round(turns)) * turns < 5e6) turns *= 2;
  const times = [];
  for (let done = 0; done < rounds; done += 1) times.push(await round(turns));
  return times.sort((one, other) => one - other)[rounds >> 1];
}

export const print = (row) => console.log(JSON.stringify(row));
