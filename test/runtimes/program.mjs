// The same small program for every runtime: it uses the installed package as anyone would and tells how each check went.
import { formats, inspect, ScrubError, scrub, scrubAttachment } from 'metadata-cleaner';

const canary = 'CanaryMcPhotographer';
const ascii = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const u16 = (value) => [value >> 8, value & 0xff];
const u32 = (value) => [...u16(value >>> 16), ...u16(value & 0xffff)];

function includes(bytes, wanted) {
  return bytes.some((_, at) => wanted.every((byte, index) => bytes[at + index] === byte));
}

/** A TIFF header and one IFD with the artist. */
function exif(artist) {
  const value = ascii(`${artist}\0`);
  return join(ascii('MM\0*'), u32(8), u16(1), u16(0x013b), u16(2), u32(value.length), u32(26), u32(0), value);
}

function chunk(type, data) {
  const body = join(ascii(type), data);
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return join(u32(data.length), body, u32(~crc >>> 0));
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const header = chunk('IHDR', [...u32(1), ...u32(1), 8, 0, 0, 0, 0]);
// One grey pixel: zlib header, one stored block (filter byte, pixel), Adler-32.
const picture = chunk('IDAT', [0x78, 0x01, 0x01, 0x02, 0x00, 0xfd, 0xff, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01]);
const end = chunk('IEND', []);
const barePng = join(SIGNATURE, header, picture, end);
const png = join(
  SIGNATURE,
  header,
  chunk('tEXt', ascii(`Author\0${canary}`)),
  chunk('eXIf', exif(canary)),
  picture,
  end,
  ascii(canary),
);

const segment = (marker, data) => join([0xff, marker], u16(data.length + 2), data);

// Eight by eight grey pixels. Each Huffman table has one code, of one bit, for the symbol 0: no change, end of block.
const table = [1, ...Array(15).fill(0), 0];
const scan = join(
  segment(0xdb, [0, ...Array(64).fill(1)]),
  segment(0xc0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
  segment(0xc4, [0x00, ...table]),
  segment(0xc4, [0x10, ...table]),
  segment(0xda, [1, 1, 0x00, 0, 63, 0]),
  [0x3f, 0xff, 0xd9],
);
const bareJpeg = join([0xff, 0xd8], scan);
const jpeg = join(
  [0xff, 0xd8],
  segment(0xe1, join(ascii('Exif\0\0'), exif(canary))),
  segment(0xfe, ascii(canary)),
  scan,
  ascii(canary),
);

function assert(condition, what) {
  if (!condition) throw new Error(what);
}

function assertEqual(actual, expected, what) {
  assert(actual.length === expected.length && actual.every((value, at) => value === expected[at]), `${what} differ`);
}

async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('No error was thrown.');
}

async function checkScrub(file, bare, payload) {
  const before = file.slice();
  assert(includes(file, ascii(canary)), 'nothing is planted');
  const clean = await scrub(file);
  assert(!includes(clean, ascii(canary)), 'planted metadata is in the output');
  assert(includes(clean, payload), 'the picture is not in the output');
  assertEqual(clean, await scrub(bare), 'the outputs with and without metadata');
  assertEqual(await scrub(clean), clean, 'the first and the second output');
  assertEqual(file, before, 'the input before and after');
}

const checks = {
  'takes the metadata out of a PNG': () => checkScrub(png, barePng, picture),

  'takes the metadata out of a JPEG': () => checkScrub(jpeg, bareJpeg, [0x3f, 0xff, 0xd9]),

  'refuses what it does not know': async () => {
    const error = await errorOf(scrub(ascii('dear diary, today')));
    assert(error instanceof ScrubError && error.code === 'unknown-format', `${error.stack}`);
  },

  'refuses a type it can not clean, by name': async () => {
    const rar = join(ascii('Rar!'), [0x1a, 0x07, 0x01, 0x00], Array(64).fill(0));
    const error = await errorOf(scrub(rar));
    assert(error instanceof ScrubError && error.code === 'unsupported', `${error.stack}`);
    assert(error.message.includes('rar'), error.message);
  },

  'refuses a broken file': async () => {
    for (const file of [png.subarray(0, 20), jpeg.subarray(0, 60)]) {
      const error = await errorOf(scrub(file));
      assert(error instanceof ScrubError && error.code === 'malformed', `${error.stack}`);
    }
  },

  'gives a Blob for a Blob': async () => {
    const clean = await scrub(new Blob([png]));
    assert(clean instanceof Blob && clean.type === 'image/png', 'not a Blob of the right type');
    assertEqual(new Uint8Array(await clean.arrayBuffer()), await scrub(png), 'the outputs for Blob and bytes');
  },

  'gives a File of a neutral name for a File': async () => {
    const clean = await scrub(new File([jpeg], `${canary}.jpg`));
    assert(clean instanceof File && clean.name === 'image.jpg' && clean.lastModified === 0, `${clean.name}`);
    assertEqual(new Uint8Array(await clean.arrayBuffer()), await scrub(jpeg), 'the outputs for File and bytes');
  },

  'makes an attachment safe': async () => {
    const { name, type, report } = await scrubAttachment({ data: png.buffer, name: `${canary}.jpg` });
    assert(name === 'image.png' && type === 'image/png' && report.changed, `${name} ${type}`);
  },

  'shows values when asked': async () => {
    const { findings } = await inspect(jpeg, { values: true });
    assert(
      findings.some(({ values }) => values?.Artist === canary),
      JSON.stringify(findings),
    );
  },

  'lists its formats': () => {
    assert(formats.some(({ id }) => id === 'png') && formats.some(({ id }) => id === 'jpeg'), 'PNG or JPEG is missing');
  },
};

if (typeof process !== 'undefined') {
  checks['cleans a file in place'] = async () => {
    const { inspectFile, scrubFile } = await import('metadata-cleaner/node');
    const { mkdtemp, readFile, rm, writeFile } = await import('node:fs/promises');
    const folder = await mkdtemp('files-');
    try {
      await writeFile(`${folder}/photo.jpg`, jpeg);
      await scrubFile(`${folder}/photo.jpg`, { inPlace: true });
      assertEqual(
        new Uint8Array(await readFile(`${folder}/photo.jpg`)),
        await scrub(jpeg),
        'the outputs for file and bytes',
      );
      assert(!(await inspectFile(`${folder}/photo.jpg`)).changed, 'the cleaned file is not clean');
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

/** A committed file, from where this runtime finds it. */
async function readFixture(path) {
  if (typeof process === 'undefined' || typeof document !== 'undefined') {
    return new Uint8Array(await (await fetch(`/fixtures/${path}`)).arrayBuffer());
  }
  const { readFile } = await import('node:fs/promises');
  return new Uint8Array(await readFile(`fixtures/${path}`));
}

/** SHA-256 of the clean form of every committed file, as JSON. */
async function hashFixtures() {
  const hashes = {};
  for (const { path, options } of JSON.parse(new TextDecoder().decode(await readFixture('list.json')))) {
    const digest = await crypto.subtle.digest('SHA-256', await scrub(await readFixture(path), options));
    hashes[path] = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return JSON.stringify(hashes);
}

const results = {};
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    results[name] = 'passed';
  } catch (error) {
    results[name] = `${error?.stack ?? error}`;
  }
}
results.fixtures = await hashFixtures();

if (typeof document !== 'undefined') globalThis.results = results;
else if (typeof process === 'undefined') postMessage(results);
else console.log(JSON.stringify(results));
